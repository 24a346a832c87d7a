using VirtualServers.Service.Feed;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Announces parked changes once the queue that refused them takes them, in order per object. A change reaches the same queues as every
/// other change of its type, so a type is tried until one is refused again, after pauses that grow to a minute. A change that cannot be
/// read waits for a version of the service that can, or for the operator.
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

    // Until a change of the type is refused, or none is next that can be read.
    private async Task Announce(string type, CancellationToken cancellation)
    {
        var (count, isRefused, isUnreadable) = (0, false, false);
        while (!isRefused && await parked.NextOf(type, PageSize, cancellation) is { Count: > 0 } page)
        {
            var confirmed = new List<long>();
            foreach (var change in page.Where(change => change.Flaw is null))
            {
                isRefused = !await publisher.Publish(change, cancellation);
                if (isRefused) break;
                confirmed.Add(change.Sequence);
            }

            await parked.Release(confirmed, cancellation);
            count += confirmed.Count;
            isUnreadable = page.Any(change => change.Flaw is not null);
            if (confirmed.Count == 0) break;
        }

        if (!isRefused && publisher.Forget(type)) Log.TakenByQueue(logger, type, count);
        if (isRefused || isUnreadable) Pause(type, hasProgress: count > 0);
        else pauses.Remove(type);
    }

    private void Pause(string type, bool hasProgress)
    {
        var pause = pauses.TryGetValue(type, out var last) && !hasProgress ? last.Pause * 2 : Period;
        pause = pause < MaxPause ? pause : MaxPause;
        pauses[type] = (pause, clock.GetUtcNow() + pause);
    }
}
