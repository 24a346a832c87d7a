using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using JasperFx.Events;
using Marten;
using Microsoft.Extensions.Caching.Memory;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Feed;

/// <summary>Turns committed events into public changes: the event, and the object before and after it.</summary>
public sealed class Changes(ObjectReader objects) : IDisposable
{
    private const int MaxCached = 10_000;

    // They change with every event. Deletion is a change of delete_time.
    private static readonly HashSet<string> Bookkeeping = ["version", "etag", "create_time", "update_time"];

    // An event holds the differences; the object is folded from its stream, and cached for its next event. Eviction scans the cache, so it
    // evicts many objects at once.
    private readonly MemoryCache latest = new(new MemoryCacheOptions { SizeLimit = MaxCached, CompactionPercentage = 0.5 });

    /// <summary>The changes of events, in their order; earlier events of the same objects are read through the session.</summary>
    public async Task<IReadOnlyList<Change>> Of(IReadOnlyList<IEvent> events, IDocumentOperations session, CancellationToken cancellation)
    {
        var folded = new List<(IEvent Event, IView? Before, IView After)>(events.Count);
        foreach (var happened in events)
        {
            var before = await Before(happened, session, cancellation);
            var after = Aggregates.Next(before, happened);
            latest.Set(happened.StreamId, after, new MemoryCacheEntryOptions { Size = 1 });
            folded.Add((happened, before, after));
        }

        var names = await objects.Names(
            folded.SelectMany(one => References(one.Before).Concat(References(one.After))).ToHashSet(), cancellation);
        return [.. folded.Select(one => Of(one.Event, one.Before, one.After, names))];
    }

    public void Dispose() => latest.Dispose();

    private async Task<IView?> Before(IEvent happened, IDocumentOperations session, CancellationToken cancellation)
    {
        if (happened.Version == 1) return null;
        return latest.Get<IView>(happened.StreamId) is { } known && known.Version == happened.Version - 1
            ? known
            : await Aggregates.Fold(session, happened.StreamId, happened.Version - 1, cancellation);
    }

    private static IEnumerable<Guid> References(IView? view) => view?.Content.Uses.Select(use => use.Target) ?? [];

    private static Change Of(IEvent happened, IView? before, IView after, Names names)
    {
        var was = before is null ? null : RegistryObjects.ToWire(before, names);
        var now = RegistryObjects.ToWire(after, names);
        return new Change
        {
            Sequence = happened.Sequence,
            EventId = happened.Id.ToString(),
            Type = StoredEvents.Of(happened.EventType).Name,
            Kind = (Kind)after.Content.Kind,
            Id = happened.StreamId.ToString(),
            Name = after.Content.Name,
            Version = checked((int)happened.Version),
            Time = happened.Timestamp.ToTimestamp(),
            Actor = happened.UserName ?? "",
            Reason = happened.GetHeader(Headers.Reason)?.ToString() ?? "",
            CorrelationId = happened.CorrelationId ?? "",
            ChangedFields = { was is null ? [] : Differences(RegistryObjects.Content(was), RegistryObjects.Content(now)) },
            Before = was,
            After = now,
        };
    }

    private static IEnumerable<string> Differences(IMessage was, IMessage now) =>
        now.Descriptor.Fields.InDeclarationOrder()
            .Where(field => !Bookkeeping.Contains(field.Name) && !RegistryObjects.AreEqual(field, was, now))
            .Select(field => field.Name);
}
