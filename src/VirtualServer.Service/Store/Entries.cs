using Marten;
using VirtualServers.Domain;

namespace VirtualServers.Service.Store;

/// <summary>
/// Keeps directory, uses and the table of living virtual servers in step with the views of a transaction: what differs between before and
/// after, and no more, with one statement for each table and kind of change, however many objects there are.
/// </summary>
internal static class Entries
{
    private const string Directory = $"{EventStore.Schema}.directory";
    private const string Uses = $"{EventStore.Schema}.uses";
    private const string Servers = $"{EventStore.Schema}.virtual_servers";

    public static void Queue(IDocumentOperations operations, IReadOnlyList<Step> steps)
    {
        Register(operations, [.. steps.Where(step => step.Before is null).Select(step => step.After)]);
        Change(operations, [.. steps.Where(step => step.Before is { } before && before.Entry != step.After.Entry).Select(step => step.After)]);
        Use(operations, steps);
        Listen(operations, [.. steps.Where(step => step.ChangesListener)]);
    }

    private static void Register(IDocumentOperations operations, IReadOnlyList<Footprint> added)
    {
        if (added.Count == 0) return;
        operations.QueueSqlCommand(
            $"""
            insert into {Directory} (id, kind, scope, name, living, network, expires, tenant, members)
            select id, kind, scope, name, true, network::inet, expires, tenant, members
            from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::uuid[], ?::integer[]) as added (id, kind, scope, name, network, expires, tenant, members)
            """,
            Ids(added), added.Select(one => one.Kind.Stored()).ToArray(), Scopes(added), Names(added), Networks(added), Expires(added), Tenants(added), Members(added));
    }

    private static void Change(IDocumentOperations operations, IReadOnlyList<Footprint> changed)
    {
        if (changed.Count == 0) return;
        operations.QueueSqlCommand(
            $"""
            update {Directory} d set scope = n.scope, name = n.name, living = n.living, network = n.network::inet, expires = n.expires, tenant = n.tenant, members = n.members
            from unnest(?::uuid[], ?::text[], ?::text[], ?::boolean[], ?::text[], ?::timestamptz[], ?::uuid[], ?::integer[]) as n (id, scope, name, living, network, expires, tenant, members)
            where d.id = n.id
            """,
            Ids(changed), Scopes(changed), Names(changed), changed.Select(one => one.Entry.Live).ToArray(), Networks(changed), Expires(changed), Tenants(changed), Members(changed));
    }

    // References that a deleted object made are kept, without force; they are in force again when it comes back.
    private static void Use(IDocumentOperations operations, IReadOnlyList<Step> steps)
    {
        var known = steps.Where(step => step.Before is not null).ToList();
        Live(operations, "null", [.. known.Where(step => step.Before!.Entry.Live && !step.After.Entry.Live).Select(step => step.After.Id)]);
        Live(operations, "true", [.. known.Where(step => !step.Before!.Entry.Live && step.After.Entry.Live).Select(step => step.After.Id)]);

        var kept = known.Where(step => step.Before!.Entry.Live && step.After.Entry.Live).ToList();
        var removed = kept.SelectMany(step => step.Before!.Uses.Except(step.After.Uses).Select(use => (Source: step.After.Id, Use: use))).ToList();
        if (removed.Count > 0)
        {
            operations.QueueSqlCommand(
                $"""
                delete from {Uses} u using unnest(?::uuid[], ?::text[], ?::uuid[], ?::uuid[]) as removed (source, field, part, target)
                where u.source = removed.source and u.field = removed.field and u.part = removed.part and u.target = removed.target
                """,
                Columns(removed));
        }

        var added = steps.Where(step => step.Before is null).SelectMany(step => step.After.Uses.Select(use => (Source: step.After.Id, Use: use)))
            .Concat(kept.SelectMany(step => step.After.Uses.Except(step.Before!.Uses).Select(use => (Source: step.After.Id, Use: use)))).ToList();
        if (added.Count > 0)
        {
            operations.QueueSqlCommand(
                $"insert into {Uses} (source, field, part, target, living) select source, field, part, target, true from unnest(?::uuid[], ?::text[], ?::uuid[], ?::uuid[]) as added (source, field, part, target)",
                Columns(added));
        }
    }

