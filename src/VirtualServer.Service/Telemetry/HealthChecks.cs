using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using VirtualServers.Service.Api;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Store;

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

    /// <summary>MassTransit's own check: it looks at consumers, of which there are none, and takes a broker that is gone for healthy.</summary>
    public const string MassTransit = "masstransit";

    private const string Readiness = "readiness";
    private const string Liveness = "liveness";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddGrpcHealthChecks(health =>
        {
            foreach (var ready in ReflectedServices.Contract.Select(service => service.FullName).Prepend(Readiness).Prepend(""))
                health.Services.Map(ready, check => check.Name == PostgreSql);
            foreach (var name in new[] { Liveness, PostgreSql, RabbitMq, Announcements })
                health.Services.Map(name, check => check.Name == name);
        })
            .AddCheck(Liveness, () => HealthCheckResult.Healthy())
            .AddCheck<PostgreSqlCheck>(PostgreSql)
            .AddCheck<RabbitMqCheck>(RabbitMq)
            .AddCheck<AnnouncementsCheck>(Announcements);
        services.PostConfigure<HealthCheckServiceOptions>(health => health.Registrations.Remove(health.Registrations.Single(check => check.Name == MassTransit)));
        return services;
    }

    private sealed class PostgreSqlCheck(NpgsqlDataSource source) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Ask("PostgreSQL", async cancellation =>
            {
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellation);
                return null;
            }, cancellationToken);
    }

    /// <summary>Whether the connection that announcements go through is open, or can be opened.</summary>
    private sealed class RabbitMqCheck(IBusInstance bus) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Ask("RabbitMQ", async cancellation =>
            {
                var open = false;
                var connections = ((IRabbitMqHostConfiguration)bus.HostConfiguration).ConnectionContextSupervisor;
                await connections.Send(Pipe.Execute<ConnectionContext>(context => open = context.Connection.IsOpen), cancellation).WaitAsync(cancellation);
                return open ? null : "the connection to RabbitMQ is closed";
            }, cancellationToken);
    }

    /// <summary>Whether changes reach the bus: none waits for longer than a minute.</summary>
    private sealed class AnnouncementsCheck(NpgsqlDataSource source, TimeProvider clock) : IHealthCheck
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

        private const string Oldest =
            $"""
            select timestamp from {EventStore.Schema}.mt_events
            where type <> 'tombstone' and seq_id > coalesce((select last_seq_id from {EventStore.Schema}.mt_event_progression where name = '{Announcer.CheckpointName}:All'), 0)
            order by seq_id limit 1
            """;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Ask("PostgreSQL", async cancellation =>
            {
                await using var command = source.CreateCommand(Oldest);
                return await command.ExecuteScalarAsync(cancellation) is DateTime oldest && clock.GetUtcNow() - oldest > Patience ? $"a change of {oldest:O} is still not announced" : null;
            }, cancellationToken);
    }

    // Without the exception's trace, which would fill the log for as long as a server is away.
    private static async Task<HealthCheckResult> Ask(string server, Func<CancellationToken, Task<string?>> wrong, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            return await wrong(limit.Token) is { } sentence ? HealthCheckResult.Unhealthy(sentence) : HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{server} does not answer: {exception.GetBaseException().Message}");
        }
    }
}
