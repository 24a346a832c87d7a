using System.Security.Cryptography;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// Whether PostgreSQL can store. A transaction that finds the disk full makes the service unready; a transaction that succeeds ends this.
/// The callers of a service that is not ready are elsewhere, so each health check tries a write, which is rolled back.
/// </summary>
public sealed class Disk : IHealthCheck
{
    // As many pages as no free space of a table is likely to hold.
    private const int ProbeBytes = 256 * 1024;

    private readonly NpgsqlDataSource source;
    private readonly StoreState state;
    private readonly ILogger<Disk> logger;
    private readonly Probe probe;
    private volatile bool isFull;

    public Disk(NpgsqlDataSource source, StoreState state, TimeProvider clock, ILogger<Disk> logger)
    {
        (this.source, this.state, this.logger) = (source, state, logger);
        probe = new("PostgreSQL", TryWrite, clock);
    }

    /// <summary>A transaction has failed.</summary>
    public void Failed(Exception exception)
    {
        if (isFull || !Outage.IsDiskFull(exception)) return;
        isFull = true;
        Log.DiskFull(logger, exception.GetBaseException().Message);
    }

    /// <summary>A transaction has succeeded.</summary>
    public void Stored()
    {
        if (!isFull) return;
        isFull = false;
        Log.DiskHasRoom(logger);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        isFull && !state.IsSilent ? probe.Check(cancellationToken) : Task.FromResult(HealthCheckResult.Healthy());

    private async Task<string?> TryWrite(CancellationToken cancellation)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            await using var command = RequestsTable.Probe(RandomNumberGenerator.GetBytes(ProbeBytes)).Command(connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
            await transaction.RollbackAsync(CancellationToken.None);
        }
        catch (PostgresException exception) when (Outage.IsDiskFull(exception))
        {
            return $"the disk of PostgreSQL is full: {exception.MessageText}";
        }

        Stored();
        return null;
    }
}
