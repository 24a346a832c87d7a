using Npgsql;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>A change that waits, although the checkpoint of the announcements has passed it.</summary>
/// <param name="Sequence">The sequence of its event.</param>
/// <param name="ObjectId">The object, whose later changes wait behind it.</param>
/// <param name="Type">The type of the change.</param>
/// <param name="Cause">Why it waits, for the operator.</param>
public sealed record ParkedChange(long Sequence, Guid ObjectId, string Type, string Cause)
{
    /// <summary>The cause of a change that a queue has refused.</summary>
    public const string RefusedByQueue = "a queue refuses it";

    /// <summary>The cause of a change that follows such a change of the same object.</summary>
    public const string BehindAnother = "an earlier change of the object waits";
}

/// <summary>What is parked, for the operator.</summary>
/// <param name="Since">The time of the oldest parked change.</param>
public sealed record Parking(long Changes, long Objects, ParkedChange Oldest, DateTimeOffset Since);

/// <summary>
/// The changes that a queue has refused or that cannot be read, and the later changes of the same objects. They are written in the
/// transaction that moves the checkpoint past them, so that none is skipped and the changes of other objects go on.
/// </summary>
public sealed class ParkedChanges(NpgsqlDataSource source, ObjectReader objects, Epochs epochs)
{
    private static readonly Sql Name = Sql.Text($"{EventStore.Schema}.parked_announcements");

    private static readonly Columns<ParkedChange> Columns = new(
        Columns<ParkedChange>.Key("sequence", "bigint", parked => parked.Sequence),
        Columns<ParkedChange>.Of("object_id", "uuid", parked => parked.ObjectId),
        Columns<ParkedChange>.Of("type", "text", parked => parked.Type),
        Columns<ParkedChange>.Of("cause", "text", parked => parked.Cause));

    // The next change of each object.
    private static readonly Sql Next = $"(select distinct on (object_id) {Columns.Names} from {Name} order by object_id, sequence) next";

    /// <summary>The statement that parks changes. A change that is announced again after a crash may be parked already.</summary>
    public static Sql Park(IReadOnlyList<ParkedChange> parked) =>
        $"insert into {Name} ({Columns.Names}) select {Columns.Select} from {Columns.From(parked)} on conflict do nothing";

    /// <summary>Those of the objects that have parked changes.</summary>
    public async Task<HashSet<Guid>> Of(IEnumerable<Guid> objects, CancellationToken cancellation)
    {
        Sql statement = $"select distinct object_id from {Name} where object_id = any({objects.ToArray()})";
        return (await Read(statement, row => row.GetGuid(0), cancellation)).ToHashSet();
    }

    /// <summary>The types of the changes that are next for their objects.</summary>
    public Task<IReadOnlyList<string>> NextTypes(CancellationToken cancellation) =>
        Read($"select distinct type from {Next}", row => row.GetString(0), cancellation);

    /// <summary>The oldest parked changes of a type that are next for their objects.</summary>
    public async Task<IReadOnlyList<FeedChange>> NextOf(string type, int limit, CancellationToken cancellation)
    {
        Sql events =
            $"""
            select {StoredFact.Columns}
            from (select sequence from {Next} where type = {type} order by sequence limit {limit}) parked
            join {StoredFact.Table} e on e.seq_id = parked.sequence order by e.seq_id
            """;
        using var changes = new Changes(objects, epochs, source);
        return await changes.Of(await CommittedEvents.Read(source, events, cancellation), cancellation);
    }

    /// <summary>The types of the changes that are next for their objects, and that an operator has asked to announce now.</summary>
    public async Task<IReadOnlyList<string>> Wanted(CancellationToken cancellation) => await Read(
        $"with wanted as (update {Name} set wanted = false where wanted returning type) select distinct type from wanted",
        row => row.GetString(0), cancellation);

    /// <summary>Asks to announce the oldest parked change of an object now; false if none is parked.</summary>
    public async Task<bool> Want(Guid id, CancellationToken cancellation)
    {
        await using var command = Sql.Of(
            $"""
            update {Name} set wanted = true
            where sequence = (select sequence from {Name} where object_id = {id} order by sequence limit 1)
            """).Command(source);
        return await command.ExecuteNonQueryAsync(cancellation) > 0;
    }

    /// <summary>Removes changes that the broker has confirmed.</summary>
    public async Task Release(IReadOnlyCollection<long> sequences, CancellationToken cancellation)
    {
        if (sequences.Count == 0) return;
        await using var command = Sql.Of($"delete from {Name} where sequence = any({sequences.ToArray()})").Command(source);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The parked changes after a sequence number, each with the time of its event.</summary>
    public Task<IReadOnlyList<(ParkedChange Change, DateTimeOffset Time)>> After(
        long sequence, int limit, CancellationToken cancellation) =>
        Read(
            $"""
            select p.sequence, p.object_id, p.type, p.cause, e.timestamp
            from {Name} p join {StoredFact.Table} e on e.seq_id = p.sequence
            where p.sequence > {sequence} order by p.sequence limit {limit}
            """,
            Timed, cancellation);

    /// <summary>
    /// Gives up a change that is the oldest of its object; null if it is not. Of two callers, one gets it.
    /// </summary>
    public async Task<(ParkedChange Change, DateTimeOffset Time)?> Skip(long sequence, CancellationToken cancellation)
    {
        var skipped = await Read(
            $"""
            with skipped as (
                delete from {Name} p where p.sequence = {sequence}
                    and not exists (select 1 from {Name} o where o.object_id = p.object_id and o.sequence < p.sequence)
                returning p.*)
            select s.sequence, s.object_id, s.type, s.cause, e.timestamp from skipped s join {StoredFact.Table} e on e.seq_id = s.sequence
            """,
            Timed, cancellation);
        return skipped.Count == 0 ? null : skipped[0];
    }

    /// <summary>What is parked; null when nothing is.</summary>
    public async Task<Parking?> Summary(CancellationToken cancellation)
    {
        Sql statement =
            $"""
            select oldest.sequence, oldest.object_id, oldest.type, oldest.cause, happened.timestamp,
                (select count(*) from {Name}), (select count(distinct object_id) from {Name})
            from {Name} oldest join {StoredFact.Table} happened on happened.seq_id = oldest.sequence
            order by oldest.sequence limit 1
            """;
        var found = await Read(
            statement,
            row => new Parking(row.GetInt64(5), row.GetInt64(6), Parked(row), row.GetFieldValue<DateTimeOffset>(4)),
            cancellation);
        return found.SingleOrDefault();
    }

    private static ParkedChange Parked(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.GetString(3));

    private static (ParkedChange Change, DateTimeOffset Time) Timed(NpgsqlDataReader row) =>
        (Parked(row), row.GetFieldValue<DateTimeOffset>(4));

    private async Task<IReadOnlyList<T>> Read<T>(Sql statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation)) found.Add(read(rows));
        return found;
    }
}
