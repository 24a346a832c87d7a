using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using JasperFx.Events;
using Marten;
using Microsoft.Extensions.Caching.Memory;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;
using VirtualServers.V1;

namespace VirtualServers.Service.Feed;

/// <summary>Makes public changes of committed events: what happened, and the object before and after it.</summary>
public sealed class Changes(Reader reader) : IDisposable
{
    private const int Remembered = 10_000;

    private static readonly Dictionary<System.Type, StoredEvent> Stored = StoredEvents.All.ToDictionary(stored => stored.Type);

    private static readonly HashSet<string> Bookkeeping = ["version", "etag", "create_time", "update_time"];

    // Events say what differs; the object itself is folded from its stream, and remembered for the next event of it.
    // Making room costs a look at all of them, so that it is made for many at once.
    private readonly MemoryCache latest = new(new MemoryCacheOptions { SizeLimit = Remembered, CompactionPercentage = 0.5 });

    /// <summary>The changes of these events, in their order; earlier events of the same objects are read through the session.</summary>
    public async Task<IReadOnlyList<Change>> Of(IReadOnlyList<IEvent> events, IDocumentOperations session, CancellationToken cancellation)
    {
        var folded = new List<(IEvent Event, StoredEvent Stored, IView? Before, IView After)>(events.Count);
        foreach (var happened in events)
        {
            if (!Stored.TryGetValue(happened.EventType, out var stored)) throw new InvalidOperationException($"The event type {happened.EventType} has no entry in {nameof(StoredEvents)}");
            var before = await Before(happened, session, cancellation);
            var after = stored.Resource.Next(before, happened);
            latest.Set(happened.StreamId, after, new MemoryCacheEntryOptions { Size = 1 });
            folded.Add((happened, stored, before, after));
        }

        var referred = folded.SelectMany(item => (item.Before?.Content.Uses ?? []).Concat(item.After.Content.Uses)).Select(use => use.Target).ToHashSet();
        var names = await reader.Names(referred, cancellation);
        return [.. folded.Select(item => Of(item.Event, item.Stored, item.Before, item.After, names))];
    }

    public void Dispose() => latest.Dispose();

    private async Task<IView?> Before(IEvent happened, IDocumentOperations session, CancellationToken cancellation)
    {
        if (happened.Version == 1) return null;
        if (latest.Get<IView>(happened.StreamId) is { } known && known.Version == happened.Version - 1) return known;

        var earlier = await session.Events.FetchStreamAsync(happened.StreamId, happened.Version - 1, token: cancellation);
        return earlier.Aggregate((IView?)null, (view, next) => Stored[next.EventType].Resource.Next(view, next));
    }

    private static Change Of(IEvent happened, StoredEvent stored, IView? before, IView after, Names names)
    {
        var was = before is null ? null : stored.Resource.ToWire(before, names);
        var now = stored.Resource.ToWire(after, names);
        return new Change
        {
            Sequence = happened.Sequence,
            EventId = happened.Id.ToString(),
            Type = stored.Name,
            Kind = (Kind)after.Content.Kind,
            Id = happened.StreamId.ToString(),
            Name = after.Content.Name,
            Version = happened.Version,
            Time = happened.Timestamp.ToTimestamp(),
            Actor = happened.UserName ?? "",
            Reason = happened.GetHeader(Headers.Reason)?.ToString() ?? "",
            CorrelationId = happened.CorrelationId ?? "",
            ChangedFields = { was is null ? [] : Differences(was, now) },
            Before = was is null ? null : Wrap(was),
            After = Wrap(now),
        };
    }

    private static IEnumerable<string> Differences(IMessage was, IMessage now) =>
        now.Descriptor.Fields.InDeclarationOrder()
            .Where(field => !Bookkeeping.Contains(field.Name))
            .Where(field => (field.HasPresence && field.Accessor.HasValue(was) != field.Accessor.HasValue(now)) || !Equals(field.Accessor.GetValue(was), field.Accessor.GetValue(now)))
            .Select(field => field.Name);

    private static RegistryObject Wrap(IMessage wire) => wire switch
    {
        V1.VirtualServer server => new() { VirtualServer = server },
        LoadBalancerPool pool => new() { LoadBalancerPool = pool },
        HealthCheckMonitor monitor => new() { HealthCheckMonitor = monitor },
        CertificateProfile profile => new() { CertificateProfile = profile },
        InventoryObject thing => new() { InventoryObject = thing },
        _ => throw new ArgumentException($"{wire.Descriptor.FullName} has no place in RegistryObject", nameof(wire)),
    };
}
