using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using PointCase = VirtualServers.V1.VersionSelector.PointOneofCase;

namespace VirtualServers.Service.Wire;

/// <summary>History and audit log from and to the contract.</summary>
public static class HistoryWire
{
    /// <summary>The object of a request, live or deleted.</summary>
    public static Target Target(V1.HistoryTarget? wire)
    {
        var target = UsageWire.Target(wire?.Id ?? "", wire?.Name, onlyLive: false);
        return target with
        {
            Violations = [.. target.Violations.Select(one => one with { Field = $"target.{one.Field}" })],
        };
    }

    /// <summary>The query of one point.</summary>
    public static PastQuery ToQuery(V1.GetVersionRequest request) => ToQuery(request.Target, (request.At, "at"));

    /// <summary>The query of the point to go back to.</summary>
    public static PastQuery ToQuery(V1.RevertObjectRequest request) => ToQuery(request.Target, (request.To, "to"));

    /// <summary>The query of the two points to compare.</summary>
    public static PastQuery ToQuery(V1.DiffVersionsRequest request)
    {
        if (request.To is not null) return ToQuery(request.Target, (request.From, "from"), (request.To, "to"));
        var query = ToQuery(request.Target, (request.From, "from"));
        return query with { Points = [.. query.Points, new PointInHistory.Latest()] };
    }

    /// <summary>The query of the audit log.</summary>
    public static AuditQuery ToQuery(V1.ListAuditEntriesRequest request)
    {
        var asked = request.Filter ?? new();
        var filter = new FilterReader()
            .Texts("actors", asked.Actors, FilterColumn.Actor)
            .Period(("start_time", asked.StartTime), ("end_time", asked.EndTime), FilterColumn.UpdateTime)
            .Kinds("kinds", asked.Kinds)
            .ChangeTypes("types", asked.Types_, StoredEvents.All)
            .Text("correlation_id", asked.CorrelationId, FilterColumn.CorrelationId)
            .Ids("object_ids", asked.ObjectIds)
            .ReasonContains("reason_contains", asked.ReasonContains);
        return new(request.PageSize, request.PageToken, Reads.Identity(request), request.WithChanges)
        {
            Filters = filter.Filters, Malformed = filter.Violations,
        };
    }

    private static PastQuery ToQuery(V1.HistoryTarget? wire, params (V1.VersionSelector? Wire, string Field)[] points)
    {
        var target = Target(wire);
        List<Violation> violations = [.. target.Violations];
        List<PointInHistory> read = [.. points.Select(point => Point(point.Wire, point.Field, violations)).OfType<PointInHistory>()];
        return new(target.Address, read, violations);
    }

    // Null with a violation.
    private static PointInHistory? Point(V1.VersionSelector? wire, string field, List<Violation> violations)
    {
        switch (wire?.PointCase)
        {
            case PointCase.Version:
                return new PointInHistory.AtVersion(wire.Version);
            case PointCase.Time:
                return Masks.ToTime(wire.Time, $"{field}.time", violations) is { } time
                    ? new PointInHistory.AtTime(time, $"{field}.time") : null;
            default:
                string[] fields = wire is null ? [field] : [$"{field}.version", $"{field}.time"];
                violations.AddRange(fields.Select(one =>
                    new Violation(Reason.FieldRequired, one, $"{field} is required: set {field}.version or {field}.time")));
                return null;
        }
    }

    /// <summary>A change in the contract.</summary>
    public static V1.ObjectVersion ToWire(PastChange change)
    {
        var wire = new V1.ObjectVersion
        {
            Sequence = change.Sequence,
            EventId = change.EventId.ToString(),
            Type = change.Type,
            Kind = (V1.Kind)change.Object.Kind,
            Id = change.Object.Id.ToString(),
            Name = change.Object.Name,
            Namespace = change.Object.Scope,
            Version = change.Version,
            Time = change.Time.ToTimestamp(),
            Actor = change.Actor,
            Reason = change.Reason,
            CorrelationId = change.CorrelationId,
            AuthenticatedAs = change.AuthenticatedAs,
        };
        if (change.Difference is var (before, after, names)) wire.Changes.Add(Differences(before, names, after, names));
        return wire;
    }

