using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.V1;

namespace VirtualServers.Service.Feed;

/// <summary>A page of changes.</summary>
/// <param name="NextPageToken">Empty if there are no more changes now.</param>
/// <param name="WatchToken">With it, a watch of the same filter goes on after the page.</param>
public sealed record ChangePage(IReadOnlyList<WatchedChange> Changes, string NextPageToken, string WatchToken);

/// <summary>Lists the changes of the past, the oldest first.</summary>
public sealed class ChangeLists(Tail tail, ChangeTimes times, ChangeTokens tokens, PageTokens pages)
{
    // A page costs no more than to examine so many changes, however few of them match.
    private const int MaxExamined = 5_000, Examined = 500;

    public async Task<ChangePage> Page(ChangeListQuery query, Tenants readable, CancellationToken cancellation)
    {
        try
        {
            return await Read(query, readable, cancellation);
        }
        catch (Exception exception) when (Dismissal.Of(exception) is { } dismissed)
        {
            throw dismissed;
        }
    }

    private async Task<ChangePage> Read(ChangeListQuery query, Tenants readable, CancellationToken cancellation)
    {
        List<Violation> violations = [.. query.Malformed];
        var size = PageSize.Read(query.PageSize, violations);
        var place = await Find(query, readable, violations, cancellation);
        if (violations.Count > 0) throw new Refused(violations);

        using var reader = await tail.Open(null, cancellation);
        await tail.CatchUp(cancellation);
        if (query.Start is FeedStart.After(var after)) await tail.Expect(after, "after_sequence", cancellation);
        var end = tail.Position;
        var from = (query.Start as FeedStart.Time)?.From ?? DateTimeOffset.MinValue;
        reader.Seek(place?.Sequence ?? query.Start switch
        {
            FeedStart.Time => await times.Before(from, end, cancellation),
            FeedStart.After(var sequence) => sequence,
            _ => 0,
        });

        var (content, position, examined) = (new PageContent<WatchedChange>(size), reader.Position, 0);
        var isFull = false;
        while (!isFull && position < end && examined < MaxExamined)
        {
            var page = await reader.Next(Examined, TimeSpan.Zero, cancellation);
            foreach (var change in page.Changes)
            {
                if (change.Time >= from && Effects.On(change, query.Filter, readable) is { } matching && !content.TryAdd(matching))
                {
                    isFull = true;
                    break;
                }

                position = change.Sequence;
            }

            if (!isFull) position = page.Position;
            examined += page.Changes.Count;
        }

        return new(
            content.Messages,
            position < end ? await pages.Write(new Place(query.ListIdentity, position), readable, cancellation) : "",
            await tokens.Write(FeedPlace.At(position), reader.Epoch, query.Identity, readable, cancellation));
    }

    private async Task<Place?> Find(
        ChangeListQuery query, Tenants readable, List<Violation> violations, CancellationToken cancellation)
    {
        if (query.PageToken.Length == 0) return null;
        var (place, isCurrent) = await pages.Find<Place>(
            query.PageToken, readable, one => one.ChangesOf == query.ListIdentity, cancellation);
        if (place is null) violations.Add(PageSize.InvalidToken);
        else if (!isCurrent) violations.Add(ChangeTokens.OfFormerEpoch("page_token"));
        return place;
    }

    private sealed record Place(string ChangesOf, long Sequence);
}
