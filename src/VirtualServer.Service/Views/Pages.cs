using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Views;

/// <summary>Lists objects by name in pages. A page begins behind the last name and id of the one before, so it neither skips nor repeats while others write.</summary>
public sealed class Pages(Reader reader)
{
    private const int DefaultSize = 50;
    private const int MostSize = 1000;

    /// <summary>One page of the objects of a kind, and the token of the next one, empty on the last.</summary>
    /// <param name="malformed">What else is wrong with the request, to be told with what is wrong here.</param>
    public async Task<(IReadOnlyList<Entry<T>> Entries, string NextPageToken)> Read<T>(
        Kind kind, bool withDeleted, int pageSize, string pageToken, CancellationToken cancellation, IReadOnlyList<Violation>? malformed = null, ConditionFilter? filter = null)
        where T : class, IRegistered
    {
        List<Violation> violations = [.. malformed ?? []];
        filter ??= ConditionFilter.None;
        if (pageSize < 0) violations.Add(new(Reason.FieldInvalid, "page_size", $"page_size {pageSize} is negative: use 1 to {MostSize}, or 0 for {DefaultSize}"));
        var size = pageSize == 0 ? DefaultSize : Math.Min(pageSize, MostSize);
        var after = pageToken.Length == 0 ? new Place(kind, withDeleted, $"{filter}", "", Guid.Empty) : Place.Read(pageToken);
        if (after is null || after.Kind != kind || after.WithDeleted != withDeleted || after.Filter != $"{filter}")
            violations.Add(new(Reason.FieldInvalid, "page_token", "page_token is not one of this list's: use the next_page_token of the page before, and leave the other fields as they were"));
        if (after is null || violations.Count > 0) throw new Refused(violations);

        var found = await reader.List<T>(kind, withDeleted, (after.Name, after.Id), size + 1, filter, cancellation);
        if (found.Count <= size) return (found, "");
        found.RemoveAt(size);
        var last = found[^1].Named;
        return (found, new Place(kind, withDeleted, $"{filter}", last.Name, last.Id).Write());
    }

    /// <summary>Where a page ended, and of which list.</summary>
    private sealed record Place(Kind Kind, bool WithDeleted, string Filter, string Name, Guid Id)
    {
        private const int SumLength = 8;

        // With a sum, so that a token that was cut or changed on its way is told instead of read as another place. It keeps no secret.
        public string Write()
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(this);
            return Base64Url.EncodeToString([.. Sum(json), .. json]);
        }

        public static Place? Read(string token)
        {
            try
            {
                var bytes = Base64Url.DecodeFromChars(token).AsSpan();
                if (bytes.Length <= SumLength || !bytes[..SumLength].SequenceEqual(Sum(bytes[SumLength..]))) return null;
                var place = JsonSerializer.Deserialize<Place>(bytes[SumLength..]);
                return place?.Name is { } name && !name.Any(char.IsControl) ? place : null;
            }
            catch (Exception exception) when (exception is FormatException or JsonException)
            {
                return null;
            }
        }

        private static ReadOnlySpan<byte> Sum(ReadOnlySpan<byte> json) => SHA256.HashData(json).AsSpan(0, SumLength);
    }
}
