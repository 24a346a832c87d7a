using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>
/// The end of a page and the identity of its list, as callers pass it to the next call. A token is signed with a key that all nodes read
/// from the database, so that an altered token is rejected and any node accepts the token of another. It is bound to the tenants that the
/// caller may read.
/// </summary>
public sealed class PageTokens(NpgsqlDataSource source)
{
    private const int SignatureLength = 16;

    private static readonly Sql Key = Sql.Text($"select key from {EventStore.Schema}.page_token_key");
    private static readonly JsonSerializerOptions Strict = new() { RespectNullableAnnotations = true };

    private byte[]? known;

    /// <summary>The token of a place.</summary>
    public async Task<string> Write<T>(T place, Tenants readable, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(place);
        return Base64Url.EncodeToString([.. Signature(await SigningKey(cancellation), json, readable), .. json]);
    }

    /// <summary>The place; null when the token is invalid.</summary>
    public async Task<T?> Read<T>(string token, Tenants readable, CancellationToken cancellation) where T : class
    {
        var key = await SigningKey(cancellation);
        try
        {
            var bytes = Base64Url.DecodeFromChars(token);
            return bytes.Length > SignatureLength
                && CryptographicOperations.FixedTimeEquals(
                    bytes.AsSpan(0, SignatureLength), Signature(key, bytes.AsSpan(SignatureLength), readable))
                ? JsonSerializer.Deserialize<T>(bytes.AsSpan(SignatureLength), Strict)
                : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> Signature(byte[] key, ReadOnlySpan<byte> json, Tenants readable) =>
        HMACSHA256.HashData(key, (byte[])[.. json, .. Encoding.ASCII.GetBytes(readable.Identity)]).AsSpan(0, SignatureLength);

    // It never changes.
    private async ValueTask<byte[]> SigningKey(CancellationToken cancellation)
    {
        if (known is { } key) return key;
        await using var command = Key.Command(source);
        return known = await command.ExecuteScalarAsync(cancellation) as byte[]
            ?? throw new InvalidOperationException($"{EventStore.Schema}.page_token_key has no row: insert a key of 32 random bytes");
    }
}
