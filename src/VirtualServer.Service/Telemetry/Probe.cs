using Microsoft.Extensions.Diagnostics.HealthChecks;
using static System.FormattableString;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// Asks a server whether it is well. The answer to a health check never waits for the server for longer than its limit. A question to a
/// frozen server stays open, and is shared by everybody who asks meanwhile, so that questions do not pile up.
/// </summary>
/// <param name="server">The server, in words.</param>
/// <param name="question">Finds what is wrong; null when nothing is. Its token is cancelled when the question is given up.</param>
public sealed class Probe(string server, Func<CancellationToken, Task<string?>> question, TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.5);

    // An answer in memory takes a millisecond; one that takes so long tells of a server short of something.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(0.5);

    // An answer may get lost with a connection.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private Task<string?> open = Task.FromResult<string?>(null);
    private long asked;

    /// <summary>The answer to the open question, or to a new one.</summary>
    public Task<string?> Ask()
    {
        lock (gate)
        {
            if (!open.IsCompleted && clock.GetElapsedTime(asked) < MaxAge) return open;
            (open, asked) = (Task.Run(Answer), clock.GetTimestamp());
            return open;
        }
    }

    /// <summary>A server that was reached, or may be, and says nothing: frozen, or busy beyond its strength.</summary>
    public static string IsSilent(string server, TimeSpan since) => $"{server} is silent: it has not answered for {since.TotalSeconds} s";

    /// <summary>
    /// The result for a health check, which tells a slow server (degraded, and still serving) from a silent one and from one that is away.
    /// Exceptions are left out: their traces would fill the log while a server is down.
    /// </summary>
    public async Task<HealthCheckResult> Check(CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        try
        {
            if (await Ask().WaitAsync(Limit, clock, cancellation) is { } sentence) return HealthCheckResult.Unhealthy(sentence);
            var elapsed = clock.GetElapsedTime(since);
            return elapsed < Slow
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded(Invariant($"{server} is slow: it answered after {elapsed.TotalSeconds:F1} s"));
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy(IsSilent(server, Limit));
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{server} is away: {exception.GetBaseException().Message}");
        }
    }

    private async Task<string?> Answer()
    {
        using var limit = new CancellationTokenSource(MaxAge, clock);
        return await question(limit.Token);
    }
}
