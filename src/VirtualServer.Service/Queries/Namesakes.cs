using System.Data.Common;
using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>The objects that have one name: live ones in several namespaces, or deleted ones.</summary>
public sealed class Namesakes(NpgsqlDataSource source)
{
    private const int MaxListed = 5;

    /// <summary>The refusal of a name that several objects have: their number, and the first of them.</summary>
    /// <param name="field">The field of the request that has the name.</param>
    internal async Task<Refused> Refusal(Address address, Named first, CancellationToken cancellation, string field = "name")
    {
        await using var command = Statement(address).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await Row.ReadAll(rows, Read, cancellation);
        // Live objects come first, and a live object takes precedence over deleted ones.
        var same = found.Where(one => one.IsLive == found[0].IsLive).ToList();
        var count = same.Count == 0 ? 0 : same[0].Count;
        var more = count > same.Count ? $", and {count - same.Count} more" : "";
        var remedy = same is [{ IsLive: false }, ..]
            ? "deleted objects: give the id, newest first"
            : "objects: give the namespace or the id";
        return new(new Violation(
            Reason.ReferenceAmbiguous, field, $"{address} matches {count} {remedy}: {string.Join(", ", same)}{more}", first));
    }

    private static Sql Statement(Address address) =>
        $"""
        select d.id, d.scope, d.living, e.timestamp, count(*) over (partition by d.living)
        from {DirectoryTable.Name} d left join lateral (
            select timestamp from {StoredFact.Table} where stream_id = d.id order by version desc limit 1
        ) e on not d.living
        where {AddressSql.Matches(address)}
        order by d.living desc, e.timestamp desc, d.scope collate "C", d.id limit {Sql.Text($"{MaxListed}")}
        """;

    private static Namesake Read(DbDataReader rows) => new(
        rows.GetGuid(0), rows.GetString(1), rows.GetBoolean(2), rows.IsDBNull(3) ? null : rows.GetFieldValue<DateTimeOffset>(3),
        rows.GetInt64(4));

    private sealed record Namesake(Guid Id, string Scope, bool IsLive, DateTimeOffset? DeleteTime, long Count)
    {
        public override string ToString() => DeleteTime is { } deleted ? $"{Id} (deleted {deleted:u})" : $"{Scope.InQuotes} ({Id})";
    }
}
