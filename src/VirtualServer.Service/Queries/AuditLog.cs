using System.Data.Common;
using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A query of the audit log.</summary>
/// <param name="Identity">What the request asks for, apart from the page: equal for equal lists. A page token is bound to it.</param>
/// <param name="WithChanges">Whether each change has the object before and after it, which reads its events.</param>
public sealed record AuditQuery(int PageSize, string PageToken, string Identity, bool WithChanges)
{
    /// <summary>Filters that compare columns. A change must satisfy all of them.</summary>
    public IReadOnlyList<Filter> Filters { get; init; } = [];

    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}

/// <summary>The changes of all objects, the newest first, from the versions that they led to.</summary>
public sealed class AuditLog(PlannedReads reads, History history, PageTokens tokens)
{
    // A page costs no more than to examine so many changes, however few of them match.
    private const int MaxExamined = 20_000;

    // The columns of the statement behind those of the change: whether it matches, and whether it is the last examined of its stream.
    private const int Matches = 13;
    private const int IsLast = 14;

    // As the indexes hold them.
    private static readonly Sql NewestFirst = Sql.Text("v.valid_from desc, v.id desc, v.version desc");

    /// <summary>A page of changes. It can end before it is full, even empty, when it has examined enough of them.</summary>
    /// <param name="message">The message of a change, whose size counts.</param>
    public async Task<Page<TMessage>> Page<TMessage>(
        AuditQuery query, Tenants readable, Func<PastChange, TMessage> message, CancellationToken cancellation)
        where TMessage : IMessage
    {
        List<Violation> violations = [.. query.Malformed];
        var size = PageSize.Read(query.PageSize, violations);
        var behind = await tokens.Read<Place>(
            query.PageToken, readable, place => place.AuditOf == query.Identity, violations, cancellation);
        if (violations.Count > 0) throw new Refused(violations);

        var (found, end) = await Find(query, readable, behind, size + 1, cancellation);
        IReadOnlyList<PastChange> changes = [.. found.Take(size)];
        if (query.WithChanges) changes = await history.WithDifferences(changes, readable, cancellation);
        var content = new PageContent<TMessage>(size);
        foreach (var change in changes)
        {
            if (!content.TryAdd(message(change))) break;
        }

        // The next page begins behind the last change of this one, or else behind the last that was examined.
        var last = content.Messages.Count < found.Count ? found[content.Messages.Count - 1] : end;
        return new(
            content.Messages,
            last is null ? "" : await tokens.Write(
                new Place(query.Identity, last.Time, last.Object.Id, last.Version), readable, cancellation));
    }

    // The next changes that match, and the last one examined if there may be more behind it.
    private async Task<(List<PastChange> Found, PastChange? End)> Find(
        AuditQuery query, Tenants readable, Place? behind, int limit, CancellationToken cancellation)
    {
        await using var command = Statement(query.Filters, readable, behind, limit).Within(readable).Command(reads.Source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<PastChange>();
        while (await rows.ReadAsync(cancellation))
        {
            var change = Read(rows);
            if (rows.GetBoolean(Matches)) found.Add(change);
            // What is behind it in the other streams is older than changes that this one did not examine.
            if (rows.GetBoolean(IsLast)) return (found, change);
        }

        return (found, null);
    }

    // Every index of the audit log leads to the changes of one object, call or actor, or to all changes, in the order of time. A stream
    // per value is read up to a number of changes, and each change is examined for the other filters.
    private static Sql Statement(IReadOnlyList<Filter> filters, Tenants readable, Place? behind, int limit)
    {
        var by = StreamsOf(filters);
        var examined = filters.Where(filter => filter != by?.Filter && filter is not Filter.Between).Select(FilterSql.OfColumn).ToList();
        if (!readable.AreAll) examined.Add(FilterSql.OfTenants(readable));
        var most = examined.Count == 0 ? limit : Math.Max(limit, MaxExamined / (by?.Count ?? 1));
        var matches = examined.Count == 0 ? Sql.Text("true") : Sql.Join(" and ", examined);
        List<Sql> places = [.. filters.OfType<Filter.Between>().Select(FilterSql.OfColumn)];
        if (by is not null) places.Add($"{by.Column} = stream.value");
        if (behind is not null) places.Add($"(v.valid_from, v.id, v.version) < ({behind.Time}, {behind.Id}, {behind.Version})");
        Sql where = places.Count == 0 ? Sql.Empty : $"where {Sql.Join(" and ", places)}";
        Sql next =
            $"""
            select v.*, row_number() over (order by {NewestFirst}) as place
            from (
                select v.* from {ObjectVersionsTable.Name} v {where}
                order by {NewestFirst} limit {most}) v
            """;
        Sql each = by is null ? Sql.Empty : $"unnest({by.Values}) as stream (value) cross join lateral ";
        return
            $"""
            select e.seq_id, e.id, v.event_type, v.id, v.kind, v.scope, v.name, v.version, v.valid_from, v.actor,
                coalesce(e.headers ->> {Headers.Reason}, ''), v.correlation_id, coalesce(e.headers ->> {Headers.AuthenticatedAs}, ''),
                v.matches, v.place = {most}
            from (
                select v.*, {matches} as matches from {each}({next.Unrestricted}) v where {matches} or v.place = {most}
                order by {NewestFirst} limit {limit}) v
            join {StoredFact.Table} e on e.stream_id = v.id and e.version = v.version
            order by {NewestFirst}
            """;
    }

    // The filter whose index leads to the fewest changes.
    private static Streams? StreamsOf(IReadOnlyList<Filter> filters) =>
        filters.OfType<Filter.Ids>()
            .Select(ids => new Streams(ids, Sql.Text("v.id"), $"{ids.Values}::uuid[]", ids.Values.Length)).FirstOrDefault()
        ?? (from column in new[] { FilterColumn.CorrelationId, FilterColumn.Actor }
            from one in filters.OfType<Filter.OneOf>()
            where one.Column == column
            select new Streams(one, column.Sql, $"{one.Values}::text[]", one.Values.Length)).FirstOrDefault();

    // In the order of the columns of the statement.
    private static PastChange Read(DbDataReader rows) => new(
        rows.GetInt64(0), rows.GetGuid(1), rows.GetString(2), Row.Named(rows, 3), rows.GetInt32(7),
        rows.GetFieldValue<DateTimeOffset>(8), rows.GetString(9), rows.GetString(10), rows.GetString(11), rows.GetString(12));

    /// <summary>The changes of each value of a column, by index.</summary>
    private sealed record Streams(Filter Filter, Sql Column, Sql Values, int Count);

    private sealed record Place(string AuditOf, DateTimeOffset Time, Guid Id, int Version);
}
