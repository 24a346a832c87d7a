using JasperFx.Events.Daemon.HighWater;

namespace VirtualServers.Service.Feed;

/// <summary>Wakes the reader of committed events when this process has committed, so that nobody waits for the next poll.</summary>
public sealed class CommitSignal(TimeProvider clock) : IDaemonWakeup
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim raised = new(0, 1);
    private long last;

    /// <summary>Something was committed. A signal that nobody waits for yet is kept; two are one.</summary>
    public void Raise()
    {
        try
        {
            if (raised.CurrentCount == 0) raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread raised it between the look and the release.
        }
    }

    public async Task WaitAsync(TimeSpan timeout, CancellationToken token)
    {
        // Looking for what is new costs the database as much as a command does: under load, many commits are one look.
        var rest = Pause - clock.GetElapsedTime(last);
        if (rest > TimeSpan.Zero) await Task.Delay(rest, clock, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await raised.WaitAsync(timeout, token);
        last = clock.GetTimestamp();
    }

    public void Dispose() => raised.Dispose();
}
