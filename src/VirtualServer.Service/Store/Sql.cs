using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>
/// The statements of <see cref="Reader"/>. What varies in their text is closed (a kind of address, a view's table): every
/// statement comes again and again and is prepared once; every value is a parameter.
/// </summary>
internal static class Sql
{
    private const string Directory = $"{EventStore.Schema}.directory";
    private const string Uses = $"{EventStore.Schema}.uses";
    private const string VirtualServers = $"{EventStore.Schema}.virtual_servers";

    // id, kind, scope, name, view, references: what Entry<T> reads.
    private const string EntryColumns =
        $"""
        d.id, d.kind, d.scope, d.name, v.data::text,
        (select jsonb_agg(jsonb_build_array(u.field, t.id, t.kind, t.scope, t.name, t.living))
         from {Uses} u join {Directory} t on t.id = u.target where u.source = d.id)::text
        """;

    // How many of the objects that a condition concerns are told, by name; the others are counted.
    private const int MostConcerned = 10;

    private const int MostTenants = 1000;

    // Up to so many that have a condition are found and sorted faster than met by name; so many names are looked at to meet a page of more.
    private const int Few = 10_000;
    private const int NextNames = 2_000;

    private static readonly ConditionType[] AllConditions = Enum.GetValues<ConditionType>();

    public const string FirstAnswer = $"select fingerprint, answer from {EventStore.Schema}.requests where id = $1";

    public const string Names = $"select id, kind, scope, name from {Directory} where id = any($1)";

    public const string Mentions =
        $"""
        with m as (select * from unnest($1::text[], $2::uuid[], $3::text[]) with ordinality as m (kind, id, name, ordinal))
        select m.ordinal, d.id, d.scope, d.name from m join {Directory} d on d.id = m.id where d.living and d.kind = m.kind
        union
        select m.ordinal, d.id, d.scope, d.name from m join {Directory} d on d.kind = m.kind and d.name collate "C" = m.name where d.living
        """;

    /// <summary>Whether PostgreSQL can take the text at all; what has control characters is refused by the rules anyway.</summary>
    public static bool CanBeLookedUp(string text) => !text.Any(char.IsControl);

    /// <summary>The parameters that <see cref="SubjectId"/> takes, always the first ones.</summary>
    public static object?[] Parameters(Address address) => address switch
    {
        Address.ById(var id, _) => [id],
        Address.ByName(var kind, var name, var scope, var living) => [kind.Stored(), name, scope, living],
        _ => [],
    };

    public static string Subject<T>(Address address) =>
        $"select {EntryColumns} from {Directory} d left join {View<T>()} v on v.id = d.id where {Matches(address)} order by d.living limit 3";

    /// <summary>The same with its conditions; the last two parameters are now, and until when an expiration is near.</summary>
    public static string SubjectInFull<T>(Address address) =>
        $"select {EntryColumns}, {Conditions<T>(Next(address, 0), Next(address, 1))} from {Directory} d left join {View<T>()} v on v.id = d.id where {Matches(address)} order by d.living limit 3";

    public static string NameHolders(Address address)
    {
        var (kind, scope, name) = (Next(address, 0), Next(address, 1), Next(address, 2));
        return
            $"""
            select id, kind, scope, name from {Directory}
            where living and kind = {kind} and scope = {scope}
            and name collate "C" = coalesce({name}::text, (select name from {Directory} where id = {SubjectId(address)}))
            limit 2
            """;
    }

    public static string ListenerHolders(Address address)
    {
        var p = Enumerable.Range(0, 7).Select(i => Next(address, i)).ToArray();
        return
            $$"""
            with current as (
                select (v.data #>> '{content,listener,vip}')::uuid as vip, coalesce((v.data #>> '{content,listener,port}')::integer, {{ListenerRow.NoPort}}) as port,
                    coalesce(v.data #>> '{content,listener,protocol}', '') as protocol
                from {{View<VirtualServer>()}} v where v.id = {{SubjectId(address)}})
            , asked as (
                select
                    case when {{p[0]}} then coalesce({{p[1]}}::uuid, (select id from {{Directory}} where living and kind = 'ip_address' and name collate "C" = {{p[2]}}::text limit 1))
                        else (select vip from current) end as vip,
                    case when {{p[3]}} then {{p[4]}}::integer else (select port from current) end as port,
                    case when {{p[5]}} then {{p[6]}}::text else (select protocol from current) end as protocol)
            select d.id, d.kind, d.scope, d.name
            from asked a join {{VirtualServers}} v on v.vip = a.vip and v.port = a.port and v.protocol = a.protocol join {{Directory}} d on d.id = v.id
            """;
    }

    public static string Users(Address address) =>
        $"""
        select d.id, d.kind, d.scope, d.name, u.field, (select count(*) from {Uses} where target = {SubjectId(address)} and living)
        from {Uses} u join {Directory} d on d.id = u.source
        where u.target = {SubjectId(address)} and u.living
        limit {Next(address, 0)}
        """;

    /// <summary>The living objects that refer to a target by a field.</summary>
    public static string Users<T>() => $"{BareEntries<T>()} and d.id in (select source from {Uses} where target = $1 and living and field = $2) order by d.name collate \"C\", d.id";

    /// <summary>The living objects of these ids.</summary>
    public static string ByIds<T>() => $"{BareEntries<T>()} and d.id = any($1) order by d.name collate \"C\", d.id";

