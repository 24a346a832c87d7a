namespace VirtualServers.Service.Tests.Harness;

/// <summary>The rules of conditions once more, as one query over the views: the expected content of the table of conditions.</summary>
internal static class ConditionQuery
{
    private const string Expected =
        """
        with v as (
            select d.id,
                c ->> 'name' as name,
                c #>> '{listener,vip}' as vip,
                (c #>> '{listener,port}')::integer as port,
                c #>> '{listener,protocol}' as protocol,
                c #>> '{placement,id}' as placement,
                c ->> 'loadBalancerType' as type,
                (c ->> 'enabled')::boolean as enabled,
                (c #>> '{tls,offload}')::boolean as offload,
                jsonb_array_length(c #> '{tls,certificateProfiles}') as profiles,
                c #>> '{sourceNat,pool}' as nat_pool,
                c #>> '{sourceNat,type}' as nat_type,
                c ->> 'tenant' as tenant,
                c ->> 'loadBalancerPool' as pool,
                case
                    when c #>> '{listener,protocol}' in ('Tcp', 'Http', 'Https', 'Http2', 'Grpc') then '{tcp}'
                    when c #>> '{listener,protocol}' in ('Udp', 'Quic') then '{udp}'
                    when c #>> '{listener,protocol}' = 'Sctp' then '{sctp}'
                    when c #>> '{listener,protocol}' = 'Icmp' then '{icmp}'
                    when c #>> '{listener,protocol}' = 'Dns' then '{tcp,udp}'
                    else '{tcp,udp,sctp,icmp}'
                end::text[] as transports
            from registry.mt_doc_virtual_server d, lateral (select d.data -> 'content' as c) as content
            where (d.data ->> 'living')::boolean)
        , inventory as (select id::text, data #>> '{content,name}' as name from registry.mt_doc_inventory_object)
        , pools as (select id::text, data #>> '{content,tenant}' as tenant from registry.mt_doc_load_balancer_pool)
        , alone as (
            select id, 'CERTIFICATES_MISSING' as condition from v where offload and profiles = 0
            union all select id, 'CERTIFICATES_UNUSED' from v where profiles > 0 and not offload
            union all select id, 'SSL_OFFLOAD_WITHOUT_TLS' from v where offload and protocol in ('Udp', 'Icmp', 'Sctp')
            union all select id, 'POOL_UNSET' from v where enabled and pool is null
            union all select id, 'PORT_UNSET' from v
                where enabled and port is null and protocol is not null
                and protocol not in ('Icmp', 'Any') and not (protocol = 'Dns' and type = 'Dns')
            union all select id, 'PORT_IGNORED' from v where port is not null and protocol = 'Icmp'
            union all select id, 'PROTOCOL_TYPE_MISMATCH' from v
                where (protocol in ('Http', 'Https', 'Http2', 'Grpc') and type = 'Layer4')
                or (protocol not in ('Dns', 'Any') and type = 'Dns')
            union all select id, 'NAT_POOL_MISSING' from v where nat_type = 'Pool' and nat_pool is null
            union all select id, 'NAT_POOL_UNUSED' from v where nat_type = 'Auto' and nat_pool is not null
            union all select id, 'NAT_TYPE_UNSET' from v where nat_type is null and nat_pool is not null)
        , expected as (
            select id, condition, '00000000-0000-0000-0000-000000000000' as other from alone
            union all select a.id,
                    case when (coalesce(a.port, 0) = 0) = (coalesce(b.port, 0) = 0) then 'CONFLICTED' else 'LISTENER_SHADOWED' end,
                    b.id::text
                from v a join v b on b.id <> a.id and b.vip = a.vip and b.placement = a.placement
                where a.enabled and b.enabled and a.transports && b.transports
                and (a.port = b.port or coalesce(a.port, 0) = 0 or coalesce(b.port, 0) = 0)
            union all select a.id, 'NAME_DIFFERS_ONLY_BY_CASE', b.id::text
                from v a join v b on b.id <> a.id and lower(upper(b.name)) = lower(upper(a.name))
            union all select v.id, 'TENANT_MISMATCH', p.id from v join pools p on p.id = v.pool where p.tenant <> v.tenant
            union all select v.id, 'NAT_FAMILY_MISMATCH', n.id
                from v join inventory n on n.id = v.nat_pool join inventory a on a.id = v.vip
                where family(n.name::inet) <> family(a.name::inet))
        , stored as (select virtual_server as id, type as condition, other::text from registry.conditions)
        """;

    // The facts of pools that conditions are evaluated on in each read.
    private const string WrongPools =
        """
        select d.id::text || ' has ' || d.members || ' members, active ' || coalesce(d.active_members::text, 'unknown')
        from registry.directory d join registry.mt_doc_load_balancer_pool p on p.id = d.id
        cross join lateral (
            select count(*) as members, count(*) filter (where m ->> 'status' = 'Active') as active
            from jsonb_array_elements(p.data #> '{content,members}') m) counted
        where (d.members, d.active_members) is distinct from (counted.members, counted.active)
        """;

    /// <summary>The table contains exactly the conditions that the data implies, and the directory the facts of pools.</summary>
    public static async Task ConditionsMatchTheData(this TestService service)
    {
        Assert.Empty(await service.Rows(
            $"""
            {Expected}
            select 'missing: ' || missing::text from (select * from expected except select * from stored) as missing
            union all select 'too many: ' || more::text from (select * from stored except select * from expected) as more
            """,
            row => row.GetString(0)));
        Assert.Empty(await service.Rows(WrongPools, row => row.GetString(0)));
        // Without any condition, the comparison tests nothing.
        Assert.NotEqual(0, await service.Count("conditions"));
    }
}
