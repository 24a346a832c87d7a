using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>
/// Turns committed events into changes. An event holds the differences; the object is folded from its events, and kept for its next event.
/// Each reader of the feed has its own.
/// </summary>
public sealed class Changes(ObjectReader objects, Epochs epochs, NpgsqlDataSource source) : IDisposable
{
    private const int MaxKept = 10_000;

    private static readonly InvalidOperationException NoServer = new("no event of the virtual server can be read");

    // Eviction scans the cache, so it evicts many objects at once.
    private readonly MemoryCache latest = new(new MemoryCacheOptions { SizeLimit = MaxKept, CompactionPercentage = 0.5 });

    /// <summary>The changes of events, in their order. One that cannot be read says so, as do the later ones of its object.</summary>
    public async Task<IReadOnlyList<FeedChange>> Of(IReadOnlyList<CommittedEvent> events, CancellationToken cancellation)
    {
        if (events.Count == 0) return [];
        // Not the cache, which may drop any object: when it is full, a new one at once, and others in the background.
        var current = await Before(events, cancellation);
        var folded = new List<(CommittedEvent Event, IView? Before, IView? After, Exception? Flaw)>(events.Count);
        foreach (var one in events)
        {
            var before = one is { Version: 1, News: null } ? null : current.GetValueOrDefault(one.ObjectId);
            if (one.News is not null)
            {
                folded.Add((one, null, before, NoServer));
                continue;
            }

            var (after, flaw) = Fold(one, before);
            if (after is not null) current[one.ObjectId] = after;
            folded.Add((one, before, after, flaw));
        }

        foreach (var view in current.Values) latest.Set(view.Id, view, new MemoryCacheEntryOptions { Size = 1 });
        var epoch = await epochs.Current(cancellation);
        var names = await objects.Names(
            folded.SelectMany(one => References(one.Before).Concat(References(one.After)).Concat(References(one.Event.News))).ToHashSet(),
            cancellation);
        return
        [
            .. folded.Select(one => one.After is { } after
                ? FeedChange.Of(one.Event, one.Before, after, names, epoch)
                : FeedChange.Unreadable(one.Event, one.Flaw!, epoch)),
        ];
    }

    public void Dispose() => latest.Dispose();

    private static (IView? After, Exception? Flaw) Fold(CommittedEvent one, IView? before)
    {
        if (one.Fact is not { } fact) return (null, one.Flaw);
        if ((before?.Version ?? 0) != one.Version - 1)
            return (null, new InvalidOperationException($"an event before version {one.Version} of the object cannot be read"));
        try
        {
            return (fact.Next(before), null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever the rules throw for an event that does not fit, it concerns this object alone.
            return (null, exception);
        }
    }

    // The objects whose next event is among these, as they were before it: in one statement for all that are not kept.
    private async Task<Dictionary<Guid, IView>> Before(IReadOnlyList<CommittedEvent> events, CancellationToken cancellation)
    {
        var (before, unknown) = (new Dictionary<Guid, IView>(), new List<CommittedEvent>());
        foreach (var first in events.GroupBy(one => one.ObjectId).Select(same => same.First()))
        {
            var kept = latest.Get<IView>(first.ObjectId);
            if (IsUnknown(first, kept)) unknown.Add(first);
            else if (kept is not null) before.Add(kept.Id, kept);
        }

        if (unknown.Count == 0) return before;
        Sql earlier =
            $"""
            select {StoredFact.Columns}
            from unnest({unknown.Select(one => one.ObjectId).ToArray()}::uuid[], {unknown.Select(one => one.Sequence).ToArray()}::bigint[])
                as asked (id, sequence)
            join {StoredFact.Table} e on e.stream_id = asked.id and e.seq_id < asked.sequence
            order by e.stream_id, e.version
            """;
        foreach (var one in unknown) latest.Remove(one.ObjectId);
        IView? view = null; // of the object whose events are read
        foreach (var one in await CommittedEvents.Read(source, earlier, cancellation))
        {
            view = view?.Id == one.ObjectId ? view : null;
            view = Fold(one, view).After ?? view;
            if (view is not null) before[view.Id] = view;
        }

        return before;
    }

    private static bool IsUnknown(CommittedEvent first, IView? kept) => first.News is not null
        ? kept is null
        : first.Version > 1 && kept?.Version != first.Version - 1;

    private static IEnumerable<Guid> References(ConditionNews? news) =>
        new[] { news?.Other, news?.Cause?.Object }.OfType<Guid>();

    private static IEnumerable<Guid> References(IView? view) => view?.Content.Uses.Select(use => use.Target) ?? [];
}
