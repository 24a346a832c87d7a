using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>The number of live virtual servers in one group.</summary>
/// <param name="Group">The grouping: total, enabled, condition, severity, protocol, …</param>
/// <param name="Value">The value of the group, as it is stored.</param>
/// <param name="Name">The name of a tenant.</param>
public sealed record Count(string Group, string Value, long Number, string? Name);

/// <summary>Counts the live virtual servers by their properties and conditions, all from one snapshot.</summary>
public sealed class Summary(PlannedReads reads, ExpirationWarning warning)
{
    private const int MaxTenants = 1000;

    public async Task<IReadOnlyList<Count>> Read(Tenants readable, CancellationToken cancellation)
    {
        await using var command = Statement(warning.Window, readable).Within(readable).Command(reads.Source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await Row.ReadAll(
            rows,
            row => new Count(row.GetString(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3)),
            cancellation);
    }

    // Groups in the order of their names; in each, the largest number first.
    private static Sql Statement(ExpirationWindow window, Tenants readable)
    {
        Sql ofReadable = readable.AreAll
            ? Sql.Empty : $"where c.virtual_server in (select v.id from {VirtualServersTable.Name} v)";
        return
            $"""
            with sorts as materialized (
                select enabled, load_balancer_type, protocol, placement_kind, tenant, count(*) as number from {VirtualServersTable.Name} v
                group by enabled, load_balancer_type, protocol, placement_kind, tenant),
            conditions as materialized (
                select virtual_server, type, enabled from ({ConditionSql.Having(window, null).Unrestricted}) c {ofReadable})
            select 'total', '', coalesce(sum(number), 0)::bigint, null::text from sorts
            {Sql.Join("\n", new[] { "enabled", "load_balancer_type", "protocol", "placement_kind" }.Select(CountBy))}
            union all select 'tenant', coalesce(t.tenant::text, ''), t.number, d.name
                from (
                    select tenant, sum(number)::bigint as number from sorts
                    group by tenant order by 2 desc, 1 limit {Sql.Text($"{MaxTenants}")}) t
                left join {DirectoryTable.Name} d on d.id = t.tenant
            union all select 'condition', type, count(distinct virtual_server), null from conditions group by type
            union all select 'severity', s.severity, count(distinct c.virtual_server), null
                from conditions c join {Severities} on s.type = c.type and s.enabled = c.enabled group by s.severity
            union all select 'has_conditions', '', count(distinct virtual_server), null from conditions
            order by 1, 3 desc, 2
            """;
    }

    // The severity of each condition, on enabled and on disabled virtual servers.
    private static Sql Severities
    {
        get
        {
            var rows = (from type in Enum.GetValues<ConditionType>() from enabled in new[] { true, false } select (type, enabled)).ToList();
            return
                $"""
                unnest(
                    {rows.Select(row => row.type.Stored()).ToArray()}::text[],
                    {rows.Select(row => row.enabled).ToArray()}::boolean[],
                    {rows.Select(row => Spelling.Upper(Conditions.SeverityOf(row.type, row.enabled))).ToArray()}::text[])
                    as s (type, enabled, severity)
                """;
        }
    }

    private static Sql CountBy(string column) => Sql.Text(
        $"union all select '{column}', {column}::text, sum(number)::bigint, null from sorts group by {column}");
}
