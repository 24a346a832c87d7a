using Npgsql;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>
/// The right to lead, of several nodes on one database: an advisory lock that a connection of its own holds. PostgreSQL frees it when the
/// connection ends, so that another node takes over when this one ends, dies, or loses the database.
/// </summary>
public sealed class LeaderLock : IAsyncDisposable
{
    // Well within the time after which PostgreSQL ends a session that says nothing (Connections.OpenForLeader).
    private static readonly TimeSpan Pulse = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection connection;

    private LeaderLock(NpgsqlDataSource source, NpgsqlConnection connection) => (this.source, this.connection) = (source, connection);

    /// <summary>Waits until no other node holds the lock, and takes it.</summary>
    public static async Task<LeaderLock> Take(IConfiguration configuration, long key, TimeProvider clock, CancellationToken cancellation)
    {
        var source = Connections.OpenForLeader(configuration);
        var held = new LeaderLock(source, source.CreateConnection());
        try
        {
            await held.connection.OpenAsync(cancellation);
            Sql attempt = $"select pg_try_advisory_lock({key})";
            await using var command = attempt.Command(held.connection);
            while (await command.ExecuteScalarAsync(cancellation) is not true) await Task.Delay(Retry, clock, cancellation);
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Ends, by an exception, when the lock may be lost. It has a thread of its own: a node whose threads are all busy keeps the lead.
    /// </summary>
    public Task Hold(CancellationToken cancellation) => Task.Factory.StartNew(
        () =>
        {
            using var command = new NpgsqlCommand("select 1", connection);
            while (!cancellation.WaitHandle.WaitOne(Pulse)) command.ExecuteScalar();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await source.DisposeAsync();
    }
}
