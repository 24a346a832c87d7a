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
    /// The conditions (virtual_server, type, other) of virtual servers: the stored ones, and those that are evaluated when they are read.
    /// </summary>
    /// <param name="types">The types asked for, as an array; null for all. One text serves every set of types.</param>
    /// <param name="one">The id of the only virtual server asked about; null for all.</param>
    public static Sql Having(ExpirationWindow window, Argument? types, Sql? one = null)
    {
        Sql ofType = types is null ? Sql.Empty : $" and type = any({types})";
        Sql ofOne = one is null ? Sql.Empty : $" and virtual_server = {one}";
        return Sql.Join(
            "\nunion all\n",
            [
                $"select virtual_server, type, other from {ConditionsTable.Name} where true{ofType}{ofOne}",
                .. ConditionRules.ReadRules.Select(rule => OnlyIfAsked(rule, types, rule.Find(window, one))),
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
            select json_agg(json_build_array(c.type, c.count, c.id, c.kind, c.scope, c.name) order by c.place)
            from (
                select found.type, t.id, t.kind, t.scope, t.name, count(*) over same as count,
                    row_number() over (same order by t.name collate "C", t.id) as place
                from ({Having(window, null, Sql.Text("d.id"))}) found left join {DirectoryTable.Name} t on t.id = found.other
                window same as (partition by found.type)) c
            where c.place <= {Sql.Text($"{MaxConcerned}")}) end
        """;

    /// <summary>
    /// Whether an object <c>t</c>, which a virtual server refers to, may cause a condition that is evaluated when it is read.
    /// </summary>
    public static Sql Hint(ExpirationWindow window) => Sql.Join(" or ", ConditionRules.ReadRules.Select(rule => rule.Hint(window)));

    private static Sql OnlyIfAsked(ConditionRule.OnRead rule, Argument? types, Sql found) =>
        types is null ? found : $"select * from ({found}) r where {ConditionRules.Quoted(rule.Type)} = any({types})";
}
