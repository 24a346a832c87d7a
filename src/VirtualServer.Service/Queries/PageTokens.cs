using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>
/// The end of a page and the identity of its list, as callers pass it to the next call. A token is encrypted with a key that all nodes read
/// from the database, so that it tells nothing, an altered token is rejected, and any node accepts the token of another. It is bound to the
/// tenants that the caller may read.
/// </summary>
public sealed class PageTokens(NpgsqlDataSource source)
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private static readonly Sql Key = Sql.Text($"select key from {EventStore.Schema}.page_token_key");
    private static readonly JsonSerializerOptions Strict = new() { RespectNullableAnnotations = true };

    private byte[]? known;

    /// <summary>The token of a place.</summary>
    public async Task<string> Write<T>(T place, Tenants readable, CancellationToken cancellation)
    {
        using var cipher = new AesGcm(await SecretKey(cancellation), TagLength);
        var json = JsonSerializer.SerializeToUtf8Bytes(place);
        var (nonce, tag, sealedJson) = (RandomNumberGenerator.GetBytes(NonceLength), new byte[TagLength], new byte[json.Length]);
        cipher.Encrypt(nonce, json, sealedJson, tag, Encoding.ASCII.GetBytes(readable.Identity));
        return Base64Url.EncodeToString([.. nonce, .. tag, .. sealedJson]);
    }

    /// <summary>The place; null when the token is invalid.</summary>
    public async Task<T?> Read<T>(string token, Tenants readable, CancellationToken cancellation) where T : class
    {
        using var cipher = new AesGcm(await SecretKey(cancellation), TagLength);
        try
        {
            var bytes = Base64Url.DecodeFromChars(token).AsSpan();
            if (bytes.Length <= NonceLength + TagLength) return null;
            var json = new byte[bytes.Length - NonceLength - TagLength];
            cipher.Decrypt(
                bytes[..NonceLength], bytes[(NonceLength + TagLength)..], bytes[NonceLength..(NonceLength + TagLength)], json,
                Encoding.ASCII.GetBytes(readable.Identity));
            return JsonSerializer.Deserialize<T>(json, Strict);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    // It never changes.
    private async ValueTask<byte[]> SecretKey(CancellationToken cancellation)
    {
        if (known is { } key) return key;
        await using var command = Key.Command(source);
        return known = await command.ExecuteScalarAsync(cancellation) as byte[]
            ?? throw new InvalidOperationException($"{EventStore.Schema}.page_token_key has no row: insert a key of 32 random bytes");
    }
}
