using System.Collections.Concurrent;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;
using VirtualServers.Service.Feed;
using VirtualServers.V1;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Announces every committed event on RabbitMQ: at least once, in order per object, with the event's id as message id. The event store is
/// the outbox: a page of the committed sequence is done when the broker has confirmed all of it, or a queue has refused a change, which is
/// then parked with the later changes of its object (ParkedAnnouncements.cs). Of several nodes, one announces at a time.
/// </summary>
public sealed class Announcer : SubscriptionBase
{
    /// <summary>The name its checkpoint is stored under.</summary>
    public const string CheckpointName = "announcements";

    // A page is repeated as a whole after a crash, so it is small.
    private const int PageSize = 200;

    // Changes of different objects do not wait for each other.
    private const int Concurrency = 32;

    private readonly Publisher publisher;
    private readonly Changes changes;
    private readonly ParkedChanges parked;

    public Announcer(Publisher publisher, Changes changes, ParkedChanges parked)
    {
        (this.publisher, this.changes, this.parked) = (publisher, changes, parked);
        Name = CheckpointName;
        Options.BatchSize = PageSize;
        Options.MaximumHopperSize = PageSize * 5;
        Options.SubscribeFromSequence(0);
    }

    public override async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        // A lost race may leave a tombstone under its sequence number, which is no event.
        var happened = page.Events.Where(item => item.Data is not Tombstone).ToList();
        var announced = await changes.Of(happened, operations, cancellationToken);
        var lanes = announced.Zip(happened).GroupBy(item => item.Second.StreamId).ToList();
        var waiting = await parked.Of(lanes.Select(lane => lane.Key), cancellationToken);
        var refused = new ConcurrentQueue<ParkedChange>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            lanes, parallel, async (lane, token) => await Announce(lane, waiting.Contains(lane.Key), refused, token));
        ParkedChanges.Park(operations, [.. refused]);
        return NullChangeListener.Instance;
    }

    // The changes of one object, in order. From the first that a queue refuses, they wait.
    private async Task Announce(
        IEnumerable<(Change Change, IEvent Happened)> lane, bool waits, ConcurrentQueue<ParkedChange> refused,
        CancellationToken cancellation)
    {
        foreach (var (change, happened) in lane)
        {
            waits = waits || !await publisher.Publish(change, happened, cancellation);
            if (waits) refused.Enqueue(new(happened.Sequence, happened.StreamId, change.Type));
        }
    }
}
