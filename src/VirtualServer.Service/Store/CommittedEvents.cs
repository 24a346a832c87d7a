using System.Data.Common;
using System.Text.Json;
using Npgsql;
using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

/// <summary>A committed event as a reader of all events finds it.</summary>
/// <param name="ObjectId">The object that it is about.</param>
/// <param name="Fact">The event; null if its stored form cannot be read.</param>
/// <param name="Flaw">Why it cannot be read.</param>
public sealed record CommittedEvent(
    long Sequence, Guid EventId, Guid ObjectId, long Version, string Type, DateTimeOffset Time, StoredFact? Fact, Exception? Flaw)
{
    /// <summary>The news that it tells; null if it is a change of an object.</summary>
    public ConditionNews? News => Fact?.Data as ConditionNews;
}

/// <summary>Some committed events, in the order of their sequence numbers.</summary>
/// <param name="Position">
/// The number up to which every event is known; tombstones and numbers that nobody will use lie below it, too.
/// </param>
/// <param name="IsLast">Whether the reader has reached the newest event, or a number that an open transaction may still use.</param>
public sealed record EventPage(IReadOnlyList<CommittedEvent> Events, long Position, bool IsLast);

/// <summary>
/// Reads the committed events in the order of their sequence numbers, and passes no number before its fate is known. Transactions commit in
/// another order than they take numbers. A number that is missing may belong to a transaction that is still open: PostgreSQL keeps the lock
/// on a sequence that a transaction has used until it ends, so a number is given up when every transaction has ended that held such a lock
/// after the number was missed.
/// </summary>
/// <param name="position">The sequence number after which events are read.</param>
public sealed class CommittedEvents(NpgsqlDataSource source, long position)
{
    /// <summary>The sequence that numbers the events.</summary>
    public static readonly Sql Sequence = Sql.Text($"{EventStore.Schema}.mt_events_sequence");

    private const string Tombstone = "tombstone";

    private long settled = position;
    private Gap? gap;

    /// <summary>The sequence number up to which every event has been read.</summary>
    public long Position { get; private set; } = position;

    /// <summary>The transactions that keep the reader from going on, by their processes in PostgreSQL; none if it can.</summary>
    public IReadOnlyCollection<string> WaitsFor => gap?.Open ?? [];

