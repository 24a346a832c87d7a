using Npgsql;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// A transaction of a test that holds a lock. It knows the transactions that wait for it, and no others: several databases and background
/// work share the locks that PostgreSQL shows.
/// </summary>
internal sealed class HeldLock : IAsyncDisposable
{
    private readonly RunningService service;
    private readonly NpgsqlConnection connection;
    private NpgsqlTransaction transaction = null!;

    private HeldLock(RunningService service) => (this.service, connection) = (service, new(service.Database));

    /// <summary>A transaction of the database of the service that has executed a statement.</summary>
    public static async Task<HeldLock> Take(RunningService service, string sql)
    {
        var held = new HeldLock(service);
        await held.connection.OpenAsync();
        held.transaction = await held.connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, held.connection, held.transaction);
        await command.ExecuteNonQueryAsync();
        return held;
    }

    /// <summary>The transactions that wait for this one now, each by its start.</summary>
    public Task<IReadOnlyList<DateTime>> Waiting() => service.Rows(
        $"""
        select xact_start from pg_stat_activity
        where xact_start is not null and {connection.ProcessID} = any(pg_blocking_pids(pid))
        """,
        row => row.GetDateTime(0));

    /// <summary>Waits until transactions wait for this one.</summary>
    public Task Blocks(Func<int, bool> enough) =>
        Eventually.Get("transactions that wait for the lock", async () => (await Waiting()).Count, enough);

    public Task Commit() => transaction.CommitAsync();

    public Task Release() => transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
