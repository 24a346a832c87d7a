using System.Diagnostics;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;
using MassTransit;
using VirtualServers.Contracts;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Telemetry;
using VirtualServers.V1;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Announces every committed event on RabbitMQ: at least once, in order per object, with the event's id as message id. The event store is
/// the outbox: a page of the committed sequence is done when the broker has confirmed all of it. Of several nodes, one announces at a time.
/// </summary>
public sealed class Announcer : SubscriptionBase
{
    /// <summary>The name its checkpoint is stored under.</summary>
    public const string CheckpointName = "announcements";

    // A page is repeated as a whole after a crash, so it is small.
    private const int PageSize = 200;

    // Changes of different objects do not wait for each other.
    private const int Concurrency = 32;

    // A publish to a frozen broker may wait for ever; without a confirmation within this time it is repeated.
    private static readonly TimeSpan ConfirmationTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private readonly IBus bus;
    private readonly Changes changes;
    private readonly Instruments instruments;
    private readonly ILogger<Announcer> logger;

    public Announcer(IBus bus, Changes changes, Instruments instruments, ILogger<Announcer> logger)
    {
        (this.bus, this.changes, this.instruments, this.logger) = (bus, changes, instruments, logger);
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
        var lanes = announced.Zip(happened).GroupBy(item => item.Second.StreamId);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(lanes, parallel, async (lane, token) =>
        {
            foreach (var (change, stored) in lane) await Announce(change, stored, token);
        });
        return NullChangeListener.Instance;
    }

    private async Task Announce(Change change, IEvent happened, CancellationToken cancellation)
    {
        // The parent is the span of the command, so that one trace leads from the call to the consumer.
        using var activity = Instruments.Activities.StartActivity($"announce {change.Type}", ActivityKind.Producer, happened.CausationId);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(ConfirmationTimeout);
                await bus.Publish(new ChangeAnnouncement(change), context =>
                {
                    context.MessageId = happened.Id;
                    context.SetRoutingKey(change.Type);
                    context.Headers.Set(Security.Caller.CorrelationHeader, change.CorrelationId);
                }, limit.Token);
                instruments.Announced(change.Type);
                if (attempt > 1) Log.AnnouncementsGoOn(logger, attempt - 1);
                return;
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                instruments.AnnouncementFailed();
                Log.AnnouncementFailed(logger, change.Sequence, change.Type, attempt, exception.GetBaseException().Message);
                await Task.Delay(Pause(attempt), cancellation);
            }
        }
    }

    private static TimeSpan Pause(int attempt) =>
        TimeSpan.FromMilliseconds(Math.Min(MaxPause.TotalMilliseconds, 50 * Math.Pow(2, Math.Min(attempt, 10))));
}
