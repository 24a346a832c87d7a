using Npgsql;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>
/// The right to lead, of several nodes on one database: an advisory lock that a connection of its own holds. PostgreSQL frees it when the
/// connection ends, so that another node takes over when this one ends, dies, or loses the database.
/// </summary>
public sealed class LeaderLock : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(400), Pulse = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection connection;
    private readonly TimeProvider clock;

    private LeaderLock(NpgsqlDataSource source, NpgsqlConnection connection, TimeProvider clock) =>
        (this.source, this.connection, this.clock) = (source, connection, clock);

    /// <summary>Waits until no other node holds the lock, and takes it.</summary>
    public static async Task<LeaderLock> Take(IConfiguration configuration, long key, TimeProvider clock, CancellationToken cancellation)
    {
        var source = Connections.OpenForLeader(configuration);
        var held = new LeaderLock(source, source.CreateConnection(), clock);
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

    /// <summary>Ends, by an exception, when the lock may be lost.</summary>
    public async Task Hold(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select 1", connection);
        while (true)
        {
            await Task.Delay(Pulse, clock, cancellation);
            await command.ExecuteScalarAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await source.DisposeAsync();
    }
}
