using VirtualServers.Domain;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Views;

/// <summary>Lists objects by name in pages. A page begins behind the last name and id of the one before, so it neither skips nor repeats while others write.</summary>
public sealed class Pages(Reader reader)
{
    /// <summary>One page of the objects of a kind, and the token of the next one, empty on the last.</summary>
    /// <param name="malformed">What else is wrong with the request, to be told with what is wrong here.</param>
    public async Task<(IReadOnlyList<Entry<T>> Entries, string NextPageToken)> Read<T>(
        Kind kind, bool withDeleted, int pageSize, string pageToken, CancellationToken cancellation, IReadOnlyList<Violation>? malformed = null, ConditionFilter? filter = null)
        where T : class, IRegistered
    {
        List<Violation> violations = [.. malformed ?? []];
        filter ??= ConditionFilter.None;
        var size = PageSize.Read(pageSize, violations);
        var after = pageToken.Length == 0 ? new Place(kind, withDeleted, $"{filter}", "", Guid.Empty) : PageToken.Read<Place>(pageToken);
        if (after is null || after.Kind != kind || after.WithDeleted != withDeleted || after.Filter != $"{filter}") violations.Add(PageSize.NotOfThisList);
        if (after is null || violations.Count > 0) throw new Refused(violations);

        var (found, more) = await reader.List<T>(kind, withDeleted, (after.Name, after.Id), size, filter, cancellation);
        if (!more) return (found, "");
        var last = found[^1].Named;
        return (found, PageToken.Write(new Place(kind, withDeleted, $"{filter}", last.Name, last.Id)));
    }

    private sealed record Place(Kind Kind, bool WithDeleted, string Filter, string Name, Guid Id);
}