    private static void Live(IDocumentOperations operations, string living, IReadOnlyList<Guid> sources)
    {
        if (sources.Count > 0) operations.QueueSqlCommand($"update {Uses} set living = {living} where source = any(?)", sources.ToArray());
    }

    private static void Listen(IDocumentOperations operations, IReadOnlyList<Step> steps)
    {
        var gone = steps.Where(step => step.After.Listener is null).Select(step => step.After.Id).ToArray();
        if (gone.Length > 0) operations.QueueSqlCommand($"delete from {Servers} where id = any(?)", gone);

        var rows = steps.Where(step => step.After.Listener is not null).Select(step => (step.After.Id, Row: step.After.Listener!)).ToList();
        if (rows.Count == 0) return;
        operations.QueueSqlCommand(
            $"""
            insert into {Servers} (id, vip, port, protocol, transports, placement_kind, placement, load_balancer_type, enabled, folded_name, tenant, pool, source_nat_pool)
            select * from unnest(?::uuid[], ?::uuid[], ?::integer[], ?::text[], ?::integer[], ?::text[], ?::uuid[], ?::text[], ?::boolean[], ?::text[], ?::uuid[], ?::uuid[], ?::uuid[])
            on conflict (id) do update set vip = excluded.vip, port = excluded.port, protocol = excluded.protocol, transports = excluded.transports,
                placement_kind = excluded.placement_kind, placement = excluded.placement, load_balancer_type = excluded.load_balancer_type, enabled = excluded.enabled,
                folded_name = excluded.folded_name, tenant = excluded.tenant, pool = excluded.pool, source_nat_pool = excluded.source_nat_pool
            """,
            rows.Select(one => one.Id).ToArray(), rows.Select(one => one.Row.Vip).ToArray(), rows.Select(one => one.Row.Port).ToArray(), rows.Select(one => one.Row.Protocol).ToArray(),
            rows.Select(one => (int)one.Row.Transports).ToArray(), rows.Select(one => one.Row.PlacementKind).ToArray(), rows.Select(one => one.Row.Placement).ToArray(),
            rows.Select(one => one.Row.LoadBalancerType).ToArray(), rows.Select(one => one.Row.Enabled).ToArray(), rows.Select(one => one.Row.FoldedName).ToArray(),
            rows.Select(one => one.Row.Tenant).ToArray(), rows.Select(one => one.Row.Pool).ToArray(), rows.Select(one => one.Row.SourceNatPool).ToArray());
    }

    private static object[] Columns(IReadOnlyList<(Guid Source, Use Use)> uses) =>
    [
        uses.Select(one => one.Source).ToArray(), uses.Select(one => one.Use.Field).ToArray(), uses.Select(one => one.Use.Part).ToArray(), uses.Select(one => one.Use.Target).ToArray(),
    ];

    private static Guid[] Ids(IEnumerable<Footprint> footprints) => [.. footprints.Select(one => one.Id)];

    private static string[] Scopes(IEnumerable<Footprint> footprints) => [.. footprints.Select(one => one.Entry.Scope)];

    private static string[] Names(IEnumerable<Footprint> footprints) => [.. footprints.Select(one => one.Entry.Name)];

    private static string?[] Networks(IEnumerable<Footprint> footprints) => [.. footprints.Select(one => one.Entry.Network)];

    private static DateTimeOffset?[] Expires(IEnumerable<Footprint> footprints) => [.. footprints.Select(one => one.Entry.Expires)];

    private static Guid?[] Tenants(IEnumerable<Footprint> footprints) => [.. footprints.Select(one => one.Entry.Tenant)];

    private static int?[] Members(IEnumerable<Footprint> footprints) => [.. footprints.Select(one => one.Entry.Members)];
}