    /// <summary>The outcome of a revert in the contract.</summary>
    public static V1.RevertObjectResponse ToWire(Reverted reverted)
    {
        var wire = RegistryObjects.ToWire(reverted.After, reverted.Names);
        ((V1.IRecord)RegistryObjects.Content(wire)).StampVersion(reverted.Stored);
        if (reverted.After is View<VirtualServer> server)
            wire.VirtualServer.Conditions.Add(reverted.Conditions.After.Select(found => ConditionWire.ToWire(found, server.Content)));
        return new V1.RevertObjectResponse
        {
            Object = wire,
            Changes = { Differences(reverted.Before, reverted.Names, reverted.After, reverted.Names) },
        }.Showing(reverted.Conditions);
    }

    /// <summary>A past state in the contract.</summary>
    public static V1.RegistryObject ToWire(PastView past) => RegistryObjects.ToWire(past.View, past.Names, past.Conditions);

    /// <summary>The difference of two past states in the contract.</summary>
    public static V1.DiffVersionsResponse ToWire(PastView from, PastView to) => new()
    {
        FromVersion = (int)from.View.Version,
        ToVersion = (int)to.View.Version,
        Changes = { Differences(from.View, from.Names, to.View, to.Names) },
    };

    // The fields that differ between two states of an object, in the order of the contract.
    private static IEnumerable<V1.FieldChange> Differences(IView? was, Names namesThen, IView now, Names namesNow)
    {
        var before = was is null ? null : RegistryObjects.Content(RegistryObjects.ToWire(was, namesThen));
        var after = RegistryObjects.Content(RegistryObjects.ToWire(now, namesNow));
        return after.Descriptor.Fields.InDeclarationOrder()
            .Where(field => !RegistryObjects.Bookkeeping.Contains(field.Name))
            .SelectMany(field => IsListOfParts(field) ? PartDifferences(field, before, after) : FieldDifferences(field, before, after));
    }

    private static IEnumerable<V1.FieldChange> FieldDifferences(FieldDescriptor field, IMessage? before, IMessage after)
    {
        if (before is not null && RegistryObjects.AreEqual(field, before, after)) return [];
        var change = new V1.FieldChange
        {
            Field = field.Name, Before = before is null ? null : ValueOf(field, before), After = ValueOf(field, after),
        };
        return change.Before is null && change.After is null ? [] : [change];
    }

    // A part with an id, such as a pool member, is compared with the part of the same id.
    private static bool IsListOfParts(FieldDescriptor field) =>
        field is { IsRepeated: true, IsMap: false, FieldType: FieldType.Message } && field.Name == "members";

    private static IEnumerable<V1.FieldChange> PartDifferences(FieldDescriptor field, IMessage? before, IMessage after)
    {
        var (was, now) = (Parts(field, before), Parts(field, after));
        return was.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Where(id => !Equals(was.GetValueOrDefault(id), now.GetValueOrDefault(id)))
            .Select(id => new V1.FieldChange
            {
                Field = $"{field.Name}.{id}",
                Before = was.TryGetValue(id, out var old) ? ToValue(old) : null,
                After = now.TryGetValue(id, out var current) ? ToValue(current) : null,
            });
    }

    private static Dictionary<string, IMessage> Parts(FieldDescriptor field, IMessage? message) =>
        message is null ? []
        : ((IEnumerable<V1.PoolMember>)field.Accessor.GetValue(message)).ToDictionary(part => part.Id, part => (IMessage)part);

    // In canonical proto JSON; null for a field without a value.
    private static Value? ValueOf(FieldDescriptor field, IMessage message)
    {
        if (!Masks.IsPopulated(message, field)) return null;
        using var json = new StringWriter(CultureInfo.InvariantCulture);
        JsonFormatter.Default.WriteValue(json, field.Accessor.GetValue(message));
        return Value.Parser.ParseJson(json.ToString());
    }

    private static Value ToValue(IMessage message) => Value.ForStruct(Struct.Parser.ParseJson(JsonFormatter.Default.Format(message)));
}