    // Entries without what they refer to.
    private static string BareEntries<T>() => $"select d.id, d.kind, d.scope, d.name, v.data::text, null from {Directory} d join {View<T>()} v on v.id = d.id where d.living";

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
            select {EntryColumns}, {Conditions<T>("$5", "$6")} from page d join {View<T>()} v on v.id = d.id order by d.name collate "C", d.id
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

    /// <summary>What the living object asked about is called.</summary>
    public static string Named(Address address) => $"select d.id, d.kind, d.scope, d.name from {Directory} d where d.living and {Matches(address)} limit 3";

    /// <summary>Kind and field of those who refer to an object, and how many; by the fields of the last parameter, none for all.</summary>
    public static string UsageCounts(Address address) =>
        $"select d.kind, u.field, count(*) from ({UsesOf(address)}) u join {Directory} d on d.id = u.source group by 1, 2 order by 1, 2";

    /// <summary>
    /// Who refers to an object, by which field of which pool member, where that one is, and through which address of a prefix; behind a
    /// field, source and part, at most so many.
    /// </summary>
    public static string Usages(Address address)
    {
        var (field, source, part, most) = (Next(address, 1), Next(address, 2), Next(address, 3), Next(address, 4));
        return
            $$"""
            select d.id, d.kind, d.scope, d.name, u.field, u.part, a.id, a.name, m.port, t.id, t.name
            from (select * from ({{UsesOf(address)}}) u where (u.field collate "C", u.source, u.part) > ({{field}}, {{source}}, {{part}})
                order by u.field collate "C", u.source, u.part limit {{most}}) u
            join {{Directory}} d on d.id = u.source
            left join lateral (
                select (m #>> '{endpoint,ipAddress}')::uuid as address, (m #>> '{endpoint,port}')::integer as port
                from {{View<LoadBalancerPool>()}} p, jsonb_array_elements(p.data #> '{content,members}') m
                where p.id = u.source and m ->> 'id' = u.part::text) m on u.part <> '{{Guid.Empty}}'
            left join {{Directory}} a on a.id = m.address
            left join {{Directory}} t on t.id = u.through
            order by u.field collate "C", u.source, u.part
            """;
    }

    // In the order of addresses those of a prefix stand together, from the prefix itself to the last one in it.
    private static string UsesOf(Address address) =>
        $"""
        select * from (
            select field, source, part, null::uuid as through from {Uses} where target = {SubjectId(address)} and living
            union all
            select 'vip', v.id, '{Guid.Empty}'::uuid, a.id
            from {Directory} p
            join {Directory} a on a.kind = 'ip_address' and a.living and a.scope = p.scope
                and a.network >= p.network and a.network <= set_masklen(broadcast(p.network), case family(p.network) when 4 then 32 else 128 end)
            join {VirtualServers} v on v.vip = a.id
            where p.id = {SubjectId(address)} and p.kind = 'prefix') used
        where cardinality({Next(address, 0)}::text[]) = 0 or field = any({Next(address, 0)})
        """;

    // Type, how many objects it concerns, and the first of them with kind and name: of a virtual server d; nothing of any other.
    private static string Conditions<T>(string now, string soon) => typeof(T) != typeof(VirtualServer) ? "null" :
        $"""
        (select jsonb_agg(jsonb_build_array(c.type, c.count, c.id, c.kind, c.scope, c.name) order by c.place)
         from (
            select found.type, t.id, t.kind, t.scope, t.name, count(*) over same as count, row_number() over (same order by t.name collate "C", t.id) as place
            from ({Having(AllConditions, now, soon, "d.id")}) found left join {Directory} t on t.id = found.other
            window same as (partition by found.type)) c
         where c.place <= {MostConcerned})::text
        """;

    // Few are found first and sorted then. Where many have them, a page is filled from the next names, one by one; if those do not fill it, as few are.
    private static string Matching(IReadOnlyCollection<ConditionType> types, Func<string, string, string> behind)
    {
        var all = Having(types, "$5", "$6");
        return
            $"""
            matches as materialized (select 1 from ({all}) c limit {Few + 1}),
            near as materialized (
                select * from ({behind($"{NextNames}", "")}) d
                where (select count(*) > {Few} from matches) and exists ({Having(types, "$5", "$6", "d.id")} offset 0)
                order by d.name collate "C", d.id limit $4),
            page as materialized (
                (select * from near where (select count(*) from near) = $4)
                union all ({behind("$4", $" and (select count(*) from near) < $4 and d.id in (select virtual_server from ({all}) c)")}))
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

    // Every view's table is called like its type.
    private static string View<T>() => $"{EventStore.Schema}.mt_doc_{string.Concat(typeof(T).Name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToLowerInvariant()}";

    private static string Matches(Address address) => address switch
    {
        Address.ById => "d.id = $1",
        _ => """d.kind = $1 and d.name collate "C" = $2 and ($3::text is null or d.scope = $3) and (d.living or not $4)""",
    };

    private static string SubjectId(Address address) => address switch
    {
        Address.ToBe => "null::uuid",
        Address.ById => "$1",
        _ => $"(select d.id from {Directory} d where {Matches(address)} order by d.living limit 1)",
    };

    private static string Next(Address address, int more) => $"${Parameters(address).Length + 1 + more}";
}
