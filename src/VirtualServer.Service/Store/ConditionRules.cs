using Marten;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
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
        from changed v join {Servers} o on o.vip = v.vip and o.port = any(array[v.port, 0, {ListenerRow.NoPort}])
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
        "id = any(?)", $"(c.virtual_server = any(?) or c.other = any(?)) and c.type in ({Quoted(Conflicted, NameDiffersOnlyByCase, TenantMismatch, NatFamilyMismatch)})",
        $"""
        both_sides as ({AmongServers})
        , now as (
            select * from both_sides union select other, type, virtual_server from both_sides
            union all {TenantOfPool}
            union all {FamilyOfNatPool})
        """);

    private static readonly string OfPool = Refresh("pool = any(?)", $"c.other = any(?) and c.type = {Quoted(TenantMismatch)}", $"now as ({TenantOfPool})");

    private static readonly string OfVip = Refresh(
        "vip = any(?)", $"c.virtual_server in (select id from changed) and c.type = {Quoted(NatFamilyMismatch)}", $"now as ({FamilyOfNatPool})");

    private static readonly string OfPrefix = Refresh("source_nat_pool = any(?)", $"c.other = any(?) and c.type = {Quoted(NatFamilyMismatch)}", $"now as ({FamilyOfNatPool})");

    /// <summary>What must not change at the same time as this.</summary>
    public static IEnumerable<AdvisoryLock> Locks(Step step)
    {
        if (step.ChangesListener) return [.. Of(step.Before?.Listener), .. Of(step.After.Listener)];
        if (ChangesTenant(step)) return [AdvisoryLock.Alone(step.After.Id)];
        // The other side may be changing its family, too, and neither would see that.
        return ChangesFamily(step) ? [AdvisoryLock.Alone(step.After.Id), AdvisoryLock.Alone("IP families")] : [];

        // Others at the same address or of the same name can make a condition with it; the objects it looks at must not change under it.
        static IEnumerable<AdvisoryLock> Of(ListenerRow? row)
        {
            if (row is null) yield break;
            yield return AdvisoryLock.Alone(row.Vip);
            yield return AdvisoryLock.Alone(row.FoldedName);
            if (row.Pool is { } pool) yield return AdvisoryLock.Shared(pool);
            if (row.SourceNatPool is { } prefix) yield return AdvisoryLock.Shared(prefix);
        }
    }

    /// <summary>What these steps change; after everything else of the transaction.</summary>
    public static void Queue(IDocumentOperations operations, IReadOnlyList<Step> steps)
    {
        Own(operations, steps);
        Refreshed(operations, OfServer, 3, steps.Where(step => step.ChangesListener));
        Refreshed(operations, OfPool, 2, steps.Where(ChangesTenant));
        Refreshed(operations, OfVip, 1, steps.Where(step => ChangesFamily(step) && step.After.Kind is Kind.IpAddress));
        Refreshed(operations, OfPrefix, 2, steps.Where(step => ChangesFamily(step) && step.After.Kind is Kind.Prefix));
    }

    private static bool ChangesTenant(Step step) => step.Before is { } before && before.Entry.Tenant != step.After.Entry.Tenant;

    // Rare: the owner of an address or prefix has to give the same id to one of the other family.
    private static bool ChangesFamily(Step step) => step.Before is { Entry.Network: { } was } && step.After.Entry.Network is { } now && was.Contains(':') != now.Contains(':');

    // What a virtual server had while it lived went with its row.
    private static void Own(IDocumentOperations operations, IReadOnlyList<Step> steps)
    {
        var gone = steps.Where(step => step.After.Listener is not null && step.Before is not null)
            .SelectMany(step => step.Before!.Conditions.Except(step.After.Conditions).Select(type => (step.After.Id, Type: type.Stored()))).ToList();
        if (gone.Count > 0)
        {
            operations.QueueSqlCommand(
                $"delete from {Table} c using unnest(?::uuid[], ?::text[]) as gone (id, type) where c.virtual_server = gone.id and c.type = gone.type",
                gone.Select(one => one.Id).ToArray(), gone.Select(one => one.Type).ToArray());
        }

        var come = steps.SelectMany(step => step.After.Conditions.Except(step.Before?.Conditions ?? new HashSet<ConditionType>()).Select(type => (step.After.Id, Type: type.Stored()))).ToList();
        if (come.Count > 0)
        {
            operations.QueueSqlCommand(
                $"insert into {Table} (virtual_server, type, other) select id, type, '{Guid.Empty}' from unnest(?::uuid[], ?::text[]) as come (id, type)",
                come.Select(one => one.Id).ToArray(), come.Select(one => one.Type).ToArray());
        }
    }

    // Each statement names the objects as often as it has parameters.
    private static void Refreshed(IDocumentOperations operations, string sql, int parameters, IEnumerable<Step> steps)
    {
        var ids = steps.Select(step => step.After.Id).ToArray();
        if (ids.Length > 0) operations.QueueSqlCommand(sql, [.. Enumerable.Repeat<object>(ids, parameters)]);
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
