using System.Data.Common;
using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A condition that begins or ends with a command.</summary>
/// <param name="Server">The virtual server that has or had it.</param>
/// <param name="Content">The content of the virtual server while it has the condition.</param>
/// <param name="Condition">The condition, with the objects with which it begins or ends.</param>
public sealed record ConditionChange(Named Server, VirtualServer Content, FoundCondition Condition, bool Begins);

/// <summary>What a command does to conditions of virtual servers.</summary>
/// <param name="After">The conditions that the virtual server of the command has after it.</param>
/// <param name="Changes">The first of the conditions that begin or end.</param>
/// <param name="ChangeCount">The number of all of them.</param>
public sealed record ConditionEffect(IReadOnlyList<FoundCondition> After, IReadOnlyList<ConditionChange> Changes, long ChangeCount)
{
    /// <summary>No effect, or none that was asked for.</summary>
    public static readonly ConditionEffect None = new([], [], 0);

    /// <summary>
    /// A statement that follows those of the events in their transaction and makes it lose, like any race, if a concurrent command has
    /// added a condition that this effect does not show; null when there is nothing to compare.
    /// </summary>
    public Sql? IsComplete { get; init; }
}

/// <summary>
/// Reads the effect of events on conditions before they are stored: executes the statements of their projection in a transaction that reads
/// the conditions before and after them and is rolled back. No event is appended, so no sequence number is used. All statements see one
/// snapshot, so other commands change nothing in between, and no advisory lock is needed. One round trip, and a second one if the condition
/// of another virtual server changes.
/// </summary>
public sealed class ConditionPreview(NpgsqlDataSource source, ExpirationWarning warning, ObjectReader objects)
{
    private const int MaxChanges = 100;

    // A preview is less important than the commands that it could hold up: it gives way soon, and is then repeated like a lost race.
    private static readonly Sql Begin = Sql.Text("begin isolation level repeatable read");
    private static readonly Sql LockTimeout = Sql.Text("set local lock_timeout = '200ms'");
    private static readonly Sql StatementTimeout = Sql.Text("set local statement_timeout = '5s'");
    private static readonly Sql Rollback = Sql.Text("rollback");

    /// <summary>The effect of events; null when another command was faster, and the command must be decided again.</summary>
    /// <param name="view">The object of the command after it; of a virtual server, the conditions are read even if nothing changes.</param>
    /// <param name="events">The events that the command leads to.</param>
    /// <param name="readable">What the caller may read: the effect on other virtual servers is not shown.</param>
    public async Task<ConditionEffect?> Read(
        IView? view, IReadOnlyList<PendingEvent> events, Tenants readable, CancellationToken cancellation)
    {
        var changes = events.Select(pending => RowChange.Of(pending.Before, pending.After)).ToList();
        var subject = view is { IsLive: true, Content: VirtualServer } ? view.Id : (Guid?)null;
        var concerned = Concerned.By(changes, subject);
        if (concerned.IsNobody) return ConditionEffect.None;
        try
        {
            var window = warning.Window;
            var rows = Rows(concerned, window);
            var (before, after) = changes.Count == 0
                ? await Now(rows, readable, cancellation) : await Around(rows, changes, events, readable, cancellation);
            if (before is null) return null;

            var (begun, ended) = (Without(after, before), Without(before, after));
            var grouped = Grouped(begun, true).Concat(Grouped(ended, false)).Where(group => !group.Server.IsHidden)
                .OrderByDescending(group => concerned.Servers.Contains(group.Server.Id))
                .ThenBy(group => group.Server.Name, StringComparer.Ordinal).ThenBy(group => group.Server.Id)
                .ThenBy(group => group.Condition.Type).ThenBy(group => group.Begins).ToList();
            var listed = await WithContent([.. grouped.Take(MaxChanges)], events, cancellation);
            return listed is null ? null : new(
                [.. FoundCondition.Of(after.Where(row => row.Server.Id == subject).Select(row => (row.Type, row.Other)))],
                listed,
                grouped.Count) { IsComplete = changes.Count == 0 ? null : IsComplete(concerned, window, after) };
        }
        catch (Exception exception) when (Races.Lost(exception))
        {
            return null;
        }
    }

    private async Task<(List<ConditionRow>? Before, List<ConditionRow> After)> Now(
        Sql rows, Tenants readable, CancellationToken cancellation)
    {
        await using var command = rows.Command(source);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var now = await Row.ReadAll(reader, row => ConditionRow.Read(row, readable), cancellation);
        return (now, now);
    }

    // The conditions before and after the events; null when an object has another version than the one that the event was decided on.
    private async Task<(List<ConditionRow>? Before, List<ConditionRow> After)> Around(
        Sql rows, IReadOnlyList<RowChange> changes, IReadOnlyList<PendingEvent> events, Tenants readable, CancellationToken cancellation)
    {
        Sql[] statements =
        [
            Begin, LockTimeout, StatementTimeout, Snapshot.AfterSwitch,
            Outdated(events), rows, .. RowChange.Write(changes), rows, Rollback,
        ];
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(statement.BatchCommand());
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var isOutdated = await reader.ReadAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        var before = await Row.ReadAll(reader, row => ConditionRow.Read(row, readable), cancellation);
        await reader.NextResultAsync(cancellation);
        var after = await Row.ReadAll(reader, row => ConditionRow.Read(row, readable), cancellation);
        await reader.NextResultAsync(cancellation);
        return (isOutdated ? null : before, after);
    }

