namespace VirtualServers.Service.Store;

/// <summary>
/// Wakes the readers of committed events when this process commits, instead of at the next poll. Any number of readers may wait.
/// </summary>
public sealed class CommitSignal(TimeProvider clock)
{
    private readonly Lock gate = new();
    private TaskCompletionSource next = NewSource();
    private long raised;

    /// <summary>How often the signal was raised. A waiter passes the number that it has seen, so that it misses none.</summary>
    public long Raised
    {
        get { lock (gate) return raised; }
    }

    /// <summary>A transaction was committed.</summary>
    public void Raise()
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            raised++;
            (waiting, next) = (next, NewSource());
        }

        waiting.SetResult();
    }

    /// <summary>Completes when the signal is raised more often than <paramref name="seen"/> times, or after the timeout.</summary>
    public async Task WaitAsync(long seen, TimeSpan timeout, CancellationToken cancellation)
    {
        Task waiting;
        lock (gate)
        {
            if (raised > seen) return;
            waiting = next.Task;
        }

        await waiting.WaitAsync(timeout, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
