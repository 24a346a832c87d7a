using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace VirtualServers.Service.Queries;

/// <summary>The end of a page and the identity of its list, as callers pass it to the next call.</summary>
internal static class PageToken
{
    private const int ChecksumLength = 8;

    private static readonly JsonSerializerOptions Strict = new() { RespectNullableAnnotations = true };

    /// <summary>
    /// The token has a checksum, so that a truncated or altered token is rejected instead of read as another position. The checksum does
    /// not protect a secret.
    /// </summary>
    public static string Write<T>(T place)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(place);
        return Base64Url.EncodeToString([.. Checksum(json), .. json]);
    }

    /// <summary>The place; null when the token is invalid.</summary>
    public static T? Read<T>(string token) where T : class
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(token).AsSpan();
            if (bytes.Length <= ChecksumLength || !bytes[..ChecksumLength].SequenceEqual(Checksum(bytes[ChecksumLength..]))) return null;
            // No stored text has a NUL, and PostgreSQL accepts none.
            return bytes.IndexOf("\\u0000"u8) < 0 ? JsonSerializer.Deserialize<T>(bytes[ChecksumLength..], Strict) : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> json) => SHA256.HashData(json).AsSpan(0, ChecksumLength);
}
