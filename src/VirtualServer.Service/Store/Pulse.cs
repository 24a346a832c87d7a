using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// Asks PostgreSQL for a sign of life twice a second, on connections of its own. Without an answer for two and a half seconds, the database
/// is silent, and calls end before a usual deadline (Faults/StoreState.cs). No time-out of the driver could do this: it asks the server to
/// cancel the statement, and waits for the server meanwhile.
/// </summary>
public sealed class Pulse : BackgroundService, IHealthCheck
{
    private const int MaxTicks = 10;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource source;
    private readonly StoreState state;
    private readonly TimeProvider clock;
    private readonly Probe probe;

    public Pulse(
        IConfiguration configuration, NpgsqlDataSource byKey, PlannedReads planned, StoreState state, TimeProvider clock)
    {
        // After a restart of the database, each connection that was idle would fail one call.
        state.ConnectionBroke += byKey.Clear;
        state.ConnectionBroke += planned.Source.Clear;
        (source, this.state, this.clock) = (Connections.OpenForPulse(configuration), state, clock);
        probe = new("PostgreSQL", Ask, clock);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        state.IsSilent
            ? Task.FromResult(HealthCheckResult.Unhealthy(Probe.IsSilent("PostgreSQL", Tick * MaxTicks)))
            : probe.Check(cancellationToken);

    public override void Dispose()
    {
        base.Dispose();
        source.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Beat(stoppingToken);
                await Task.Delay(Rest, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    // Counts ticks, not time: a process that was stopped itself has not waited for the database.
    private async Task Beat(CancellationToken cancellation)
    {
        var answer = probe.Ask();
        for (var ticks = 1; await Task.WhenAny(answer, Task.Delay(Tick, clock, cancellation)) != answer; ticks++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ticks != MaxTicks || state.IsSilent) continue;
            state.BeginSilence();
        }

        // A question that was given up is no answer. One that failed is: a statement would fail as fast.
        if (!state.IsSilent || answer.Exception?.GetBaseException() is TimeoutException) return;
        state.EndSilence();
    }

    // Without the token, which would make the driver wait for the server.
    private async Task<string?> Ask(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("select 1");
        await command.ExecuteScalarAsync(CancellationToken.None);
        return null;
    }
}
