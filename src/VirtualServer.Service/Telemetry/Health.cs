using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// The names that grpc.health.v1 answers to, and how a dependency is probed. Each room registers the checks of what it depends on; Api maps
/// the names. Without RabbitMQ the service stays ready: commands are stored, and announced later.
/// </summary>
public static class Health
{
    /// <summary>The process answers.</summary>
    public const string Liveness = "liveness";

    /// <summary>Commands can be executed: PostgreSQL answers.</summary>
    public const string Readiness = "readiness";

    /// <summary>PostgreSQL answers.</summary>
    public const string PostgreSql = "postgresql";

    /// <summary>The connection for announcements is open.</summary>
    public const string RabbitMq = "rabbitmq";

    /// <summary>No change has been waiting to be announced for more than a minute.</summary>
    public const string Announcements = "announcements";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The result of a probe, within two seconds. The exception is left out: its trace would fill the log while a server is down.
    /// </summary>
    /// <param name="problem">Finds what is wrong; null when nothing is.</param>
    public static async Task<HealthCheckResult> Probe(
        string server, Func<CancellationToken, Task<string?>> problem, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            return await problem(limit.Token) is { } sentence ? HealthCheckResult.Unhealthy(sentence) : HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{server} does not answer: {exception.GetBaseException().Message}");
        }
    }
}
