using Marten;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>Keeps directory and uses in step with a view, in its transaction: what differs between before and after, and no more.</summary>
internal static class Entries
{
    private const string Directory = $"{EventStore.Schema}.directory";
    private const string Uses = $"{EventStore.Schema}.uses";

    public static void Queue<T>(IDocumentOperations operations, View<T>? before, View<T> after) where T : class, IRegistered
    {
        var entry = Entry.Of(after);
        if (before is null)
        {
            operations.QueueSqlCommand(
                $"insert into {Directory} (id, kind, scope, name, living, network, expires, tenant, members) values (?, ?, ?, ?, ?, ?::inet, ?::timestamptz, ?::uuid, ?::integer)",
                after.Id, after.Content.Kind.Stored(), entry.Scope, entry.Name, entry.Living, entry.Network!, entry.Expires!, entry.Tenant!, entry.Members!);
            Add(operations, after.Id, after.Content.Uses);
            return;
        }

        if (Entry.Of(before) != entry)
        {
            operations.QueueSqlCommand(
                $"update {Directory} set scope = ?, name = ?, living = ?, network = ?::inet, expires = ?::timestamptz, tenant = ?::uuid, members = ?::integer where id = ?",
                entry.Scope, entry.Name, entry.Living, entry.Network!, entry.Expires!, entry.Tenant!, entry.Members!, after.Id);
        }

        var (was, now) = (before.Content.Uses.ToHashSet(), after.Content.Uses.ToHashSet());
        if (before.Living && after.Living)
        {
            Remove(operations, after.Id, was.Except(now));
            Add(operations, after.Id, now.Except(was));
        }
        else if (before.Living)
        {
            operations.QueueSqlCommand($"update {Uses} set living = null where source = ?", after.Id);
        }
        else
        {
            operations.QueueSqlCommand($"update {Uses} set living = true where source = ?", after.Id);
        }
    }

    private static void Add(IDocumentOperations operations, Guid source, IEnumerable<Use> uses)
    {
        var added = uses.ToList();
        if (added.Count == 0) return;
        operations.QueueSqlCommand(
            $"insert into {Uses} (source, field, part, target, living) select ?, field, part, target, true from unnest(?::text[], ?::uuid[], ?::uuid[]) as added (field, part, target)",
            source, added.Select(use => use.Field).ToArray(), added.Select(use => use.Part).ToArray(), added.Select(use => use.Target).ToArray());
    }

    private static void Remove(IDocumentOperations operations, Guid source, IEnumerable<Use> uses)
    {
        var removed = uses.ToList();
        if (removed.Count == 0) return;
        operations.QueueSqlCommand(
            $"""
            delete from {Uses} u using unnest(?::text[], ?::uuid[], ?::uuid[]) as removed (field, part, target)
            where u.source = ? and u.field = removed.field and u.part = removed.part and u.target = removed.target
            """,
            removed.Select(use => use.Field).ToArray(), removed.Select(use => use.Part).ToArray(), removed.Select(use => use.Target).ToArray(), source);
    }

    /// <summary>The row of an object in the directory.</summary>
    private sealed record Entry(string Scope, string Name, bool Living)
    {
        public string? Network { get; private init; }

        public DateTimeOffset? Expires { get; private init; }

        public Guid? Tenant { get; private init; }

        public int? Members { get; private init; }

        public static Entry Of<T>(View<T> view) where T : class, IRegistered
        {
            var entry = new Entry(view.Content.Scope, view.Content.Name, view.Living);
            return view.Content switch
            {
                InventoryObject known when InventoryObject.HasNamespace(known.Kind) => entry with { Network = known.Name },
                CertificateProfile profile => entry with { Expires = profile.ExpirationDate },
                LoadBalancerPool pool => entry with { Tenant = pool.Tenant, Members = pool.Members.Count },
                _ => entry,
            };
        }
    }
}
