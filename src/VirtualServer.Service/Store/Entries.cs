using Marten;
using VirtualServers.Domain;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>Keeps directory and uses in step with a view, in its transaction: what differs between before and after, and no more.</summary>
internal static class Entries
{
    private const string Directory = $"{EventStore.Schema}.directory";
    private const string Uses = $"{EventStore.Schema}.uses";

    public static void Queue<T>(IDocumentOperations operations, View<T>? before, View<T> after) where T : class, IRegistered
    {
        var now = after.Content;
        if (before is null)
        {
            operations.QueueSqlCommand($"insert into {Directory} (id, kind, scope, name, living) values (?, ?, ?, ?, true)", after.Id, now.Kind.Stored(), now.Scope, now.Name);
            Add(operations, after.Id, now.Uses);
            return;
        }

        var was = before.Content;
        if (before.Living != after.Living || was.Name != now.Name || was.Scope != now.Scope)
            operations.QueueSqlCommand($"update {Directory} set scope = ?, name = ?, living = ? where id = ?", now.Scope, now.Name, after.Living, after.Id);

        if (before.Living && after.Living)
        {
            Remove(operations, after.Id, was.Uses.Except(now.Uses));
            Add(operations, after.Id, now.Uses.Except(was.Uses));
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
            $"insert into {Uses} (source, field, target, living) select ?, field, target, true from unnest(?::text[], ?::uuid[]) as added (field, target)",
            source, added.Select(use => use.Field).ToArray(), added.Select(use => use.Target).ToArray());
    }

    private static void Remove(IDocumentOperations operations, Guid source, IEnumerable<Use> uses)
    {
        var removed = uses.ToList();
        if (removed.Count == 0) return;
        operations.QueueSqlCommand(
            $"delete from {Uses} u using unnest(?::text[], ?::uuid[]) as removed (field, target) where u.source = ? and u.field = removed.field and u.target = removed.target",
            removed.Select(use => use.Field).ToArray(), removed.Select(use => use.Target).ToArray(), source);
    }
}
