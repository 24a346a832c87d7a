using Npgsql;
using VirtualServers.Consumer;
using VirtualServers.V1;

/// <summary>
/// Remembers in PostgreSQL what was processed, in the transaction in which the handler writes: a change has its effect exactly once, also
/// when the program is killed at any moment.
/// </summary>
internal sealed class Inbox(NpgsqlDataSource source) : ISeenChanges
{
    private NpgsqlConnection? connection;

    /// <summary>The connection whose transaction the handler writes in.</summary>
    public NpgsqlConnection Connection => connection ?? throw new InvalidOperationException("no change is being processed");

    /// <summary>Creates the tables, if they do not exist.</summary>
    public static async Task Create(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            """
            create schema if not exists consumer;
            create table if not exists consumer.epochs (queue text, id text, primary key (queue, id));
            create table if not exists consumer.processed (
                queue text, epoch text, id text, sequence bigint not null, primary key (queue, epoch, id));
            """);
        await command.ExecuteNonQueryAsync();
    }

    public async Task ProcessOnce(string queue, Change change, Func<bool, Task> process, CancellationToken cancellation)
    {
        connection = await source.OpenConnectionAsync(cancellation);
        await using var opened = connection;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var isNewEpoch = await Stores(
            "insert into consumer.epochs (queue, id) values ($1, $2) on conflict do nothing",
            cancellation, queue, change.Epoch);
        var isNew = await Stores(
            """
            insert into consumer.processed as p (queue, epoch, id, sequence) values ($1, $2, $3, $4)
            on conflict (queue, epoch, id) do update set sequence = excluded.sequence where p.sequence < excluded.sequence
            """,
            cancellation, queue, change.Epoch, change.Id, change.Sequence);
        if (isNew) await process(isNewEpoch);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<bool> Stores(string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation) > 0;
    }
}
