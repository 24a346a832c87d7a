using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The stored conditions of live virtual servers: a row for each type and other object. The other is empty where the virtual server has the
/// condition on its own.
/// </summary>
public static class ConditionsTable
{
    public static readonly Sql Name = Sql.Text($"{EventStore.Schema}.conditions");

    private static readonly Columns<(Guid Server, ConditionType Type)> Columns = new(
        Columns<(Guid Server, ConditionType Type)>.Key("virtual_server", "uuid", row => row.Server),
        Columns<(Guid Server, ConditionType Type)>.Key("type", "text", row => row.Type.Stored()));

    /// <summary>The columns of the table, for the conditions that virtual servers have on their own.</summary>
    internal static readonly Columns<(Guid Server, ConditionType Type)> OwnColumns = new([
        .. Columns.Within<(Guid Server, ConditionType Type)>(own => own),
        Columns<(Guid Server, ConditionType Type)>.Key("other", "uuid", _ => Guid.Empty),
    ]);

    /// <summary>The conditions between objects of all virtual servers: (virtual_server, type, other).</summary>
    internal static Sql FindKept { get; } =
        $"""
        with changed as (select * from {VirtualServersTable.Name}),
        {Found(ConditionRules.KeptRules)}
        select virtual_server, type, other from found
        """;

    /// <summary>The types of the conditions between objects, for a list in SQL.</summary>
    internal static Sql KeptTypes { get; } = Types(ConditionRules.KeptRules);

    /// <summary>The locks that the transaction of an event takes because of conditions.</summary>
    public static IEnumerable<AdvisoryLock> Locks(RowChange change)
    {
        if (!change.ChangesListener)
            return ConditionRules.Triggers.Where(trigger => trigger.Fires(change)).SelectMany(trigger => trigger.Locks(change));
        var rows = new[] { change.Before?.Listener, change.After.Listener }.OfType<ListenerRow>();
        return rows.SelectMany(row => ConditionRules.KeptRules.SelectMany(rule => rule.Locks(row)));
    }

    /// <summary>The statements that update the conditions that these events change, after the other tables are updated.</summary>
    public static IEnumerable<Sql> Write(IReadOnlyList<RowChange> changes) =>
    [
        .. WriteOwn(changes),
        .. Refresh(
            "id", ConditionRules.KeptRules, [.. changes.Where(change => change.ChangesListener).Select(change => change.After.Id)]),
        .. ConditionRules.Triggers.SelectMany(trigger => Refresh(
            trigger.Column, [.. ConditionRules.KeptRules.Where(rule => rule.Triggers.Contains(trigger))],
            [.. changes.Where(trigger.Fires).Select(change => change.After.Id)])),
    ];

    // The conditions of a deleted virtual server are deleted with its row (cascade).
    private static IEnumerable<Sql> WriteOwn(IReadOnlyList<RowChange> changes)
    {
        static IEnumerable<(Guid, ConditionType)> Rows(RowChange change, IEnumerable<ConditionType> types) =>
            types.Select(type => (change.After.Id, type));

        var ended = changes.Where(change => change is { Before: not null, After.Listener: not null })
            .SelectMany(change => Rows(change, change.Before!.Conditions.Except(change.After.Conditions))).ToList();
        if (ended.Count > 0) yield return $"delete from {Name} t using {Columns.From(ended)} where {Columns.SameKey}";

        var begun = changes
            .SelectMany(change => Rows(
                change, change.After.Conditions.Except(change.Before?.Conditions ?? new HashSet<ConditionType>())))
            .ToList();
        if (begun.Count > 0)
            yield return $"insert into {Name} ({Columns.Names}, other) select {Columns.Select}, {Guid.Empty} from {Columns.From(begun)}";
    }

    // For the virtual servers that hold one of the objects in a column: finds their current conditions, deletes the stored conditions that
    // have ended, and inserts those that have begun.
    private static IEnumerable<Sql> Refresh(string column, IReadOnlyList<ConditionRule.Kept> rules, Guid[] ids)
    {
        if (ids.Length == 0) yield break;
        // A virtual server that is deleted has no row any more, and others may still have a condition with it.
        Sql stored = column == "id"
            ? $"(c.virtual_server = any({ids}) or c.other = any({ids}))"
            : Sql.Text("c.virtual_server in (select id from changed)");
        yield return
            $"""
            with changed as (select * from {VirtualServersTable.Name} where {Sql.Text(column)} = any({ids})),
            {Found(rules)},
            ended as (
                delete from {Name} c where {stored} and c.type in ({Types(rules)})
                and not exists (
                    select 1 from found where found.virtual_server = c.virtual_server and found.type = c.type and found.other = c.other))
            insert into {Name} (virtual_server, type, other) select virtual_server, type, other from found on conflict do nothing
            """;
    }

    private static Sql Types(IEnumerable<ConditionRule.Kept> rules) =>
        Sql.Join(", ", rules.Select(rule => ConditionRules.Quoted(rule.Type)));

    // A condition that two virtual servers have with each other is found for the changed one, and stored for both.
    private static Sql Found(IReadOnlyList<ConditionRule.Kept> rules)
    {
        static Sql Union(IEnumerable<ConditionRule.Kept> rules) =>
            Sql.Join("\nunion all\n", rules.Select(rule => rule.Find(RegistryRows.Now)));

        var oneSided = rules.Where(rule => !rule.IsMutual).ToList();
        if (oneSided.Count == rules.Count) return $"found (virtual_server, type, other) as ({Union(oneSided)})";
        Sql rest = oneSided.Count == 0 ? Sql.Empty : $"union all\n{Union(oneSided)}";
        return
            $"""
            mutual (virtual_server, type, other) as ({Union(rules.Where(rule => rule.IsMutual))}),
            found (virtual_server, type, other) as (
                select virtual_server, type, other from mutual union select other, type, virtual_server from mutual
                {rest})
            """;
    }
}
