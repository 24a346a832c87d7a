using Marten;
using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Views;
using static VirtualServers.Domain.VirtualServers.ConditionType;

namespace VirtualServers.Service.Store;

/// <summary>
/// Keeps the table of conditions in step, in the transaction that changes them, on both sides: those that a virtual server alone can tell
/// (Conditions.cs in the domain), and here the rules of those that depend on others, each written once. Two transactions that could make a
/// condition together without seeing each other take turns (<see cref="Locks"/>).
/// </summary>
internal static class ConditionRules
{
    private const string Table = $"{EventStore.Schema}.conditions";
    private const string Directory = $"{EventStore.Schema}.directory";
    private const string Servers = $"{EventStore.Schema}.virtual_servers";

    // Each finds (virtual_server, type, other) for the virtual servers in "changed".
    private static readonly string AmongServers =
        $"""
        select v.id as virtual_server, '{Conflicted.Stored()}' as type, o.id as other
        from changed v join {Servers} o on o.vip = v.vip and o.port = any(array[v.port, 0, {Listeners.NoPort}])
        where v.port > 0 and v.enabled and o.enabled and o.placement = v.placement and (v.transports & o.transports) <> 0 and o.id <> v.id
        union all
        select v.id, '{Conflicted.Stored()}', o.id
        from changed v join {Servers} o on o.vip = v.vip
        where v.port <= 0 and v.enabled and o.enabled and o.placement = v.placement and (v.transports & o.transports) <> 0 and o.id <> v.id
        union all
        select v.id, '{NameDiffersOnlyByCase.Stored()}', o.id
        from changed v join {Servers} o on o.folded_name = v.folded_name collate "C"
        where o.id <> v.id
        """;

    private static readonly string TenantOfPool =
        $"""
        select v.id as virtual_server, '{TenantMismatch.Stored()}' as type, p.id as other
        from changed v join {Directory} p on p.id = v.pool
        where p.tenant <> v.tenant
        """;

    private static readonly string FamilyOfNatPool =
        $"""
        select v.id as virtual_server, '{NatFamilyMismatch.Stored()}' as type, n.id as other
        from changed v join {Directory} n on n.id = v.source_nat_pool join {Directory} a on a.id = v.vip
        where family(n.network) <> family(a.network)
        """;

    // What two virtual servers have with each other is shown on both.
    private static readonly string OfServer = Refresh(
        "id = ?", $"(c.virtual_server = ? or c.other = ?) and c.type in ({Quoted(Conflicted, NameDiffersOnlyByCase, TenantMismatch, NatFamilyMismatch)})",
        $"""
        both_sides as ({AmongServers})
        , now as (
            select * from both_sides union select other, type, virtual_server from both_sides
            union all {TenantOfPool}
            union all {FamilyOfNatPool})
        """);

    private static readonly string OfPool = Refresh("pool = ?", $"c.other = ? and c.type = {Quoted(TenantMismatch)}", $"now as ({TenantOfPool})");

    private static readonly string OfVip = Refresh(
        "vip = ?", $"c.virtual_server in (select id from changed) and c.type = {Quoted(NatFamilyMismatch)}", $"now as ({FamilyOfNatPool})");

    private static readonly string OfPrefix = Refresh("source_nat_pool = ?", $"c.other = ? and c.type = {Quoted(NatFamilyMismatch)}", $"now as ({FamilyOfNatPool})");

    /// <summary>What must not change at the same time, when an object changes like this.</summary>
    public static IEnumerable<Lock> Locks<T>(View<T>? before, View<T> after) where T : class, IRegistered
    {
        switch (before, after)
        {
            case (View<VirtualServer> or null, View<VirtualServer> server):
                var (was, now) = (Listeners.Of(before as View<VirtualServer>), Listeners.Of(server));
                return was == now ? [] : [.. Of(was), .. Of(now)];
            case (View<LoadBalancerPool> old, View<LoadBalancerPool> pool) when old.Content.Tenant != pool.Content.Tenant:
            case (View<InventoryObject> known, View<InventoryObject> given) when known.Content != given.Content && InventoryObject.HasNamespace(given.Content.Kind):
                return [Lock.Alone(after.Id)];
            default:
                return [];
        }

        // Others at the same address or of the same name can make a condition with it; the objects it looks at must not change under it.
        static IEnumerable<Lock> Of(Listeners? row)
        {
            if (row is null) yield break;
            yield return Lock.Alone(row.Vip);
            yield return Lock.Alone(row.FoldedName);
            if (row.Pool is { } pool) yield return Lock.Shared(pool);
            if (row.SourceNatPool is { } prefix) yield return Lock.Shared(prefix);
        }
    }

    /// <summary>What changes when an object changes like this; after everything else of the transaction.</summary>
    public static void Queue<T>(IDocumentOperations operations, View<T>? before, View<T> after) where T : class, IRegistered
    {
        switch (before, after)
        {
            case (View<VirtualServer> or null, View<VirtualServer> server):
                Own(operations, server.Id, Of(before as View<VirtualServer>), Of(server));
                if (Listeners.Of(before as View<VirtualServer>) != Listeners.Of(server)) operations.QueueSqlCommand(OfServer, server.Id, server.Id, server.Id);
                break;
            case (View<LoadBalancerPool> old, View<LoadBalancerPool> pool) when old.Content.Tenant != pool.Content.Tenant:
                operations.QueueSqlCommand(OfPool, pool.Id, pool.Id);
                break;
            case (View<InventoryObject> known, View<InventoryObject> { Content.Kind: Kind.IpAddress } given) when known.Content.Name != given.Content.Name:
                operations.QueueSqlCommand(OfVip, given.Id);
                break;
            case (View<InventoryObject> known, View<InventoryObject> { Content.Kind: Kind.Prefix } given) when known.Content.Name != given.Content.Name:
                operations.QueueSqlCommand(OfPrefix, given.Id, given.Id);
                break;
        }
    }

    private static IReadOnlyCollection<ConditionType> Of(View<VirtualServer>? view) => view is { Living: true } ? [.. Conditions.Of(view.Content)] : [];

    // What it had while it lived went with its row.
    private static void Own(IDocumentOperations operations, Guid id, IReadOnlyCollection<ConditionType> before, IReadOnlyCollection<ConditionType> after)
    {
        string[] gone = [.. before.Except(after).Select(Stored)], come = [.. after.Except(before).Select(Stored)];
        if (gone.Length > 0) operations.QueueSqlCommand($"delete from {Table} where virtual_server = ? and type = any(?)", id, gone);
        if (come.Length > 0) operations.QueueSqlCommand($"insert into {Table} (virtual_server, type, other) select ?, type, ? from unnest(?::text[]) as type", id, Guid.Empty, come);
    }

    /// <summary>How a condition is spelled in the store, and its name in the contract without the prefix.</summary>
    public static string Stored(this ConditionType type) => Spelling.Upper(type);

    private static string Quoted(params IEnumerable<ConditionType> types) => string.Join(", ", types.Select(type => $"'{type.Stored()}'"));

    private static string Refresh(string changed, string stored, string now) =>
        $"""
        with changed as (select * from {Servers} where {changed}), {now},
        gone as (
            delete from {Table} c where {stored}
            and not exists (select 1 from now where now.virtual_server = c.virtual_server and now.type = c.type and now.other = c.other))
        insert into {Table} (virtual_server, type, other) select virtual_server, type, other from now on conflict do nothing
        """;
}
