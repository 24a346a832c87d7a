using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Feed;

/// <summary>Work that one node does for all nodes on a database.</summary>
public interface ILeading
{
    /// <summary>Does it until the token is cancelled, when the node stops to lead; an exception ends the node's term, too.</summary>
    Task Lead(CancellationToken term);
}

/// <summary>
/// Lets this node lead whenever no other one on the database does. When anything fails, the term ends, and whichever node is first leads
/// the next one; it starts from what is stored.
/// </summary>
public sealed class Leader(
    IConfiguration configuration, IEnumerable<ILeading> works, TimeProvider clock, ILogger<Leader> logger) : BackgroundService
{
    // The key of the lock under which Marten lets one node announce in release 0.1.0: during an upgrade, old and new nodes exclude each
    // other.
    private const long LockKey = 1_949_806_582;

    // Longer than another node waits between two attempts to take the lock.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RepeatedFailure failure = new("Leading", clock, logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Lead(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (Outage.Caused(exception) || exception is TermEnded or StartupException or EpochEnded)
                    failure.Failed(exception.GetBaseException().Message);
                else
                    Log.TermFailed(logger, exception);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // The service stops.
            }
        }
    }

    private async Task Lead(CancellationToken stopping)
    {
        await using var held = await LeaderLock.Take(configuration, LockKey, clock, stopping);
        failure.Succeeded();
        Log.TermBegun(logger);
        using var term = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var holding = new CancellationTokenSource();
        var hold = held.Hold(holding.Token);
        List<Task> parts = [.. works.Select(work => Task.Run(() => work.Lead(term.Token), CancellationToken.None))];
        var first = await Task.WhenAny([hold, .. parts]);
        await term.CancelAsync();
        // The lock is held until the last of them has finished what it began.
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await holding.CancelAsync();
        await hold.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}

/// <summary>Another node has taken over.</summary>
public sealed class TermEnded(string message) : Exception(message);
