using JasperFx;
using Marten;
using Marten.Events.Daemon.Coordination;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Announces parked changes once the queue that refused them takes them, in order per object. A change reaches the same queues as every
/// other change of its type, so one change of a type is tried, after pauses that grow to a minute; when it is taken, the others follow.
/// Only the node that announces does so.
/// </summary>
public sealed class ParkedAnnouncements(
    IDocumentStore store, IProjectionCoordinator coordinator, ParkedChanges parked, Publisher publisher, Instruments instruments,
    TimeProvider clock, ILogger<ParkedAnnouncements> logger) : BackgroundService
{
    private const int PageSize = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (TimeSpan Pause, DateTimeOffset Until)> pauses = [];

    private bool IsLeading => coordinator.DaemonForMainDatabase().CurrentAgents().Any(agent =>
        agent.Status == AgentStatus.Running && agent.Name.Identity == $"{Announcer.CheckpointName}:All");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Try(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task Try(CancellationToken cancellation)
    {
        try
        {
            if (IsLeading) await Retry(cancellation);
            else Leave();
        }
        catch (Exception exception) when (Outage.Caused(exception))
        {
            Log.ParkedNotRead(logger, exception.GetBaseException().Message);
            await Task.Delay(MaxPause / 12, clock, cancellation);
        }
    }

    private void Leave()
    {
        pauses.Clear();
        publisher.ForgetAll();
        instruments.Parked(0);
    }

    private async Task Retry(CancellationToken cancellation)
    {
        foreach (var type in await parked.NextTypes(cancellation))
        {
            if (!pauses.TryGetValue(type, out var waits) || clock.GetUtcNow() >= waits.Until) await Announce(type, cancellation);
        }

        instruments.Parked((await parked.Summary(cancellation))?.Changes ?? 0);
    }

    // Until a change of the type is refused, or none is next.
    private async Task Announce(string type, CancellationToken cancellation)
    {
        var count = 0;
        await using var session = store.LightweightSession();
        for (var limit = 1; await parked.NextOf(type, limit, session, cancellation) is { Count: > 0 } page; limit = PageSize)
        {
            var confirmed = new List<long>();
            foreach (var (change, happened) in page)
            {
                if (!await publisher.Publish(change, happened, cancellation)) break;
                confirmed.Add(change.Sequence);
            }

            await parked.Release(confirmed, cancellation);
            count += confirmed.Count;
            if (confirmed.Count == page.Count) continue;
            var pause = pauses.TryGetValue(type, out var last) && count == 0 ? last.Pause * 2 : Period;
            pause = pause < MaxPause ? pause : MaxPause;
            pauses[type] = (pause, clock.GetUtcNow() + pause);
            return;
        }

        pauses.Remove(type);
        if (publisher.Forget(type)) Log.TakenByQueue(logger, type, count);
    }
}
