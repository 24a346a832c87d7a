using System.Security.Cryptography;
using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>
/// A query of the audit log. Filters combine with AND, the values of one filter with OR; empty filters match everything.
/// </summary>
public sealed record AuditQuery(int PageSize, string PageToken)
{
    public IReadOnlyList<string> Actors { get; init; } = [];

    /// <summary>Changes at or after this time.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Changes before this time.</summary>
    public DateTimeOffset? End { get; init; }

    public IReadOnlyList<Kind> Kinds { get; init; } = [];

    /// <summary>Stored names of events.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    public string CorrelationId { get; init; } = "";

    public IReadOnlyList<Guid> ObjectIds { get; init; } = [];

    /// <summary>A part of the reason, in any letter case.</summary>
    public string ReasonContains { get; init; } = "";

    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];

    /// <summary>The identity of the query, which a page token is bound to.</summary>
    internal string Identity => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        this with { PageSize = 0, PageToken = "", Malformed = [] })));
}

/// <summary>The changes of all objects, the newest first, from the versions that they led to.</summary>
public sealed class AuditLog(PlannedReads reads, History history, PageTokens tokens)
{
    /// <summary>A page of changes with the objects before and after them.</summary>
    public async Task<(IReadOnlyList<PastChange> Changes, string NextPageToken)> Page(AuditQuery query, CancellationToken cancellation)
    {
        List<Violation> violations = [.. query.Malformed];
        var size = PageSize.Read(query.PageSize, violations);
        var first = new Place(query.Identity, DateTimeOffset.MaxValue, Guid.Empty, 0);
        var behind = query.PageToken.Length == 0 ? first : await tokens.Read<Place>(query.PageToken, cancellation);
        if (behind is null || behind.Query != first.Query) violations.Add(PageSize.InvalidToken);
        if (behind is null || violations.Count > 0) throw new Refused(violations);

        await using var command = Statement(query, behind, size + 1).Command(reads.Source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await Row.ReadAll(
            rows, row => (Id: row.GetGuid(0), Version: row.GetInt32(1), Time: row.GetFieldValue<DateTimeOffset>(2)), cancellation);
        await rows.DisposeAsync();
        var next = "";
        if (found.Count > size)
        {
            found.RemoveAt(size);
            var last = found[^1];
            next = await tokens.Write(new Place(first.Query, last.Time, last.Id, last.Version), cancellation);
        }

        return (await history.Changes([.. found.Select(one => (one.Id, one.Version))], cancellation), next);
    }

    // In descending order of all three columns, as an index holds them.
    private static Sql Statement(AuditQuery query, Place behind, int limit)
    {
        List<Sql> conditions = [];
        if (behind.Version > 0) conditions.Add($"(v.valid_from, v.id, v.version) < ({behind.Time}, {behind.Id}, {behind.Version})");
        if (query.Start is { } start) conditions.Add($"v.valid_from >= {start}");
        if (query.End is { } end) conditions.Add($"v.valid_from < {end}");
        if (query.Actors.Count > 0) conditions.Add($"v.actor = any({query.Actors.ToArray()})");
        if (query.Kinds.Count > 0) conditions.Add($"v.kind = any({query.Kinds.Select(kind => kind.Stored()).ToArray()})");
        if (query.Types.Count > 0) conditions.Add($"v.event_type = any({query.Types.ToArray()})");
        if (query.CorrelationId.Length > 0) conditions.Add($"v.correlation_id = {query.CorrelationId}");
        if (query.ObjectIds.Count > 0) conditions.Add($"v.id = any({query.ObjectIds.ToArray()})");
        if (query.ReasonContains.Length > 0) conditions.Add($"strpos(lower(v.reason), lower({query.ReasonContains})) > 0");
        Sql where = conditions.Count == 0 ? Sql.Empty : $"where {Sql.Join(" and ", conditions)}";
        return
            $"""
            select v.id, v.version, v.valid_from from {ObjectVersionsTable.Name} v {where}
            order by v.valid_from desc, v.id desc, v.version desc limit {limit}
            """;
    }

    private sealed record Place(string Query, DateTimeOffset Time, Guid Id, int Version);
}
