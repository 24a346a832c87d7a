using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>The time that a read shows: now, or a past time. Every row that has an interval is read through it.</summary>
internal sealed class Moment
{
    public static readonly Moment Now = new(RegistryRows.Now);

    private Moment(RegistryRows rows) => Rows = rows;

    public bool IsNow => Rows == RegistryRows.Now;

    /// <summary>The rows of conditions and usages at the time.</summary>
    public RegistryRows Rows { get; }

    /// <summary>A past time; now without one.</summary>
    public static Moment Of(DateTimeOffset? time) => time is { } past ? new(RegistryRows.AsOf(new Value<DateTimeOffset>(past))) : Now;

    /// <summary>Whether a row holds at the time: a version of an object, or a reference of the version that holds.</summary>
    public Sql Holds(string row) => Rows.Holds(row);

    /// <summary>The references of a row <c>d</c> of a statement, with the names that their targets have at the time.</summary>
    public Sql References(ExpirationWindow? window) => IsNow
        ? ObjectSql.References(window)
        : $"""
        left join lateral (
            select json_agg(json_build_array(u.field, t.id, t.kind, t.scope, t.name, t.live)) as all_references
            from {UsesTable.Name} u join {ObjectVersionsTable.Name} t on t.id = u.target and {Holds("t")}
            where u.source = d.id and {Holds("u")}) r on true
        """;
}
