using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Monitors;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;
using IEvent = JasperFx.Events.IEvent;

namespace VirtualServers.Service.Projections;

/// <summary>One version of an object, with everything that lists filter and sort by. References are in <see cref="UsesTable"/>.</summary>
public sealed record ObjectVersionRow(
    Guid Id, int Version, Kind Kind, string Scope, string Name, bool IsLive, DateTimeOffset ValidFrom, DateTimeOffset CreateTime)
{
    /// <summary>The stored name of the event that led to the version.</summary>
    public required string EventType { get; init; }

    /// <summary>The actor of that event, in NFC.</summary>
    public required string Actor { get; init; }

    /// <summary>The correlation id of that event.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>The reason of that event, as searches compare it; empty when the caller gave none.</summary>
    public required string Reason { get; init; }

    /// <summary>The address or prefix, of one.</summary>
    public string? Network { get; private init; }

    /// <summary>The load balancer type, load balancing algorithm, health check type or certificate type.</summary>
    public string? Type { get; private init; }

    public int? Port { get; private init; }

    public string? Protocol { get; private init; }

    public bool? Enabled { get; private init; }

    public bool? SslOffload { get; private init; }

    public string? SourceNatType { get; private init; }

    public string? PlacementKind { get; private init; }

    /// <summary>The expiration date, of a certificate profile.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <summary>The labels as a JSON object, of a virtual server or pool.</summary>
    public string? Labels { get; private init; }

    /// <summary>The statuses of the members of a pool, each once, as an array literal.</summary>
    public string? MemberStatuses { get; private init; }

    /// <summary>The text that searches look in.</summary>
    public string Search => SearchText.Of(Name, Port, LabelValues);

    private IReadOnlyList<string> LabelValues { get; init; } = [];

    /// <summary>The row of a view and the event that led to it.</summary>
    public static ObjectVersionRow Of(IView view, IEvent happened)
    {
        var content = view.Content;
        var row = new ObjectVersionRow(
            view.Id, (int)view.Version, content.Kind, content.Scope, content.Name, view.IsLive, view.UpdateTime, view.CreateTime)
        {
            EventType = StoredEvents.Of(happened.EventType).Name,
            Actor = Texts.Canonical(happened.UserName), // stored as it was sent by release 0.1.0
            CorrelationId = happened.CorrelationId ?? "",
            Reason = SearchText.Folded(happened.GetHeader(Headers.Reason)?.ToString() ?? ""),
        };
        return content switch
        {
            VirtualServer server => row with
            {
                Type = server.LoadBalancerType.ToString(),
                Port = server.Listener.Port,
                Protocol = server.Listener.Protocol?.ToString(),
                Enabled = server.Enabled,
                SslOffload = server.Tls.Offload,
                SourceNatType = server.SourceNat.Type?.ToString(),
                PlacementKind = server.Placement.Kind.Stored(),
                Labels = Json(server.Labels),
                LabelValues = [.. server.Labels.Values],
            },
            LoadBalancerPool pool => row with
            {
                Type = pool.Algorithm.ToString(),
                Labels = Json(pool.Labels),
                LabelValues = [.. pool.Labels.Values],
                MemberStatuses = $"{{{string.Join(',', pool.Members.Select(member => member.Status).Distinct().Order())}}}",
            },
            HealthCheckMonitor monitor => row with { Type = monitor.Type?.ToString(), Port = monitor.Port },
            CertificateProfile profile => row with { Type = profile.Type?.ToString(), Expires = profile.ExpirationDate },
            InventoryObject known when InventoryObject.HasNamespace(known.Kind) => row with { Network = known.Name },
            _ => row,
        };
    }

    private static string? Json(Labels labels) => labels.Count == 0 ? null : JsonSerializer.Serialize(labels, StoredJson.Options);
}

/// <summary>
/// Every version of every object, with the interval in which it was the current one. Lists filter and sort by it; the open intervals are
/// the live list, and the intervals that contain a past time are the list as of that time.
/// </summary>
public static class ObjectVersionsTable
{
    public static readonly Sql Name = Sql.Text($"{EventStore.Schema}.object_versions");

    /// <summary>The name of a row, as <see cref="SearchText.Folded"/> writes it: the first line of its text for searches.</summary>
    public static Sql FoldedName(string row) => Sql.Text($"""(split_part({row}.search, chr(10), 1) collate "C")""");

