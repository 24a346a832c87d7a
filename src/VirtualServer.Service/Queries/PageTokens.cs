using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>
/// The end of a page and the identity of its list, as callers pass it to the next call. A token is encrypted with a key that all nodes read
/// from the database, so that it tells nothing, an altered token is rejected, and any node accepts the token of another. It is bound to the
/// tenants that the caller may read, and to the epoch: a restored database does not have the rows that a token of a former one points to.
/// </summary>
public sealed class PageTokens(NpgsqlDataSource source, Epochs epochs)
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private static readonly Sql Key = Sql.Text($"select key from {EventStore.Schema}.page_token_key");
    private static readonly JsonSerializerOptions Strict = new() { RespectNullableAnnotations = true };

    private byte[]? known;

    /// <summary>The token of a place.</summary>
    public async Task<string> Write<T>(T place, Tenants readable, CancellationToken cancellation)
    {
        var epoch = (await epochs.All(cancellation))[0];
        using var cipher = new AesGcm(await SecretKey(cancellation), TagLength);
        var json = JsonSerializer.SerializeToUtf8Bytes(place);
        var (nonce, tag, sealedJson) = (RandomNumberGenerator.GetBytes(NonceLength), new byte[TagLength], new byte[json.Length]);
        cipher.Encrypt(nonce, json, sealedJson, tag, BoundTo(readable, epoch));
        return Base64Url.EncodeToString([.. nonce, .. tag, .. sealedJson]);
    }

    /// <summary>The place; null when there is no token, or when it is invalid, which adds a violation.</summary>
    /// <param name="belongs">Whether a place is one of the list that is asked for.</param>
    public async Task<T?> Read<T>(
        string token, Tenants readable, Func<T, bool> belongs, List<Violation> violations, CancellationToken cancellation)
        where T : class
    {
        if (token.Length == 0) return null;
        var (place, isCurrent) = await Find(token, readable, belongs, cancellation);
        if (place is not null && isCurrent) return place;
        violations.Add(place is null ? PageSize.InvalidToken : OfFormerEpoch(await epochs.Current(cancellation)));
        return null;
    }

    /// <summary>The place of a token that belongs, and whether it is of the current epoch; no place when the token is invalid.</summary>
    public async Task<(T? Place, bool IsCurrent)> Find<T>(
        string token, Tenants readable, Func<T, bool> belongs, CancellationToken cancellation) where T : class
    {
        var known = await epochs.All(cancellation);
        using var cipher = new AesGcm(await SecretKey(cancellation), TagLength);
        foreach (var epoch in known)
        {
            if (Decrypt<T>(token, cipher, BoundTo(readable, epoch)) is { } place && belongs(place)) return (place, epoch == known[0]);
        }

        return (null, false);
    }

    private static Violation OfFormerEpoch(Guid current) => new(
        Reason.FieldInvalid, "page_token",
        $"page_token was given before the database was restored, in an epoch before {current}: read the list again from its first page");

    // Without the first epoch, so that nodes that do not know epochs accept its tokens, and it theirs.
    private static byte[] BoundTo(Tenants readable, Epoch epoch) =>
        Encoding.ASCII.GetBytes(epoch.IsFirst ? readable.Identity : $"{readable.Identity}/{epoch.Id}");

    private static T? Decrypt<T>(string token, AesGcm cipher, byte[] boundTo) where T : class
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(token).AsSpan();
            if (bytes.Length <= NonceLength + TagLength) return null;
            var json = new byte[bytes.Length - NonceLength - TagLength];
            cipher.Decrypt(
                bytes[..NonceLength], bytes[(NonceLength + TagLength)..], bytes[NonceLength..(NonceLength + TagLength)], json, boundTo);
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
