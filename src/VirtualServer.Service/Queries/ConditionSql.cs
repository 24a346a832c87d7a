using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>How statements read conditions. Everything derives from the one table of conditions (Projections/ConditionRules.cs).</summary>
internal static class ConditionSql
{
    /// <summary>
    /// How many of the objects concerned by a condition are named, in the order of their names; the others are counted.
    /// </summary>
    public const int MaxConcerned = 10;

    /// <summary>
    /// The conditions (virtual_server, type, other, enabled) of virtual servers: the stored ones, and those that are evaluated when they
    /// are read. With type, enabled determines the severity (<see cref="ConditionRule.OnRead"/>).
    /// </summary>
    /// <param name="asked">The conditions asked for; null for all.</param>
    /// <param name="one">The id of the only virtual server asked about; null for all.</param>
    public static Sql Having(ExpirationWindow window, AskedConditions? asked, Sql? one = null)
    {
        Sql ofType = asked is null ? Sql.Empty : $" and type = any({asked.Types}){With(asked)}";
        Sql ofOne = one is null ? Sql.Empty : $" and virtual_server = {one}";
        return Sql.Join(
            "\nunion all\n",
            [
                $"select virtual_server, type, other, true as enabled from {ConditionsTable.Name} where true{ofType}{ofOne}",
                .. ConditionRules.ReadRules.Select(rule => OnlyIfAsked(rule, asked, rule.Find(RegistryRows.Now, window, one))),
            ]);
    }

    /// <summary>
    /// The conditions of a row <c>d</c> of a statement, as JSON: type, number of objects concerned, and the first of them; null for an
    /// object without conditions, and for one that is not a virtual server.
    /// </summary>
    /// <remarks>
    /// Most virtual servers have no conditions. They are recognized by columns that the statement reads anyway (<see cref="Hint"/>) and by
    /// a lookup in the stored conditions. "offset 0" keeps PostgreSQL from reading all of these for a page.
    /// </remarks>
    public static Sql Of<T>(ExpirationWindow window) => typeof(T) != typeof(VirtualServer) ? Sql.Text("null") :
        $"""
        case when r.has_hint or exists (select 1 from {ConditionsTable.Name} c where c.virtual_server = d.id offset 0) then (
            {AsJson(Having(window, null, Sql.Text("d.id")), RegistryRows.Now)}) end
        """;

    /// <summary>
    /// As <see cref="Of"/>, as of a past time: the conditions between objects, by the same rules on the rows that held then. Those that the
    /// virtual server had on its own follow from its content (<see cref="FoundCondition.AsOf"/>). An empty array where there are none.
    /// </summary>
    public static Sql AsOf<T>(Moment at, ExpirationWindow window)
    {
        if (typeof(T) != typeof(VirtualServer)) return Sql.Text("null");
        var one = Sql.Text("d.id");
        Sql found =
            $"""
            with changed as materialized (select s.* from {at.Rows.Servers} s where s.id = {one})
            {Sql.Join(
                "\nunion all\n",
                [
                    .. ConditionRules.KeptRules.Select(rule => Sql.Of(
                        $"select k.*, true from ({rule.Find(at.Rows)}) k (virtual_server, type, other)")),
                    .. ConditionRules.ReadRules.Select(rule => rule.Find(at.Rows, window, one)),
                ])}
            """;
        return $"coalesce(({AsJson(found, at.Rows)}), '[]'::json)";
    }

    /// <summary>
    /// Whether an object <c>t</c>, which a virtual server refers to, may cause a condition that is evaluated when it is read.
    /// </summary>
    public static Sql Hint(ExpirationWindow window) => Sql.Join(" or ", ConditionRules.ReadRules.Select(rule => rule.Hint(window)));

    // Of conditions (virtual_server, type, other) of one virtual server.
    private static Sql AsJson(Sql conditions, RegistryRows rows) =>
        $"""
        select json_agg(json_build_array(c.type, c.count, c.id, c.kind, c.scope, c.name) order by c.place)
        from (
            select found.type, t.id, t.kind, t.scope, t.name, count(*) over same as count,
                row_number() over (same order by t.name collate "C", t.id) as place
            from ({conditions}) found left join {rows.Directory} t on t.id = found.other
            window same as (partition by found.type)) c
        where c.place <= {Sql.Text($"{MaxConcerned}")}
        """;

    // The first line depends on the arguments alone: PostgreSQL evaluates it once, and skips the rule if it is false.
    private static Sql OnlyIfAsked(ConditionRule.OnRead rule, AskedConditions? asked, Sql found)
    {
        if (asked is null) return found;
        var type = ConditionRules.Quoted(rule.Type);
        return
            $"""
            select * from ({found}) r where ({type} = any({asked.Types}) or {type} = any({asked.TypesOnDisabled}))
                and {type} = any(case when enabled then {asked.Types} else {asked.TypesOnDisabled} end){With(asked)}
            """;
    }

    private static Sql With(AskedConditions asked) => asked.Other is null ? Sql.Empty : $" and other = {asked.Other}";
}

/// <summary>The arguments of a statement that reads some conditions. One text serves every set of types and severities.</summary>
/// <param name="Types">The types asked for, as an array.</param>
/// <param name="TypesOnDisabled">The types asked for on disabled virtual servers, where some severities are lower.</param>
/// <param name="Other">The id of an object that the condition concerns; null for any or none.</param>
internal sealed record AskedConditions(Argument Types, Argument TypesOnDisabled, Argument? Other)
{
    /// <summary>The conditions of a filter; null when it accepts all.</summary>
    public static AskedConditions? Of(ConditionFilter filter, Guid? other) => !filter.IsSpecific ? null : new(
        Stored(filter.TypesOn(enabled: true)), Stored(filter.TypesOn(enabled: false)), other is { } id ? new Value<Guid>(id) : null);

    private static Value<string[]> Stored(IEnumerable<ConditionType> types) => new([.. types.Select(type => type.Stored())]);
}