    private static readonly Columns<ObjectVersionRow> Columns = new(
        Columns<ObjectVersionRow>.Key("id", "uuid", row => row.Id),
        Columns<ObjectVersionRow>.Key("version", "integer", row => row.Version),
        Columns<ObjectVersionRow>.Of("kind", "text", row => row.Kind.Stored()),
        Columns<ObjectVersionRow>.Of("scope", "text", row => row.Scope),
        Columns<ObjectVersionRow>.Of("name", "text", row => row.Name),
        Columns<ObjectVersionRow>.Of("live", "boolean", row => row.IsLive),
        Columns<ObjectVersionRow>.Of("valid_from", "timestamptz", row => row.ValidFrom),
        Columns<ObjectVersionRow>.Of("create_time", "timestamptz", row => row.CreateTime),
        Columns<ObjectVersionRow>.Of("event_type", "text", row => row.EventType),
        Columns<ObjectVersionRow>.Of("actor", "text", row => row.Actor),
        Columns<ObjectVersionRow>.Of("correlation_id", "text", row => row.CorrelationId),
        Columns<ObjectVersionRow>.Of("reason", "text", row => row.Reason),
        Columns<ObjectVersionRow>.Of("network", "text", row => row.Network, cast: "::inet"),
        Columns<ObjectVersionRow>.Of("type", "text", row => row.Type),
        Columns<ObjectVersionRow>.Of("port", "integer", row => row.Port),
        Columns<ObjectVersionRow>.Of("protocol", "text", row => row.Protocol),
        Columns<ObjectVersionRow>.Of("enabled", "boolean", row => row.Enabled),
        Columns<ObjectVersionRow>.Of("ssl_offload", "boolean", row => row.SslOffload),
        Columns<ObjectVersionRow>.Of("source_nat_type", "text", row => row.SourceNatType),
        Columns<ObjectVersionRow>.Of("placement_kind", "text", row => row.PlacementKind),
        Columns<ObjectVersionRow>.Of("expires", "timestamptz", row => row.Expires),
        Columns<ObjectVersionRow>.Of("labels", "text", row => row.Labels, cast: "::jsonb"),
        Columns<ObjectVersionRow>.Of("member_statuses", "text", row => row.MemberStatuses, cast: "::text[]"),
        Columns<ObjectVersionRow>.Of("search", "text", row => row.Search));

    /// <summary>The columns of the table, with the end of the interval.</summary>
    internal static readonly Columns<StoredVersion> StoredColumns = new([
        .. Columns.Within<StoredVersion>(stored => stored.Row),
        Columns<StoredVersion>.Of("valid_until", "timestamptz", stored => stored.Until),
    ]);

    /// <summary>The statements that end the current version of each changed object and insert the new ones.</summary>
    public static IEnumerable<Sql> Write(IReadOnlyList<RowChange> changes)
    {
        // Of several versions in one transaction, each ends where the next begins.
        List<StoredVersion> rows =
        [
            .. changes.SelectMany(change => change.Versions.Select((row, i) =>
                new StoredVersion(row, i + 1 < change.Versions.Count ? change.Versions[i + 1].ValidFrom : DateTimeOffset.MaxValue))),
        ];
        return rows.Count == 0
            ? []
            :
            [
                .. End(changes),
                $"insert into {Name} ({StoredColumns.Names}) select {StoredColumns.Select} from {StoredColumns.From(rows)}",
            ];
    }

    /// <summary>The statement that ends the current version of each object that existed before.</summary>
    internal static IEnumerable<Sql> End(IReadOnlyList<RowChange> changes)
    {
        var known = changes.Where(change => change is { Before: not null, Versions.Count: > 0 })
            .Select(change => change.Versions[0]).ToList();
        if (known.Count == 0) yield break;
        yield return
            $"""
            update {Name} t set valid_until = r.valid_from
            from unnest(
                {known.Select(row => row.Id).ToArray()}::uuid[], {known.Select(row => row.Version).ToArray()}::integer[],
                {known.Select(row => row.ValidFrom).ToArray()}::timestamptz[]) as r (id, version, valid_from)
            where t.id = r.id and t.version = r.version - 1
            """;
    }

    /// <summary>A version with the end of its interval; <see cref="DateTimeOffset.MaxValue"/> is infinity.</summary>
    internal sealed record StoredVersion(ObjectVersionRow Row, DateTimeOffset Until);
}
