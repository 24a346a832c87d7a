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
/// Announces every committed event on RabbitMQ: at least once, in order per object, with the event's id as message id. The event
/// store is the outbox: a page of the committed sequence counts as done only when the broker has confirmed all of it, and of
/// several nodes one announces at a time.
/// </summary>
public sealed class Announcer : SubscriptionBase
{
    /// <summary>The name its checkpoint is stored under.</summary>
    public const string CheckpointName = "announcements";

    // A page is repeated as a whole after a crash, so it is small.
    private const int Page = 200;

    // Changes of different objects do not wait for one another.
    private const int Lanes = 32;

    // A publish may wait for ever on a broker that is frozen; its confirmation must come within this time or be asked for again.
    private static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly IBus bus;
    private readonly Changes changes;
    private readonly Instruments instruments;
    private readonly ILogger<Announcer> logger;

    public Announcer(IBus bus, Changes changes, Instruments instruments, ILogger<Announcer> logger)
    {
        (this.bus, this.changes, this.instruments, this.logger) = (bus, changes, instruments, logger);
        Name = CheckpointName;
        Options.BatchSize = Page;
        Options.MaximumHopperSize = Page * 5;
        Options.SubscribeFromSequence(0);
    }

    public override async Task<IChangeListener> ProcessEventsAsync(EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        // Marten puts a tombstone in the place of an event that lost its race and was never committed.
        var events = page.Events.Where(happened => happened.Data is not Tombstone).ToList();
        var announced = await changes.Of(events, operations, cancellationToken);
        var lanes = announced.Zip(events).GroupBy(item => item.Second.StreamId);
        await Parallel.ForEachAsync(lanes, new ParallelOptions { MaxDegreeOfParallelism = Lanes, CancellationToken = cancellationToken }, async (lane, token) =>
        {
            foreach (var (change, happened) in lane) await Announce(change, happened, token);
        });
        return NullChangeListener.Instance;
    }

    private async Task Announce(Change change, IEvent happened, CancellationToken cancellation)
    {
        // The span of the command that committed it, so that a trace goes from the call to the consumer.
        using var activity = Instruments.Activities.StartActivity($"announce {change.Type}", ActivityKind.Producer, happened.CausationId);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(Confirmation);
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

    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 50 * Math.Pow(2, Math.Min(attempt, 10))));
}
