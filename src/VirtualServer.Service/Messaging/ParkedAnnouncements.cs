using VirtualServers.Service.Feed;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Announces parked changes once the queue that refused them takes them, in order per object. A change reaches the same queues as every
/// other change of its type, so one change of a type is tried, after pauses that grow to a minute; when it is taken, the others follow. A
/// change that cannot be read waits for a version of the service that can, or for the operator.
/// </summary>
public sealed class ParkedAnnouncements(
    ParkedChanges parked, Publisher publisher, Instruments instruments, TimeProvider clock,
    ILogger<ParkedAnnouncements> logger) : ILeading
{
    private const int PageSize = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (TimeSpan Pause, DateTimeOffset Until)> pauses = [];

    public async Task Lead(CancellationToken term)
    {
        pauses.Clear();
        publisher.ForgetAll();
        try
        {
            using var timer = new PeriodicTimer(Period, clock);
            while (await timer.WaitForNextTickAsync(term)) await Retry(term);
        }
        finally
        {
            instruments.Parked(0);
        }
    }

    private async Task Retry(CancellationToken cancellation)
    {
        foreach (var type in await parked.Wanted(cancellation)) pauses.Remove(type);
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
        for (var limit = 1; await parked.NextOf(type, limit, cancellation) is { Count: > 0 } page; limit = PageSize)
        {
            var confirmed = new List<long>();
            foreach (var change in page)
            {
                if (change.Flaw is not null) continue;
                if (!await publisher.Publish(change, cancellation)) break;
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
