using Marten;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>
/// What the table of living virtual servers says of one: everything that others, conditions and counts look at. A command that changes none of it
/// changes no condition either.
/// </summary>
internal sealed record Listeners(
    Guid Vip, int Port, string Protocol, Transports Transports, string PlacementKind, Guid Placement, string LoadBalancerType, bool Enabled, string FoldedName, Guid? Tenant, Guid? Pool, Guid? SourceNatPool)
{
    /// <summary>How an unset port is stored.</summary>
    public const int NoPort = -1;

    private const string Table = $"{EventStore.Schema}.virtual_servers";

    /// <summary>The row of a virtual server; null when it does not live.</summary>
    public static Listeners? Of(View<VirtualServer>? view) => view is not { Living: true, Content: var server } ? null : new(
        server.Listener.Vip, server.Listener.Port ?? NoPort, Stored(server.Listener.Protocol), Conditions.TransportsOf(server.Listener.Protocol),
        server.Placement.Kind.Stored(), server.Placement.Id, server.LoadBalancerType.ToString(), server.Enabled, Folded(server.Name),
        server.Tenant, server.LoadBalancerPool, server.SourceNat.Pool);

    // First to capitals: some have two small letters, as sigma has.
    private static string Folded(string name) => name.ToUpperInvariant().ToLowerInvariant();

    /// <summary>How a protocol is stored.</summary>
    public static string Stored(Protocol? protocol) => protocol?.ToString() ?? "";

    /// <summary>Keeps the row in step with the view, in its transaction.</summary>
    public static void Queue(IDocumentOperations operations, Guid id, Listeners? before, Listeners? after)
    {
        if (before == after) return;
        if (after is null)
        {
            operations.QueueSqlCommand($"delete from {Table} where id = ?", id);
            return;
        }

        operations.QueueSqlCommand(
            $"""
            insert into {Table} (id, vip, port, protocol, transports, placement_kind, placement, load_balancer_type, enabled, folded_name, tenant, pool, source_nat_pool)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::uuid, ?::uuid, ?::uuid)
            on conflict (id) do update set vip = excluded.vip, port = excluded.port, protocol = excluded.protocol, transports = excluded.transports,
                placement_kind = excluded.placement_kind, placement = excluded.placement, load_balancer_type = excluded.load_balancer_type, enabled = excluded.enabled,
                folded_name = excluded.folded_name, tenant = excluded.tenant, pool = excluded.pool, source_nat_pool = excluded.source_nat_pool
            """,
            id, after.Vip, after.Port, after.Protocol, (int)after.Transports, after.PlacementKind, after.Placement, after.LoadBalancerType, after.Enabled, after.FoldedName,
            after.Tenant!, after.Pool!, after.SourceNatPool!);
    }
}
