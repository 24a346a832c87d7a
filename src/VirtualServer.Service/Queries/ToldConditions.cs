using System.Data.Common;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A condition that has begun or ended since it was last told.</summary>
/// <param name="Begins">Whether it has begun.</param>
public sealed record UntoldCondition(Guid VirtualServer, ConditionType Condition, Guid? Other, bool Begins, Cause? Cause);

/// <summary>The dates up to which certificate profiles were looked at.</summary>
/// <param name="Passed">Expiration dates up to here have passed.</param>
/// <param name="Near">Expiration dates up to here are near.</param>
public sealed record SeenDates(DateTimeOffset Passed, DateTimeOffset Near);

/// <summary>
/// The conditions as they were last told, and their differences from those that virtual servers have now. The differences are found by the
/// rules of conditions (Projections/ConditionRules.cs), for the virtual servers that a change or a date concerns.
/// </summary>
public sealed class ToldConditions(PlannedReads reads, ExpirationWarning warning)
{
    private static readonly Sql Table = Sql.Text($"{EventStore.Schema}.told_conditions");
    private static readonly Sql Dates = Sql.Text($"{EventStore.Schema}.condition_dates");

    private static readonly Columns<UntoldCondition> Columns = new(
        Columns<UntoldCondition>.Key("virtual_server", "uuid", one => one.VirtualServer),
        Columns<UntoldCondition>.Key("type", "text", one => one.Condition.Stored()),
        Columns<UntoldCondition>.Key("other", "uuid", one => one.Other ?? Guid.Empty));

    /// <summary>The dates that are seen by now.</summary>
    public SeenDates Now => new(warning.Times.Now, warning.Times.Soon);

    /// <summary>The dates that were seen last; null if conditions have never been told.</summary>
    public async Task<SeenDates?> Seen(CancellationToken cancellation)
    {
        await using var command = Sql.Of($"select passed, near from {Dates}").Command(reads.Source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await rows.ReadAsync(cancellation)
            ? new(rows.GetFieldValue<DateTimeOffset>(0), rows.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    /// <summary>The virtual servers whose conditions may differ because of changes of these objects.</summary>
    public Task<IReadOnlyList<Guid>> ConcernedBy(IReadOnlyCollection<Guid> changed, CancellationToken cancellation)
    {
        var ids = new Value<Guid[]>([.. changed]);
        return Ids(
            $"""
            select unnest({ids})
            union select u.source from {UsesTable.Name} u where u.target = any({ids}) and u.living
            union select t.virtual_server from {Table} t where t.other = any({ids})
            union select c.virtual_server from {ConditionsTable.Name} c where c.other = any({ids})
            """,
            cancellation);
    }

    /// <summary>The virtual servers whose certificate profiles have dates that were passed, or came near, between two looks.</summary>
    public Task<IReadOnlyList<Guid>> ConcernedBy(SeenDates before, SeenDates now, CancellationToken cancellation) => Ids(
        $"""
        select u.source from {UsesTable.Name} u join {DirectoryTable.Name} c on c.id = u.target
        where u.field = 'certificate_profiles' and u.living and ({Between(before.Passed, now.Passed)} or {Between(before.Near, now.Near)})
        """,
        cancellation);

    /// <summary>The conditions of these virtual servers that differ from what was told.</summary>
    /// <param name="after">The sequence number up to which the causes of all differences have been told.</param>
    public async Task<IReadOnlyList<UntoldCondition>> Differences(
        IReadOnlyCollection<Guid> servers, long after, CancellationToken cancellation)
    {
        if (servers.Count == 0) return [];
        var ids = new Value<Guid[]>([.. servers]);
        var since = new Value<long>(after);
        Sql differences =
            $"""
            select d.virtual_server, d.type, d.other, d.begins, cause.seq_id, cause.id, cause.type, cause.stream_id
            from (
                select coalesce(n.virtual_server, t.virtual_server) as virtual_server, coalesce(n.type, t.type) as type,
                    coalesce(n.other, t.other) as other, n.type is not null as begins
                from (select h.virtual_server, h.type, h.other from ({ConditionSql.Having(warning.Window, null).Unrestricted}) h
                    where h.virtual_server = any({ids})) n
                full join (select * from {Table} where virtual_server = any({ids})) t
                    on t.virtual_server = n.virtual_server and t.type = n.type and t.other = n.other
                where n.type is null or t.type is null) d
            left join lateral (
                select e.seq_id, e.id, e.type, e.stream_id from (
                    select d.virtual_server as id, 0 as distance union all select d.other, 0
                    union all select u.target, 1 from {UsesTable.Name} u where u.source = d.virtual_server and {UsesTable.IsCurrent}) near
                cross join lateral (
                    select * from {StoredFact.Table} e where e.stream_id = near.id order by e.version desc limit 1) e
                where e.seq_id > {since} order by near.distance, e.seq_id desc limit 1) cause on true
            order by d.virtual_server, d.begins, d.type, d.other
            """;
        await using var command = differences.Command(reads.Source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await Row.ReadAll(rows, Read, cancellation);
    }

    /// <summary>
    /// The statements that note what is told now. They fail if another node has told some of it meanwhile: by a repeated key, or a division
    /// by zero.
    /// </summary>
    public static IEnumerable<Sql> Told(IReadOnlyList<UntoldCondition> told, SeenDates dates)
    {
        List<UntoldCondition> ended = [.. told.Where(one => !one.Begins)], begun = [.. told.Where(one => one.Begins)];
        if (ended.Count > 0)
        {
            yield return
                $"""
                with gone as (delete from {Table} t using {Columns.From(ended)} where {Columns.SameKey} returning 1)
                select 1 / (count(*) = {(long)ended.Count})::integer from gone
                """;
        }

        if (begun.Count > 0) yield return $"insert into {Table} ({Columns.Names}) select {Columns.Select} from {Columns.From(begun)}";
        yield return
            $"""
            insert into {Dates} (passed, near) values ({dates.Passed}, {dates.Near})
            on conflict (only_row) do update set passed = excluded.passed, near = excluded.near
            """;
    }

    /// <summary>The statement that notes every condition of now as told, when they have never been told.</summary>
    public Sql TellNothing =>
        $"""
        insert into {Table} ({Columns.Names}) select {Columns.Names} from ({ConditionSql.Having(warning.Window, null).Unrestricted}) h
        on conflict do nothing
        """;

    private static Sql Between(DateTimeOffset one, DateTimeOffset other) =>
        $"(c.expires > {(one < other ? one : other)}::timestamptz and c.expires <= {(one < other ? other : one)}::timestamptz)";

    private static UntoldCondition Read(DbDataReader row) => new(
        row.GetGuid(0), Spelling.Read<ConditionType>(row.GetString(1)), row.GetGuid(2) is var other && other != Guid.Empty ? other : null,
        row.GetBoolean(3), row.IsDBNull(4) ? null : new(row.GetInt64(4), row.GetGuid(5), row.GetString(6), row.GetGuid(7)));

    private async Task<IReadOnlyList<Guid>> Ids(Sql statement, CancellationToken cancellation)
    {
        await using var command = statement.Command(reads.Source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return [.. (await Row.ReadAll(rows, row => row.GetGuid(0), cancellation)).Distinct()];
    }
}
