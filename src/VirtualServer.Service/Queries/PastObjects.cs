using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>Reads objects as of a past time: their versions of then, with the names and conditions of then.</summary>
public sealed class PastObjects(NpgsqlDataSource source, ExpirationWarning warning)
{
    private static readonly Sql Versions = ObjectVersionsTable.Name;

    /// <summary>The objects of each address that were live at the time. A name is that of then.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<Loaded<T>>>> Read<T>(
        IReadOnlyList<Address> addresses, IReadOnlyList<Kind> kinds, DateTimeOffset time, ReadParts parts, Tenants readable,
        CancellationToken cancellation)
        where T : class, IRegistered
    {
        var (at, found) = (Moment.Of(time), addresses.Select(_ => new List<Loaded<T>>()).ToList());
        await using var command = Statement<T>(addresses, kinds, at, parts, warning.WindowAt(time)).Within(readable).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
            found[(int)rows.GetInt64(rows.FieldCount - 1) - 1].Add(Loaded<T>.ReadAt(rows, at, readable));
        return found;
    }

    /// <summary>The conditions of a version at a time at which it was current.</summary>
    public async Task<IReadOnlyList<FoundCondition>> Conditions(
        IView version, DateTimeOffset time, Tenants readable, CancellationToken cancellation)
    {
        if (version is not { IsLive: true, Content: VirtualServer }) return [];
        var conditions = ConditionSql.AsOf<VirtualServer>(Moment.Of(time), warning.WindowAt(time));
        await using var command = Sql.Of($"select {conditions} from (select {version.Id}::uuid as id) d").Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        await rows.ReadAsync(cancellation);
        return FoundCondition.AsOf(version, FoundCondition.Read(Row.Json(rows, 0)!, readable));
    }

    /// <summary>The violation of an address that no object had at the time: what is known of its object.</summary>
    public async Task<Violation> NotFound(
        Address address, IReadOnlyList<Kind> kinds, DateTimeOffset time, Tenants readable, CancellationToken cancellation)
    {
        if (address is not Address.ById(var id, _))
        {
            return new(
                Reason.NotFound, "", $"{address} did not exist at {time.InUtc}: give the name that the object had then, or its id");
        }

        // The last version up to the time, or else the first.
        Sql known =
            $"""
            select v.id, v.kind, v.scope, v.name, v.valid_from from {Versions} v
            where v.id = {id} and v.kind = any({kinds.Select(kind => kind.Stored()).ToArray()})
            order by v.valid_from <= {time} desc, case when v.valid_from <= {time} then v.version else -v.version end desc limit 1
            """;
        await using var command = known.Within(readable).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) return new Facts { Subject = $"{address}" }.NotFound;
        var (named, from) = (Row.Named(rows), rows.GetFieldValue<DateTimeOffset>(4));
        // To a caller with limits, an object of another tenant did not exist, which is neither.
        var because = readable.AreAll ? $": it was {(from <= time ? "deleted" : "created later,")} at {from.InUtc}" : "";
        return new(Reason.NotFound, "", $"{named} did not exist at {time.InUtc}{because}");
    }

    /// <summary>The violation of a name that several objects had, in different namespaces.</summary>
    internal static Violation Ambiguous(Address address) =>
        new(Reason.ReferenceAmbiguous, "name", $"{address} matches several objects: give the namespace or the id");

    private static Sql Statement<T>(
        IReadOnlyList<Address> addresses, IReadOnlyList<Kind> kinds, Moment at, ReadParts parts, ExpirationWindow window)
    {
        var names = addresses.Select(address => address as Address.ByName).ToList();
        Sql holds = $"v.kind = any({kinds.Select(kind => kind.Stored()).ToArray()}) and v.live and {at.Holds("v")}";
        return
            $"""
            with page as materialized (
                select a.n, v.* from unnest(
                    {addresses.Select(address => (address as Address.ById)?.Id).ToArray()}::uuid[],
                    {names.Select(name => name?.Kind.Stored()).ToArray()}::text[], {names.Select(name => name?.Name).ToArray()}::text[],
                    {names.Select(name => name?.Scope).ToArray()}::text[]) with ordinality a (id, kind, name, scope, n)
                cross join lateral (
                    select * from {Versions} v where v.id = a.id and {holds}
                    union all
                    select * from {Versions} v where v.kind = a.kind and v.name = a.name collate "C"
                        and (a.scope is null or v.scope = a.scope) and {holds}) v)
            {PageSql.Content<T>(at, parts, window)}, d.n
            from page d {PageSql.Joins<T>(at, parts, window)}
            """;
    }
}
