using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace VirtualServers.Service.Views;

/// <summary>Where a page ended and of which list, as callers carry it to the next call.</summary>
internal static class PageToken
{
    private const int SumLength = 8;

    private static readonly JsonSerializerOptions Strict = new() { RespectNullableAnnotations = true };

    /// <summary>With a sum, so that a token that was cut or changed on its way is told instead of read as another place. It keeps no secret.</summary>
    public static string Write<T>(T place)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(place);
        return Base64Url.EncodeToString([.. Sum(json), .. json]);
    }

    /// <summary>The place; null when the token is none of ours.</summary>
    public static T? Read<T>(string token) where T : class
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(token).AsSpan();
            if (bytes.Length <= SumLength || !bytes[..SumLength].SequenceEqual(Sum(bytes[SumLength..]))) return null;
            // No text of ours has a NUL, and PostgreSQL takes none.
            return bytes.IndexOf("\\u0000"u8) < 0 ? JsonSerializer.Deserialize<T>(bytes[SumLength..], Strict) : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> Sum(ReadOnlySpan<byte> json) => SHA256.HashData(json).AsSpan(0, SumLength);
}
