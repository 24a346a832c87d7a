using System.Collections.Concurrent;

namespace VirtualServers.Service.Telemetry;

/// <summary>Gauges that a statement answers. Each room registers those of its tables.</summary>
/// <param name="Of">What it measures, in words.</param>
/// <param name="Take">Reads the values.</param>
public sealed record Sample(string Of, Func<Task<IReadOnlyList<Level>>> Take);

/// <summary>
/// Takes every sample each fifteen seconds, the usual interval of Prometheus, and less often where that would keep the database busy.
/// However often metrics are read, and by however many, the database answers no more than that. Only a service that exports metrics takes
/// samples.
/// </summary>
public sealed class Sampling(IEnumerable<Sample> samples, Instruments instruments, TimeProvider clock, ILogger<Sampling> logger)
    : BackgroundService
{
    // Calls come first: counting the conditions of a million virtual servers takes seconds. After a long outage, the values return soon.
    private const int RestPerWork = 19;

    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, RepeatedFailure> failures = new();

    public override void Dispose()
    {
        base.Dispose();
        foreach (var failure in failures.Values) failure.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var since = clock.GetTimestamp();
                foreach (var sample in samples) await Take(sample, stoppingToken);
                var rest = RestPerWork * clock.GetElapsedTime(since);
                await Task.Delay(
                    rest < ShortestRest ? ShortestRest : rest > LongestRest ? LongestRest : rest, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops, without waiting for a database that may be silent.
        }
    }

    private async Task Take(Sample sample, CancellationToken cancellation)
    {
        var failure = failures.GetOrAdd(sample.Of, of => new($"Reading the metrics of {of}", clock, logger));
        try
        {
            instruments.Sampled(sample.Of, await sample.Take().WaitAsync(cancellation));
            failure.Succeeded();
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            instruments.Sampled(sample.Of, []);
            failure.Failed(exception.GetBaseException().Message);
        }
    }
}
