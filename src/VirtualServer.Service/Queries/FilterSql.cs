using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using ServerField = VirtualServers.Domain.VirtualServers.Field;

namespace VirtualServers.Service.Queries;

/// <summary>
/// A filter in SQL, as a condition on a row <c>v</c> of the table of versions. Both forms have the same meaning.
/// </summary>
/// <param name="Each">For few rows: looks up what belongs to the row.</param>
/// <param name="Whole">For all rows of a kind: PostgreSQL may begin with what is asked for, by index.</param>
internal sealed record Clause(Sql Each, Sql Whole)
{
    /// <summary>Whether PostgreSQL finds what is asked for by index. Otherwise it would examine every row of a kind.</summary>
    public bool IsByIndex { get; private init; } = true;

    public static implicit operator Clause(Sql both) => new(both, both);

    /// <summary>A clause without an index.</summary>
    public static Clause ForEach(Sql each) => new(each, each) { IsByIndex = false };
}

/// <summary>The one table of filters: filter, clause, index.</summary>
/// <param name="with">The object that the conditions of a filter concern, if it names one.</param>
internal sealed class FilterSql(
    IReadOnlyList<Kind> kinds, Moment at, Guid? with, ExpirationWindow window, Tenants readable)
{
    // A trigram index finds no shorter text.
    private const int MinIndexed = 3;

    private static readonly Sql Versions = ObjectVersionsTable.Name;
    private static readonly Sql Uses = UsesTable.Name;

    /// <summary>The clause of a filter. The comment names its index.</summary>
    public Clause Of(Filter filter) => filter switch
    {
        Filter.Names names => Sql.Of($"v.name = any({names.Values})"), // object_versions_by_name
        Filter.NameBegins begins => Any(begins.Texts, text => $"v.search like {Escaped(text)} || '%'"), // object_versions_by_text
        Filter.NameContains contains => Any( // object_versions_by_text
            contains.Texts, text => $"v.search like '%' || {Escaped(text)} || '%' and {NameOf("v")} like '%' || {Escaped(text)} || '%'"),
        Filter.Is flag => Clause.ForEach($"{flag.Column.Sql} = {flag.Value}"), // none: either value is frequent
        Filter.Ports ports => Ports(ports), // object_versions_by_port
        Filter.Refers refers => Refers(refers), // uses_by_target
        Filter.HasPoolMember has => HasPoolMember(Targets(has.Addresses)), // uses_by_target
        Filter.MemberStatuses statuses => Clause.ForEach($"v.member_statuses && {statuses.Values}"), // none: pools are few
        Filter.Used used => Used(used.Value), // uses_by_target
        Filter.Label label => Label(label), // object_versions_by_label
        Filter.Within within => Any(within.Networks, network => InNetwork("v", network)), // object_versions_by_network
        Filter.Text text => Text(text), // object_versions_by_text
        Filter.Conditions(var asked) => Having(asked), // conditions_by_type
        Filter.OneOf { Column.HasIndex: false } => Clause.ForEach(OfColumn(filter)), // none: few values, or few objects
        _ => OfColumn(filter),
    };

    /// <summary>The clause of a filter that compares columns of the row itself, for a list or for the audit log.</summary>
    public static Sql OfColumn(Filter filter) => filter switch
    {
        Filter.Ids ids => Sql.Of($"v.id = any({ids.Values})"), // pkey_object_versions
        Filter.OneOf(var column, var values, var orUnset) => // object_versions_by_protocol, …_type; …_by_actor, …_by_correlation
            OrUnset(Sql.Of($"{column.Sql} = any({values})"), orUnset ? Sql.Of($"{column.Sql} is null") : null),
        Filter.Between between => Between(between), // object_versions_by_create_time, …_update_time, …_expiration; …_by_time
        Filter.ReasonContains(var text) => $"strpos(v.reason, {SearchText.Folded(text)}) > 0", // none: the audit log examines a part
        _ => throw new ArgumentException($"{filter.GetType()} has no clause", nameof(filter)),
    };

    /// <summary>The clause of the objects that a caller may read.</summary>
    public static Sql OfTenants(Tenants readable) => Sql.IsReadable("v.tenant", readable);

    private static Sql Any<T>(IEnumerable<T> values, Func<T, Sql> clause) =>
        $"({Sql.Join(" or ", values.Select(value => Sql.Of($"({clause(value)})")))})";

    private static Sql OrUnset(Sql clause, Sql? unset) => unset is null ? clause : $"({clause} or {unset})";

    private static Value<string> Escaped(string text) => new(
        SearchText.Folded(text).Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal));

    // The first line of the text of an object.
    private static Sql NameOf(string row) => Sql.Text($"split_part({row}.search, E'\\n', 1)");

    private static Clause Ports(Filter.Ports asked)
    {
        List<Sql> clauses = [.. asked.Ranges.Select(range => Sql.Of($"v.port between {range.First} and {range.Last}"))];
        if (asked.Values.Length > 0) clauses.Add($"v.port = any({asked.Values})");
        if (asked.OrUnset) clauses.Add($"v.port is null");
        return Any(clauses, clause => clause);
    }

    private static Sql Between(Filter.Between asked)
    {
        List<Sql> clauses = [];
        if (asked.From is { } from) clauses.Add($"{asked.Column.Sql} >= {from}");
        if (asked.Until is { } until) clauses.Add($"{asked.Column.Sql} < {until}");
        return Sql.Join(" and ", clauses);
    }

    // In the order of addresses those of a network stand together, from the network itself to its last address.
    private static Sql InNetwork(string row, ReferenceTarget.InNetwork network)
    {
        var (name, cidr) = (Sql.Text(row), Sql.Of($"{new Value<string>(network.Cidr)}::text::inet"));
        var bits = Sql.Text(network.Cidr.Contains(':', StringComparison.Ordinal) ? "128" : "32");
        Sql scope = network.Scope is null ? Sql.Empty : $" and {name}.scope = {network.Scope}";
        return $"{name}.network >= {cidr} and {name}.network <= set_masklen(broadcast({cidr}), {bits}){scope}";
    }

    // The ids of the objects that a filter by reference means. A deleted object can still be referred to by a deleted one.
    private Sql Targets(IReadOnlyList<ReferenceTarget> targets)
    {
        List<Sql> found = [.. targets.Where(target => target is not ReferenceTarget.ById).Select(target => target switch
        {
            ReferenceTarget.ByName(var kinds, var name, var scope) => Sql.Of(
                $"""
                select t.id from {Versions} t
                where t.kind = any({Stored(kinds)}) and t.name = {name}{(scope is null ? Sql.Empty : $" and t.scope = {scope}")}
                    and {at.Holds("t")}
                """),
            ReferenceTarget.InNetwork network => Sql.Of(
                $"select t.id from {Versions} t where t.kind = 'ip_address' and {InNetwork("t", network)} and {at.Holds("t")}"),
            _ => throw new ArgumentException($"{target.GetType()} has no statement", nameof(targets)),
        })];
        var ids = targets.OfType<ReferenceTarget.ById>().Select(target => target.Id).ToArray();
        if (ids.Length > 0 || found.Count == 0)
        {
            found.Add(readable.AreAll
                ? Sql.Of($"select unnest({ids}::uuid[])")
                : $"select t.id from {Versions} t where t.id = any({ids}::uuid[]) and {at.Holds("t")}");
        }

        return Sql.Join("\nunion all\n", found);
    }

    private Clause Refers(Filter.Refers asked)
    {
        Sql none =
            $"not exists (select from {Uses} u where u.source = v.id and u.field = any({asked.Fields}) and {at.Holds("u")} offset 0)";
        if (asked is { OrUnset: true, Targets: [] }) return Clause.ForEach(none);
        var unset = asked.OrUnset ? none : null;
        var targets = Targets(asked.Targets);
        Sql refers = $"u.field = any({asked.Fields}) and {at.Holds("u")} and u.target in ({targets})";
        return new(
            OrUnset($"exists (select from {Uses} u where u.source = v.id and {refers} offset 0)", unset),
            OrUnset($"v.id in (select u.source from {Uses} u where {refers})", unset));
    }

    private Clause HasPoolMember(Sql addresses)
    {
        // The members of a pool that the caller may not read are not told by the virtual servers of the pool.
        Sql isReadable = readable.AreAll
            ? Sql.Empty : $" and exists (select from {Versions} t where t.id = m.source and {at.Holds("t")} offset 0)";
        Sql member =
            $"""
            m.field = {PoolMemberAddress} and {at.Holds("m")} and m.target in ({addresses})
            and p.target = m.source and p.field = {ServerField.LoadBalancerPool} and {at.Holds("p")}{isReadable}
            """;
        return new(
            $"exists (select from {Uses} p, {Uses} m where p.source = v.id and {member} offset 0)",
            $"v.id in (select p.source from {Uses} m, {Uses} p where {member})");
    }

    private Clause Used(bool isUsed)
    {
        Sql use = at.IsNow
            ? Sql.Of($"select from {Uses} u where u.target = v.id and u.living")
            : $"""
            select from {Uses} u join {Versions.Unrestricted} s on s.id = u.source and s.live and {at.Holds("s")}
            where u.target = v.id and {at.Holds("u")}
            """;
        var not = Sql.Text(isUsed ? "" : "not ");
        return new($"{not}exists ({use} offset 0)", $"{not}exists ({use})");
    }

    private static Clause Label(Filter.Label asked) => asked switch
    {
        { Values: [], IsNegated: false } => Sql.Of($"v.labels ? {asked.Key}"),
        { Values: [], IsNegated: true } => Clause.ForEach($"(v.labels ? {asked.Key}) is not true"),
        { IsNegated: false } => Any(asked.Values, value => $"v.labels @> {Json(asked.Key, value)}::text::jsonb"),
        _ => Clause.ForEach($"(v.labels ->> {asked.Key} = any({asked.Values})) is not true"),
    };

    private static Value<string> Json(string key, string value) =>
        new(JsonSerializer.Serialize(new Dictionary<string, string> { [key] = value }));

    private Clause Text(Filter.Text asked)
    {
        Sql contains = $"like '%' || {Escaped(asked.Value)} || '%'";
        Sql refers = $"u.field = any({asked.Fields}) and {at.Holds("u")}";
        Sql each = asked.Fields.Length == 0
            ? Sql.Of($"v.search {contains}")
            : $"""
            (v.search {contains} or exists (
                select from {Uses} u join {Versions} t on t.id = u.target and {at.Holds("t")}
                where u.source = v.id and {refers} and {NameOf("t")} {contains} offset 0))
            """;
        if (asked.Value.Length < MinIndexed) return Clause.ForEach(each);
        Sql byTarget = asked.Fields.Length == 0 ? Sql.Empty :
            $"""
            union all
            select u.source from {Versions} t join {Uses} u on u.target = t.id and {refers}
            where {at.Holds("t")} and t.search {contains} and {NameOf("t")} {contains}
            """;
        return new(
            each,
            $"""
            v.id in (
                select s.id from {Versions} s
                where s.kind = any({Stored(kinds)}) and {at.Holds("s")} and s.search {contains}
                {byTarget})
            """);
    }

    private Clause Having(ConditionFilter asked)
    {
        var conditions = AskedConditions.Of(asked, with);
        // The rules of conditions have a row v of their own.
        Sql each =
            $"""
            exists (
                select from (select v.id) listed
                cross join lateral ({ConditionSql.Having(window, conditions, Sql.Text("listed.id")).Unrestricted}) h offset 0)
            """;
        // A deleted object has no conditions to be without.
        if (asked.Any == false) return Clause.ForEach($"v.live and not {each}");
        return new(each, $"v.id in (select virtual_server from ({ConditionSql.Having(window, conditions).Unrestricted}) c)");
    }

    private static string PoolMemberAddress => $"{Field.Members}.{Field.IpAddress}";

    private static string[] Stored(IEnumerable<Kind> kinds) => [.. kinds.Select(kind => kind.Stored())];
}
