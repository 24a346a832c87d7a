using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

// Pages, conditions and counts.
internal static partial class Sql
{
    // How many of the objects that a condition concerns are told, by name; the others are counted.
    private const int MostConcerned = 10;

    private const int MostTenants = 1000;

    // Up to Few that have a condition are found and sorted faster than met by name. Where more than Scarce have it, a page may lie within the next names:
    // looking at those costs less than counting on.
    private const int Scarce = 500;
    private const int Few = 10_000;
    private const int NextNames = 2_000;

    private static readonly ConditionType[] AllConditions = Enum.GetValues<ConditionType>();

    /// <summary>A page: kind, name and id behind which it begins, size, now, until when an expiration is near.</summary>
    public static string List<T>(bool withDeleted, ConditionFilter conditions)
    {
        // What belongs to the page is found in the directory alone; only then is it read in full.
        string Behind(string limit, string matching = "") =>
            $"""
            select d.id, d.kind, d.scope, d.name from {Directory} d
            where d.kind = $1 and (d.name collate "C", d.id) > ($2, $3) {(withDeleted ? "" : "and d.living")}{matching}
            order by d.name collate "C", d.id limit {limit}
            """;

        var page = conditions switch
        {
            { Any: false } => $"page as materialized ({Behind("$4", $" and not exists ({Having(AllConditions, "$5", "$6", "d.id")})")})",
            { Types.Count: > 0 } or { Any: true } => Matching(conditions.Types.Count > 0 ? conditions.Types : AllConditions, Behind),
            _ => $"page as materialized ({Behind("$4")})",
        };
        return
            $"""
            with {page}
            select {EntryColumns}, {Conditions<T>("$5", "$6")} from page d join {View<T>()} v on v.id = d.id {References("$6")} order by d.name collate "C", d.id
            """;
    }

    /// <summary>How many living virtual servers there are of each sort: what is counted, its value, how many, and the name of a tenant; the most first. Now, until when an expiration is near.</summary>
    public static readonly string Summary =
        $"""
        with sorts as materialized (
            select enabled, load_balancer_type, protocol, placement_kind, tenant, count(*) as number from {VirtualServers}
            group by enabled, load_balancer_type, protocol, placement_kind, tenant)
        select 'total', '', coalesce(sum(number), 0)::bigint, null::text from sorts
        union all select 'enabled', enabled::text, sum(number)::bigint, null from sorts group by enabled
        union all select 'load_balancer_type', load_balancer_type, sum(number)::bigint, null from sorts group by load_balancer_type
        union all select 'protocol', protocol, sum(number)::bigint, null from sorts group by protocol
        union all select 'placement_kind', placement_kind, sum(number)::bigint, null from sorts group by placement_kind
        union all select 'tenant', coalesce(t.tenant::text, ''), t.number, d.name
            from (select tenant, sum(number)::bigint as number from sorts group by tenant order by 2 desc, 1 limit {MostTenants}) t left join {Directory} d on d.id = t.tenant
        union all select 'condition', type, count(distinct virtual_server), null from ({Having(AllConditions, "$1", "$2")}) c group by type
        union all select 'has_conditions', '', count(distinct virtual_server), null from ({Having(AllConditions, "$1", "$2")}) c
        order by 1, 3 desc, 2
        """;

    // Type, how many objects it concerns, and the first of them with kind and name: of a virtual server d; nothing of any other. Most have none, and
    // are told from the rest by what has been read of them anyway (References). "offset 0" keeps PostgreSQL from reading all conditions to answer that for a page.
    private static string Conditions<T>(string now, string soon) => typeof(T) != typeof(VirtualServer) ? "null" :
        $"""
        case when r.is_reason or exists (select 1 from {EventStore.Schema}.conditions c where c.virtual_server = d.id offset 0) then (select json_agg(json_build_array(c.type, c.count, c.id, c.kind, c.scope, c.name) order by c.place)
         from (
            select found.type, t.id, t.kind, t.scope, t.name, count(*) over same as count, row_number() over (same order by t.name collate "C", t.id) as place
            from ({Having(AllConditions, now, soon, "d.id")}) found left join {Directory} t on t.id = found.other
            window same as (partition by found.type)) c
         where c.place <= {MostConcerned}) end
        """;

    // Few are found first and sorted then. Where many have them, a page is filled from the next names, one by one; if those do not fill it, from all.
    // PostgreSQL reads of "matches" only as much as is asked for, and answers a question of one value when it first needs to.
    private static string Matching(IReadOnlyCollection<ConditionType> types, Func<string, string, string> behind)
    {
        var all = Having(types, "$5", "$6");
        return
            $"""
            matches as materialized (select virtual_server from ({all}) c limit {Few + 1}),
            near as materialized (
                select * from ({behind($"{NextNames}", "")}) d
                where exists (select from matches offset {Scarce}) and exists ({Having(types, "$5", "$6", "d.id")} offset 0)
                order by d.name collate "C", d.id limit $4),
            way as materialized (select case when (select count(*) from near) = $4 then 'near' when exists (select from matches offset {Few}) then 'all' else 'few' end as by),
            few as materialized (
                select d.id, d.kind, d.scope, d.name from (select distinct virtual_server from matches where (select by from way) = 'few') m
                cross join lateral (select * from {Directory} d where d.id = m.virtual_server and d.kind = $1 and d.living offset 0) d
                where (d.name collate "C", d.id) > ($2, $3)),
            page as materialized (
                (select * from near where (select by from way) = 'near')
                union all (select * from few d order by d.name collate "C", d.id limit $4)
                union all ({behind("$4", $" and (select by from way) = 'all' and d.id in (select virtual_server from ({all}) c)")}))
            """;
    }

    /// <summary>Which virtual servers have these conditions, and with whom: as kept by <see cref="ConditionRules"/>, and what time and the members of pools change.</summary>
    /// <param name="one">The id of the only virtual server asked about.</param>
    private static string Having(IReadOnlyCollection<ConditionType> types, string now, string soon, string? one = null)
    {
        var kept = types.Except([ConditionType.PoolEmpty, ConditionType.CertificateExpired, ConditionType.CertificateExpiring]).Select(type => $"'{type.Stored()}'").ToList();
        string Only(string column) => one is null ? "" : $" and {column} = {one}";
        string Expires(ConditionType type, string when) =>
            $"""
            select u.source as virtual_server, '{type.Stored()}' as type, c.id as other from {Uses} u join {Directory} c on c.id = u.target
            where u.field = 'certificate_profiles' and u.living and {when}{Only("u.source")}
            """;
        return string.Join(" union all ", types.Select(type => type switch
        {
            ConditionType.PoolEmpty =>
                $"select v.id as virtual_server, '{type.Stored()}' as type, p.id as other from {VirtualServers} v join {Directory} p on p.id = v.pool where p.members = 0{Only("v.id")}",
            ConditionType.CertificateExpired => Expires(type, $"c.expires <= {now}::timestamptz"),
            ConditionType.CertificateExpiring => Expires(type, $"c.expires > {now}::timestamptz and c.expires <= {soon}::timestamptz"),
            _ => $"select virtual_server, type, other from {EventStore.Schema}.conditions where type in ({string.Join(", ", kept)}){Only("virtual_server")}",
        }).Distinct());
    }
}
