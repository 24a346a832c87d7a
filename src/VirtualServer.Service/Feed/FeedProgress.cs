using Npgsql;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>What a reader of the feed has not read.</summary>
/// <param name="Changes">The number of committed events, those of lost races after the oldest included.</param>
/// <param name="Oldest">The time of the oldest.</param>
public sealed record Unread(long Changes, DateTimeOffset Oldest);

/// <summary>How far a reader of the feed has come: a row of the table in which Marten keeps the progress of its readers, too.</summary>
public sealed class FeedProgress(NpgsqlDataSource source)
{
    /// <summary>The checkpoint of the announcements, by the name that it had when Marten kept it.</summary>
    public const string Announcements = "announcements:All";

    /// <summary>The checkpoint of the news of conditions.</summary>
    public const string Conditions = "conditions:All";

    private static readonly Sql Table = Sql.Text($"{EventStore.Schema}.mt_event_progression");
    private static readonly Sql Epochs = Sql.Text($"{EventStore.Schema}.epoch");
    private static readonly Sql Lineage = Sql.Text($"{EventStore.Schema}.lineage()");

    /// <summary>The sequence number up to which a reader has read; 0 for a reader that never has.</summary>
    public async Task<long> Checkpoint(string reader, CancellationToken cancellation)
    {
        Sql question = $"select last_seq_id from {Table} where name = {reader}";
        await using var command = question.Command(source);
        return await command.ExecuteScalarAsync(cancellation) as long? ?? 0;
    }

    /// <summary>
    /// Moves a checkpoint, and parks the changes before it that must wait; false when another reader of the same name has moved it: then
    /// this one has been replaced without noticing. False also in another epoch, whose changes have the numbers of lost ones.
    /// </summary>
    /// <param name="epoch">The epoch of what was read.</param>
    public async Task<bool> TryMove(
        string reader, long from, long to, Guid epoch, IReadOnlyList<ParkedChange> waiting, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        // A checkpoint lost with the server is moved again; nothing depends on it.
        if (waiting.Count == 0) batch.BatchCommands.Add(Sql.Text("set local synchronous_commit = off").BatchCommand());
        batch.BatchCommands.Add(Move(reader, from, to, epoch).BatchCommand());
        var move = batch.BatchCommands[^1];
        if (waiting.Count > 0) batch.BatchCommands.Add(ParkedChanges.Park(waiting).BatchCommand());
        await batch.ExecuteNonQueryAsync(cancellation);
        if (move.RecordsAffected != 1) return false;
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>
    /// The same for a transaction that does not tell how many rows a statement affects: fails by a division by zero when another reader has
    /// moved the checkpoint.
    /// </summary>
    public static Sql MoveOrFail(string reader, long from, long to, Guid epoch) =>
        $"with moved as ({Move(reader, from, to, epoch)} returning 1) select 1 / count(*) from moved";

    /// <summary>The events that a reader has not read; null when it has read all of them.</summary>
    /// <remarks>Reads two rows by their keys, however many there are.</remarks>
    public async Task<Unread?> Behind(string reader, CancellationToken cancellation)
    {
        Sql statement =
            $"""
            select (select max(seq_id) from {StoredFact.Table}) - seq_id + 1, timestamp from {StoredFact.Table}
            where type <> 'tombstone' and seq_id > coalesce((
                select last_seq_id from {Table} where name = {reader}), 0)
            order by seq_id limit 1
            """;
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await rows.ReadAsync(cancellation) ? new(rows.GetInt64(0), rows.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    // Affects no row when another reader has moved the checkpoint, or when the epoch has ended. A restored database may not have begun its
    // epoch yet.
    private static Sql Move(string reader, long from, long to, Guid epoch)
    {
        Sql isCurrent =
            $"""
            exists (select 1 from {Epochs} e, {Lineage} as here where e.id = {epoch} and e.number = (select max(number) from {Epochs})
                and (e.lineage = here or '' in (e.lineage, here)))
            """;
        // The first time, there is no row.
        if (from > 0)
        {
            return
                $"""
                update {Table} set last_seq_id = {to}, last_updated = now()
                where name = {reader} and last_seq_id = {from} and {isCurrent}
                """;
        }

        return
            $"""
            insert into {Table} as p (name, last_seq_id, last_updated) select {reader}, {to}, now() where {isCurrent}
            on conflict (name) do update set last_seq_id = excluded.last_seq_id, last_updated = now() where p.last_seq_id = 0
            """;
    }
}