    /// <summary>
    /// A reader that starts at the newest event whose predecessors are all committed or given up. It waits a moment for open transactions,
    /// and otherwise starts at the first missing number after a position that is known to be settled.
    /// </summary>
    public static async Task<CommittedEvents> AtEnd(
        NpgsqlDataSource source, long settled, TimeProvider clock, CancellationToken cancellation)
    {
        const int attempts = 20;
        var newest = await Newest(source, cancellation);
        var open = await OpenTransactions(source, cancellation);
        for (var attempt = 0; open.Count > 0 && attempt < attempts; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), clock, cancellation);
            open.IntersectWith(await OpenTransactions(source, cancellation));
        }

        return new(source, open.Count == 0 ? newest : await BeforeFirstGap(source, Math.Min(settled, newest), cancellation));
    }

    /// <summary>The next events.</summary>
    public async Task<EventPage> Next(int limit, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await Read(source, Position, long.MaxValue, limit, cancellation);
            var passed = new List<CommittedEvent>(read.Count);
            var missed = 0L;
            foreach (var next in read)
            {
                if (next.Sequence != Position + 1 && next.Sequence > settled + 1)
                {
                    missed = next.Sequence - 1;
                    break;
                }

                Position = next.Sequence;
                if (next.Type != Tombstone) passed.Add(next);
            }

            // Numbers are given up only after another look, which shows those that were committed meanwhile.
            if (missed > 0 && passed.Count == 0 && await AreSettled(missed, cancellation)) continue;
            return new(passed, Position, missed > 0 || read.Count < limit);
        }
    }

    /// <summary>The events after a position, up to another that a reader has passed; fewer than the limit if there are no more.</summary>
    public static async Task<EventPage> Between(
        NpgsqlDataSource source, long after, long upTo, int limit, CancellationToken cancellation)
    {
        var read = await Read(source, after, upTo, limit, cancellation);
        var position = read.Count < limit ? upTo : read[^1].Sequence;
        return new([.. read.Where(one => one.Type != Tombstone)], position, read.Count < limit);
    }

    /// <summary>The newest sequence number that is committed. An open transaction may have a smaller one.</summary>
    public static async Task<long> Newest(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        return await Newest(connection, cancellation);
    }

    /// <inheritdoc cref="Newest(NpgsqlDataSource, CancellationToken)"/>
    public static async Task<long> Newest(NpgsqlConnection connection, CancellationToken cancellation)
    {
        Sql newest = $"select coalesce(max(seq_id), 0) from {StoredFact.Table}";
        await using var command = newest.Command(connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The transactions that may still use a sequence number that they have taken, by their processes in PostgreSQL.</summary>
    public static async Task<HashSet<string>> OpenTransactions(NpgsqlConnection connection, CancellationToken cancellation)
    {
        Sql open =
            $"""
            select 'process ' || coalesce(pid::text, '(prepared)') || ', transaction ' || virtualtransaction from pg_locks
            where relation = '{Sequence}'::regclass and mode = 'RowExclusiveLock' and pid is distinct from pg_backend_pid()
                and database = (select oid from pg_database where datname = current_database())
            """;
        await using var command = open.Command(connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var transactions = new HashSet<string>();
        while (await rows.ReadAsync(cancellation)) transactions.Add(rows.GetString(0));
        return transactions;
    }

    /// <summary>The events that a statement finds, which reads <see cref="StoredFact.Columns"/>.</summary>
    public static async Task<List<CommittedEvent>> Read(NpgsqlDataSource source, Sql statement, CancellationToken cancellation)
    {
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var read = new List<CommittedEvent>();
        while (await rows.ReadAsync(cancellation)) read.Add(Read(rows));
        return read;
    }

    private static async Task<List<CommittedEvent>> Read(
        NpgsqlDataSource source, long after, long upTo, int limit, CancellationToken cancellation)
    {
        Sql events =
            $"""
            select {StoredFact.Columns} from {StoredFact.Table} e
            where e.seq_id > {after} and e.seq_id <= {upTo} order by e.seq_id limit {limit}
            """;
        return await Read(source, events, cancellation);
    }

    // An event of a type that this version does not know is left to a newer one. Any other event that cannot be read stays one: it must
    // neither be skipped silently nor stop the others.
    private static CommittedEvent Read(DbDataReader rows)
    {
        var type = rows.GetString(4);
        var one = new CommittedEvent(
            rows.GetInt64(0), rows.GetGuid(1), rows.GetGuid(2), rows.GetInt64(3), type, rows.GetFieldValue<DateTimeOffset>(6), null, null);
        if (type == Tombstone) return one;
        try
        {
            var fact = StoredFact.Read(rows);
            return one with { Fact = fact, ObjectId = fact.Data is ConditionNews news ? news.VirtualServer : one.ObjectId };
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            return one with { Flaw = exception };
        }
    }

    private async Task<bool> AreSettled(long upTo, CancellationToken cancellation)
    {
        var open = await OpenTransactions(source, cancellation);
        if (gap is { } known && known.UpTo == upTo) open.IntersectWith(known.Open);
        gap = open.Count > 0 ? new(upTo, open) : null;
        if (gap is not null) return false;
        settled = upTo;
        return true;
    }

    private static async Task<HashSet<string>> OpenTransactions(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        return await OpenTransactions(connection, cancellation);
    }

    private static async Task<long> BeforeFirstGap(NpgsqlDataSource source, long settled, CancellationToken cancellation)
    {
        Sql first =
            $"""
            select e.seq_id from (select {settled} as seq_id union all select seq_id from {StoredFact.Table} where seq_id > {settled}) e
            where not exists (select 1 from {StoredFact.Table} n where n.seq_id = e.seq_id + 1) order by e.seq_id limit 1
            """;
        await using var command = first.Command(source);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    // Missing numbers, and the transactions that may still use them.
    private sealed record Gap(long UpTo, HashSet<string> Open);
}
