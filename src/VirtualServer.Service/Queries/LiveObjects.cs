using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>Reads the live objects in the order of their ids, within a transaction of the caller.</summary>
public static class LiveObjects
{
    /// <summary>The next objects that a caller may read, and the names of the objects that they refer to.</summary>
    /// <param name="kinds">The only kinds asked for; null for all.</param>
    /// <param name="ids">The only ids asked for; null for all.</param>
    /// <param name="after">The id after which objects are read.</param>
    public static async Task<(IReadOnlyList<IView> Views, Names Names)> Page(
        NpgsqlConnection connection, IReadOnlySet<Kind>? kinds, IReadOnlyList<Guid>? ids, Guid after, int limit, Tenants readable,
        CancellationToken cancellation)
    {
        Sql ofKinds = kinds is null ? Sql.Empty : $" and d.kind = any({kinds.Select(kind => kind.Stored()).ToArray()})";
        Sql ofIds = ids is null ? Sql.Empty : $" and d.id = any({ids.ToArray()})";
        var found = await Read(
            connection,
            Sql.Of(
                $"""
                select d.id, d.kind from {DirectoryTable.Name} d
                where d.living and d.id > {after}{ofKinds}{ofIds} order by d.id limit {limit}
                """).Within(readable),
            row => (Id: row.GetGuid(0), Kind: StoredKinds.ToKind(row.GetString(1))), cancellation);
        var views = new List<IView>(found.Count);
        foreach (var same in found.GroupBy(one => Aggregates.Of(one.Kind), one => one.Id))
        {
            views.AddRange(await Read(
                connection, $"select v.data from {ReadModels.ViewTableOf(same.Key.Content)} v where v.id = any({same.ToArray()})",
                row => same.Key.Read(row.GetString(0)), cancellation));
        }

        var targets = views.SelectMany(view => view.Content.Uses.Select(use => use.Target)).Distinct().ToArray();
        var names = await Read(connection, ObjectSql.Names(targets), row => Row.Named(row, 0, readable), cancellation);
        var byId = views.ToDictionary(view => view.Id);
        return ([.. found.Select(one => byId[one.Id])], new(names));
    }

    private static async Task<List<T>> Read<T>(
        NpgsqlConnection connection, Sql statement, Func<System.Data.Common.DbDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = statement.Command(connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await Row.ReadAll(rows, read, cancellation);
    }
}
