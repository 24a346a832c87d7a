using VirtualServers.Service.Store;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>A commit wakes every reader of the feed.</summary>
public sealed class CommitSignalTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly CommitSignal signal = new(TimeProvider.System);

    [Fact]
    public async Task A_signal_wakes_every_waiter()
    {
        var waiting = Enumerable.Range(0, 100).Select(_ => signal.WaitAsync(signal.Raised, Long, CancellationToken.None)).ToList();
        Assert.All(waiting, one => Assert.False(one.IsCompleted));

        signal.Raise();

        await Eventually.Ends("all waiters", Task.WhenAll(waiting));
    }

    [Fact]
    public async Task A_signal_that_was_raised_before_the_wait_is_not_missed()
    {
        var seen = signal.Raised;
        signal.Raise();
        signal.Raise();

        await Eventually.Ends("a waiter", signal.WaitAsync(seen, Long, CancellationToken.None));
        Assert.False(signal.WaitAsync(signal.Raised, Long, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task A_wait_ends_at_its_timeout_and_with_its_cancellation()
    {
        await Eventually.Ends("a wait", signal.WaitAsync(0, TimeSpan.FromMilliseconds(1), CancellationToken.None));

        using var cancellation = new CancellationTokenSource();
        var waiting = signal.WaitAsync(0, Long, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
