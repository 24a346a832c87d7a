using VirtualServers.Domain.Pools;

namespace VirtualServers.Service.Store;

// Where objects are used.
internal static partial class Sql
{
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

    private static string SubjectId(Address address) => address is Address.ById ? "$1" : $"(select d.id from {Directory} d where {Matches(address)} order by d.living limit 1)";

    private static string Matches(Address address) => address switch
    {
        Address.ById => "d.id = $1",
        _ => """d.kind = $1 and d.name collate "C" = $2 and ($3::text is null or d.scope = $3) and (d.living or not $4)""",
    };

    // The parameters that come behind the key.
    private static string Next(Address address, int more) => $"${Parameters(address).Length + 1 + more}";
}
