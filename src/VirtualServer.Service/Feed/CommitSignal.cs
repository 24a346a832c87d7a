using JasperFx.Events.Daemon.HighWater;

namespace VirtualServers.Service.Feed;

/// <summary>Wakes the reader of committed events when this process has committed, so that nobody waits for the next poll.</summary>
public sealed class CommitSignal : IDaemonWakeup
{
    private readonly SemaphoreSlim raised = new(0, 1);

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

    public Task WaitAsync(TimeSpan timeout, CancellationToken token) => raised.WaitAsync(timeout, token);

    public void Dispose() => raised.Dispose();
}