    private static Sql Outdated(IReadOnlyList<PendingEvent> events)
    {
        var known = events.Select(pending => pending.Before).OfType<IView>().ToList();
        return
            $"""
            select s.id from {EventStore.Streams} s
            join unnest({known.Select(view => view.Id).ToArray()}, {known.Select(view => view.Version).ToArray()}) as known (id, version)
                on known.id = s.id
            where s.version <> known.version
            """;
    }

    // The conditions (virtual_server, type, other) that events may change: all of the virtual servers concerned, and those that other
    // virtual servers have with them.
    private static Sql Conditions(Concerned concerned, ExpirationWindow window) =>
        $"""
        select c.virtual_server, c.type, c.other
        from (
            select unnest({concerned.Servers.ToArray()}) as id
            union
            select v.id from {UsesTable.Name} u join {VirtualServersTable.Name} v on v.id = u.source
            where u.target = any({concerned.Objects.ToArray()}) and u.living) concerned
        cross join lateral ({ConditionSql.Having(window, null, Sql.Text("concerned.id"))}) c
        union
        select virtual_server, type, other from {ConditionsTable.Name} where other = any({concerned.Servers.ToArray()})
        """;

    private static Sql Rows(Concerned concerned, ExpirationWindow window) =>
        $"""
        select v.id, v.kind, v.scope, v.name, v.tenant, c.type, o.id, o.kind, o.scope, o.name, o.tenant
        from ({Conditions(concerned, window)}) c
        join {DirectoryTable.Name} v on v.id = c.virtual_server left join {DirectoryTable.Name} o on o.id = c.other
        """;

    // A row of no virtual server violates the foreign key of the table.
    private static Sql IsComplete(Concerned concerned, ExpirationWindow window, List<ConditionRow> after) =>
        $"""
        insert into {ConditionsTable.Name} (virtual_server, type, other) select {Guid.Empty}, 'UNSEEN', {Guid.Empty}
        where exists (
            {Conditions(concerned, window)}
            except select * from unnest(
                {after.Select(row => row.Server.Id).ToArray()}, {after.Select(row => row.Type.Stored()).ToArray()},
                {after.Select(row => row.Other?.Id ?? Guid.Empty).ToArray()}))
        """;

    private static IEnumerable<ConditionRow> Without(List<ConditionRow> rows, List<ConditionRow> others)
    {
        var known = others.Select(row => row.Key).ToHashSet();
        return rows.Where(row => !known.Contains(row.Key));
    }

    private static IEnumerable<(Named Server, FoundCondition Condition, bool Begins)> Grouped(
        IEnumerable<ConditionRow> rows, bool begins) =>
        rows.GroupBy(row => row.Server.Id).SelectMany(ofOne => FoundCondition.Of(ofOne.Select(row => (row.Type, row.Other)))
            .Select(condition => (ofOne.First().Server, condition, begins)));

    // The virtual servers of the command are known. Null when another one has been deleted since.
    private async Task<IReadOnlyList<ConditionChange>?> WithContent(
        IReadOnlyList<(Named Server, FoundCondition Condition, bool Begins)> changes, IReadOnlyList<PendingEvent> events,
        CancellationToken cancellation)
    {
        var own = events.ToDictionary(pending => pending.Id);
        Guid[] others = [.. changes.Select(change => change.Server.Id).Where(id => !own.ContainsKey(id)).Distinct()];
        var loaded = others.Length == 0 ? [] : await objects.Several<VirtualServer>(default, "", others, Tenants.All, cancellation);
        var contents = loaded.ToDictionary(one => one.Named.Id, one => one.View!.Content);
        if (contents.Count < others.Length) return null;
        return [.. changes.Select(change => new ConditionChange(
            change.Server,
            own.TryGetValue(change.Server.Id, out var pending)
                ? (VirtualServer)(change.Begins ? pending.After : pending.Before!).Content
                : contents[change.Server.Id],
            change.Condition,
            change.Begins))];
    }

    /// <summary>The objects whose events may change conditions.</summary>
    /// <param name="Servers">Virtual servers.</param>
    /// <param name="Objects">Objects that virtual servers refer to.</param>
    private sealed record Concerned(IReadOnlySet<Guid> Servers, IReadOnlyList<Guid> Objects)
    {
        public bool IsNobody => Servers.Count == 0 && Objects.Count == 0;

        public static Concerned By(IReadOnlyList<RowChange> changes, Guid? subject) => new(
            changes.Where(change => change.After.Kind is Kind.VirtualServer).Select(change => change.After.Id)
                .Concat(subject is { } id ? [id] : []).ToHashSet(),
            [
                .. changes.Where(change => change.After.Kind is not Kind.VirtualServer && change.ChangesFacts)
                    .Select(change => change.After.Id),
            ]);
    }

    /// <summary>A condition of a virtual server with one other object, if any.</summary>
    private sealed record ConditionRow(Named Server, ConditionType Type, Named? Other)
    {
        public (Guid, ConditionType, Guid?) Key => (Server.Id, Type, Other?.Id);

        public static ConditionRow Read(DbDataReader rows, Tenants readable) => new(
            Row.Named(rows, 0, readable), Spelling.Read<ConditionType>(rows.GetString(5)),
            rows.IsDBNull(6) ? null : Row.Named(rows, 6, readable));
    }
}
