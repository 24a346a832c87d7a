using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// The log of the health checks: why a name is not serving, once when it begins, once a minute, and once when it serves again. The
/// checks are executed for it every few seconds, however often a name is asked for.
/// </summary>
public sealed class HealthLog(TimeProvider clock, ILogger<HealthLog> logger) : IHealthCheckPublisher, IDisposable
{
    /// <summary>How often the checks are executed for the log, and for callers that watch a name.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, RepeatedFailure> names = new();

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        var isAway = report.Entries.TryGetValue(Health.PostgreSql, out var store) && store.Status == HealthStatus.Unhealthy;
        foreach (var (name, entry) in report.Entries)
        {
            // The warm-up has lines of its own, and without PostgreSQL it alone is the reason.
            if (name == Health.WarmUp || (isAway && name is not (Health.PostgreSql or Health.RabbitMq))) continue;
            var failure = names.GetOrAdd(name, one => new($"The check {one}", clock, logger));
            if (entry.Status == HealthStatus.Healthy) failure.Succeeded();
            else failure.Failed(entry.Description ?? entry.Status.ToString());
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var failure in names.Values) failure.Dispose();
    }
}
