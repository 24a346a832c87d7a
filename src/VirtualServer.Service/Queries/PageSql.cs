using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>The end of a page: the values of the order keys, as text, and the id of its last object.</summary>
/// <param name="List">The identity of the list.</param>
internal sealed record PageEnd(string List, string?[] Keys, Guid Id);

/// <summary>
/// The statements of a list. A page begins behind the end of the previous one, so that pages neither skip nor repeat objects while others
/// write, and a page costs the same wherever it is.
/// </summary>
/// <param name="with">The object that the conditions of the filter concern, if it names one.</param>
internal sealed class PageSql(
    ListQuery query, Tenants readable, IReadOnlyList<OrderBy> order, PageEnd? end, int limit, Guid? with, ExpirationWindow window)
{
    /// <summary>The number of objects up to which a list is counted.</summary>
    public const int MaxCounted = 10_000;

    // Where most objects match, the next NextRows of the list fill a page. Up to MaxFirst matches are found by index and sorted faster than
    // they are encountered in the order of the list. When there are more, the next NearRows may fill a page: examining them costs less than
    // sorting up to MaxSorted matches. When there are still more, the next FarRows may fill it.
    private const int NextRows = 200;
    private const int MaxFirst = 500;
    private const int NearRows = 2_000;
    private const int MaxSorted = 10_000;
    private const int FarRows = 20_000;

    private static readonly Sql Versions = ObjectVersionsTable.Name;
    private static readonly Sql Uses = UsesTable.Name;

    // In the order of the parts that every row of a page has.
    private static readonly Sql Parts = Sql.Text("v.id, v.version, v.kind, v.scope, v.name, v.tenant, v.valid_until");

    private readonly Moment at = Moment.Of(query.ReadTime);
    private readonly Argument max = new Value<int>(limit);
    private readonly bool isDescending = order[^1].IsDescending;
    private readonly IReadOnlyList<Clause> filters =
    [
        .. query.Filters.Select(new FilterSql(query.Kinds, Moment.Of(query.ReadTime), with, window, readable).Of),
        .. readable.AreAll ? [] : new[] { Clause.ForEach(FilterSql.OfTenants(readable)) },
    ];

    /// <summary>Whether the list has a statement that looks up by key: the current objects of a kind by name, unrestricted.</summary>
    public bool IsByKey => at.IsNow && filters.Count == 0 && query.Kinds.Count == 1 && order is [{ Key.Name: "name", IsDescending: false }];

    /// <summary>The id of an object that conditions concern. A deleted object is found by its id, and no condition concerns it.</summary>
    public static Sql Concerned(ConcernedObject with)
    {
        Sql ofKind = with.Kind is { } kind ? $" and d.kind = {kind.Stored()}" : Sql.Empty;
        return $"select d.id from {DirectoryTable.Name} d where {AddressSql.Matches(with.Address)}{ofKind} limit 1";
    }

    /// <summary>The objects of a page in their order, with their content and the values of the order keys.</summary>
    public Sql Page<T>() =>
        $"""
        with {(IsByKey ? ByKey() : filters.Count == 0 ? Plain() : Matching())}
        {Content<T>(at, query.Parts, window)}{Sql.Join("", order.Select((_, i) => Sql.Text($", d.key{i}::text")))}
        from page d {Joins<T>(at, query.Parts, window)}
        order by {Ordered("d.")}
        """;

    /// <summary>The number of objects of all pages, up to one more than the maximum.</summary>
    public Sql Count() =>
        $"""
        select count(*) from (
            select from {Versions} v where {OfKinds} and {IsListed}{And(filters.Select(clause => clause.Whole))}
            limit {Sql.Text($"{MaxCounted + 1}")}) v
        """;

    /// <summary>
    /// The columns of <see cref="Loaded{T}"/> of a row <c>d</c> of a page; then the events that lead to a past version.
    /// </summary>
    public static Sql Content<T>(Moment at, ReadParts parts, ExpirationWindow window)
    {
        var names = Sql.Text(parts.Names ? "r.all_references" : "null");
        var conditions = !parts.Conditions ? Sql.Text("null") : at.IsNow ? ConditionSql.Of<T>(window) : ConditionSql.AsOf<T>(at, window);
        var events = at.IsNow ? Sql.Text("null") : PastContent.Events;
        return $"select d.id, d.kind, d.scope, d.name, d.tenant, w.data, {names}, {conditions}, {events}";
    }

    /// <summary>The tables that <see cref="Content"/> reads beside the page.</summary>
    public static Sql Joins<T>(Moment at, ReadParts parts, ExpirationWindow window)
    {
        var hint = at.IsNow && parts.Conditions && typeof(T) == typeof(VirtualServer);
        var references = parts.Names || hint ? at.References(window) : Sql.Empty;
        Sql view = at.IsNow
            ? Sql.Of($"join {ReadModels.ViewTable<T>()} w on w.id = d.id")
            : $"left join {ReadModels.ViewTable<T>()} w on w.id = d.id and d.valid_until = 'infinity'";
        return $"{view} {references}";
    }

    private static Sql And(IEnumerable<Sql> clauses) => Sql.Join("", clauses.Select(clause => Sql.Of($" and {clause}")));

    private Sql OfKinds => query.Kinds is [var one]
        ? Sql.Of($"v.kind = {one.Stored()}") : $"v.kind = any({query.Kinds.Select(kind => kind.Stored()).ToArray()})";

    private Sql IsListed => query.ShowDeleted ? at.Holds("v") : $"v.live and {at.Holds("v")}";

    // The value of a VIP is that of the address it refers to.
    private Sql VipOfRow => !order.Any(by => by.Key.IsOfVip) ? Sql.Empty :
        $"""
        join {Uses} p on p.source = v.id and p.field = {Field.Vip} and {at.Holds("p")}
        join {Versions} a on a.id = p.target and a.kind = 'ip_address' and {at.Holds("a")}
        """;

    private Sql Keys => Sql.Join("", order.Select((by, i) => Sql.Of($", {by.Key.Column} as {Sql.Text($"key{i}")}")));

    private Sql ByKey()
    {
        Sql behind = end is null ? Sql.Empty : $" and (v.name collate \"C\", v.id) > ({end.Keys[0]}, {end.Id})";
        return
            $"""
            page as materialized (
                select v.id, v.kind, v.scope, v.name, v.tenant, v.name collate "C" as key0 from {DirectoryTable.Name} v
                where {OfKinds}{(query.ShowDeleted ? Sql.Empty : Sql.Text(" and v.living"))}{behind}
                order by v.name collate "C", v.id limit {max})
            """;
    }

    private Sql Plain() => $"{Early}page as materialized ({Next(Parts, $"{max}", [])})";

    // In the order of the list, hardly any object existed at an early time. Up to NearRows versions that had begun are found by their
    // times and sorted. What is read of them first is in the index of the times.
    private Sql Early => at.IsNow ? Sql.Empty :
        $"""
        early as materialized (
            select v.id, v.valid_from from {Versions.Unrestricted} v where {OfKinds} and {HasBegun}
            order by v.valid_from limit {Sql.Text($"{NearRows}")} + 1),
        is_early as materialized (select count(*) <= {Sql.Text($"{NearRows}")} as yes from early),

        """;

    private Sql IsEarly => Sql.Text(at.IsNow ? "false" : "(select yes from is_early)");

    private Sql HasBegun => $"v.valid_from <= {query.ReadTime!.Value}";

    // A page is filled from the next objects, if those fill it or are the last. Otherwise, few matches are found by index and sorted; where
    // many match, a page is filled from more of the next objects, one by one, and finally from all. PostgreSQL plans "first" and "matches"
    // for their limits, and evaluates a scalar subquery, as those of "way", when it is first needed.
    private Sql Matching()
    {
        var whole = filters.Select(clause => clause.Whole).ToList();
        Sql by = $"(select by from way)";
        Sql found = $"select v.id, v.version from {Versions} v where {OfKinds} and {IsListed}{And(whole)}";
        var isByIndex = filters.Any(clause => clause.IsByIndex);
        Sql byIndex = !isByIndex ? Sql.Empty :
            $"""
            first as materialized ({found} and not (select yes from is_filled) and not {IsEarly} limit {Sql.Text($"{MaxFirst}")} + 1),
            matches as materialized ({found} limit {Sql.Text($"{MaxSorted}")} + 1),

            """;
        Sql isFirst = !isByIndex ? Sql.Empty : $" when not exists (select from first offset {Sql.Text($"{MaxFirst}")}) then 'first'";
        Sql isFew = !isByIndex ? Sql.Empty : $" when not exists (select from matches offset {Sql.Text($"{MaxSorted}")}) then 'few'";
        Sql sorted = !isByIndex ? Sql.Empty :
            $"""
            union all (
                select {Parts}{Keys} from (
                    select * from first where {by} = 'first' union all select * from matches where {by} = 'few') m
                cross join lateral (
                    select * from {Versions} v where v.id = m.id and v.version = m.version offset 0) v {VipOfRow}
                where {AnyBehind}
                order by {OrderedColumns} limit {max})
            """;
        return
            $"""
            {Early}ahead as materialized ({Ahead("v.*", NextRows)}),
            next as materialized ({Matches(Sql.Text("ahead"))}),
            is_filled as materialized (
                select (select count(*) from next) = {max} or (select count(*) from ahead) < {Sql.Text($"{NextRows}")} as yes),
            {byIndex}near as materialized ({FromNext(NearRows)}),
            far as materialized ({FromNext(FarRows)}),
            way as materialized (
                select case when (select yes from is_filled) then 'next' when {IsEarly} then 'near'{isFirst}
                    when {Fills("near", NearRows)} then 'near'{isFew} when {Fills("far", FarRows)} then 'far' else 'all' end as by),
            page as materialized (
                select * from next where {by} = 'next'
                union all select * from near where {by} = 'near'
                union all select * from far where {by} = 'far'
                {sorted}
                union all select * from ({Next(Parts, $"{max}", [Sql.Of($"{by} = 'all'"), .. whole])}) v)
            """;
    }

    // Whether the matches among the next objects are a page, or these objects are the last.
    private Sql Fills(string matches, int rows)
    {
        var (name, number) = (Sql.Text(matches), Sql.Text($"{rows}"));
        return $"((select count(*) from {name}) = {max} or (select count(*) from ({Ahead("v.id", rows)}) v) < {number})";
    }

    // The matches among the next objects.
    private Sql FromNext(int rows) => Matches($"({Ahead("v.*", rows)})");

    // The next objects, whether the caller may read them or not: a caller with limits reads no more of them.
    private Sql Ahead(string columns, int rows) => Next(Sql.Text(columns), Sql.Text($"{rows}"), []).Unrestricted;

    private Sql Matches(Sql objects) =>
        $"""
        select {Parts}{Sql.Join("", order.Select((_, i) => Sql.Text($", v.key{i}")))}
        from {objects} v
        where true{And(filters.Select(clause => clause.Each))}
        order by {Ordered("v.")} limit {max}
        """;

    // The objects that follow the end of the previous page. Each part of the union begins at one place of an index, except for that of an
    // early time.
    private Sql Next(Sql columns, Sql upTo, IReadOnlyList<Sql> clauses)
    {
        List<Sql> parts =
        [
            .. query.Kinds.SelectMany(kind => Behind().Select(behind => Part(
                Versions, $"v.kind = {kind.Stored()} and {behind}{(at.IsNow ? Sql.Empty : Sql.Of($" and not {IsEarly}"))}"))),
        ];
        if (!at.IsNow)
        {
            Sql early =
                $"""
                (
                    select v.* from (select distinct id, valid_from from early) e
                    cross join lateral (
                        select * from {Versions} v where v.id = e.id and v.valid_from = e.valid_from offset 0) v)
                """;
            parts.Add(Part(early, $"({AnyBehind}) and {IsEarly}"));
        }

        return parts.Count == 1 ? parts[0] : $"select * from ({Sql.Join("\nunion all\n", parts)}) n order by {Ordered("n.")} limit {upTo}";

        Sql Part(Sql versions, Sql where) =>
            $"""
            (select {columns}{Keys} from {versions} v {VipOfRow}
            where {where} and {IsListed}{And(clauses)}
            order by {OrderedColumns} limit {upTo})
            """;
    }

    private Sql OrderedColumns => Sql.Join(", ", [.. order.Select(by => Sql.Of($"{by.Key.Column} {Direction(by)}")), $"v.id {Tie}"]);

    private Sql Ordered(string row) => Sql.Join(
        ", ", [.. order.Select((by, i) => Sql.Of($"{Sql.Text($"{row}key{i}")} {Direction(by)}")), $"{Sql.Text($"{row}id")} {Tie}"]);

    // PostgreSQL places nulls last in ascending and first in descending order.
    private static Sql Direction(OrderBy by) => Sql.Text(by.IsDescending ? "desc" : "asc");

    // Objects with equal keys, in the direction of the last key.
    private Sql Tie => Sql.Text(isDescending ? "desc" : "asc");

    private Sql AnyBehind => Sql.Join(" or ", Behind().Select(behind => Sql.Of($"({behind})")));

    // What follows the end, as conditions that exclude each other: equal in the first keys and behind it in the next.
    private List<Sql> Behind()
    {
        if (end is null) return [Sql.Text("true")];
        if (order.All(by => by.IsDescending == isDescending && !by.Key.CanBeUnset && !by.Key.IsOfVip))
        {
            var columns = Sql.Join(", ", order.Select(by => by.Key.Column));
            var values = Sql.Join(", ", order.Select((by, i) => ValueOf(by, end.Keys[i]!)));
            return [$"({columns}, v.id) {Sql.Text(isDescending ? "<" : ">")} ({values}, {end.Id})"];
        }

        var (behind, equal) = (new List<Sql>(), Sql.Empty);
        for (var i = 0; i < order.Count - 1; i++)
        {
            var (column, value) = (order[i].Key.Column, end.Keys[i]);
            behind.AddRange(BehindValue(order[i], value).Select(next => Sql.Of($"{equal}{next}")));
            equal = value is null ? Sql.Of($"{equal}{column} is null and ") : $"{equal}{column} = {ValueOf(order[i], value)} and ";
        }

        return [.. behind, .. BehindLast(order[^1], end.Keys[^1], end.Id).Select(next => Sql.Of($"{equal}{next}"))];
    }

    private static IEnumerable<Sql> BehindValue(OrderBy by, string? value)
    {
        var column = by.Key.Column;
        if (value is not null) yield return $"{column} {Sql.Text(by.IsDescending ? "<" : ">")} {ValueOf(by, value)}";
        if (by.Key.CanBeUnset && value is not null && !by.IsDescending) yield return $"{column} is null";
        if (value is null && by.IsDescending) yield return $"{column} is not null";
    }

    // The last key and the id are compared as one, which is one place in the index: for an equal key and a greater id, PostgreSQL may
    // choose the index of ids. The key is compared alone as well, because that of a VIP is in another table than the id.
    private static IEnumerable<Sql> BehindLast(OrderBy by, string? value, Guid id)
    {
        var (column, beyond) = (by.Key.Column, Sql.Text(by.IsDescending ? "<" : ">"));
        if (value is null) yield return $"{column} is null and v.id {beyond} {id}";
        else yield return $"({column}, v.id) {beyond} ({ValueOf(by, value)}, {id}) and {column} {beyond}= {ValueOf(by, value)}";
        if (by.Key.CanBeUnset && value is not null && !by.IsDescending) yield return $"{column} is null";
        if (value is null && by.IsDescending) yield return $"{column} is not null";
    }

    private static Sql ValueOf(OrderBy by, string value) => $"{value}::text::{Sql.Text(by.Key.Type)}";
}
