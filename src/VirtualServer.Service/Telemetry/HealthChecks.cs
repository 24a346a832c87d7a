using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Store;
using VirtualServers.V1;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// grpc.health.v1: <c>liveness</c> (the process answers), <c>readiness</c> (commands can be taken: PostgreSQL is there), and one name
/// per dependency. Without RabbitMQ the service stays ready, because commands are taken and announced later; <c>rabbitmq</c> and
/// <c>announcements</c> say so.
/// </summary>
public static class HealthChecks
{
    public const string RabbitMq = "rabbitmq";
    public const string PostgreSql = "postgresql";
    public const string Announcements = "announcements";

    private const string Readiness = "readiness";
    private const string Liveness = "liveness";

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddGrpcHealthChecks(health =>
        {
            foreach (var ready in new[] { "", Readiness, VirtualServerService.Descriptor.FullName, InventoryService.Descriptor.FullName })
                health.Services.Map(ready, check => check.Name == PostgreSql);
            health.Services.Map(Liveness, _ => false);
            foreach (var dependency in new[] { PostgreSql, RabbitMq, Announcements })
                health.Services.Map(dependency, check => check.Name == dependency);
        })
            .AddCheck<PostgreSqlCheck>(PostgreSql)
            .AddCheck<AnnouncementsCheck>(Announcements);
        return services;
    }

    private sealed class PostgreSqlCheck(NpgsqlDataSource source) : IHealthCheck
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limit);
            try
            {
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(limit.Token);
                return HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy("PostgreSQL does not answer", exception);
            }
        }
    }

    /// <summary>Whether changes reach the bus: none waits for longer than a minute.</summary>
    private sealed class AnnouncementsCheck(NpgsqlDataSource source, TimeProvider clock) : IHealthCheck
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

        private const string Oldest =
            $"""
            select min(timestamp) from {EventStore.Schema}.mt_events
            where type <> 'tombstone' and seq_id > coalesce((select last_seq_id from {EventStore.Schema}.mt_event_progression where name = '{Announcer.CheckpointName}:All'), 0)
            """;

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = source.CreateCommand(Oldest);
                return await command.ExecuteScalarAsync(cancellationToken) is DateTime oldest && clock.GetUtcNow() - oldest > Patience
                    ? HealthCheckResult.Unhealthy($"a change of {oldest:O} is still not announced")
                    : HealthCheckResult.Healthy();
            }
            catch (NpgsqlException exception)
            {
                return HealthCheckResult.Unhealthy("PostgreSQL does not answer", exception);
            }
        }
    }
}
