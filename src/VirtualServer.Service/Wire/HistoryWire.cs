using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using Kind = VirtualServers.Domain.Kind;
using PointCase = VirtualServers.V1.VersionSelector.PointOneofCase;
using Reference = VirtualServers.Domain.Reference;

namespace VirtualServers.Service.Wire;

/// <summary>History and audit log from and to the contract.</summary>
public static class HistoryWire
{
    private static int MaxKind => System.Enum.GetValues<Kind>().Length;

    private static string TypeNames => string.Join(", ", StoredEvents.All.Select(one => one.Name));

    /// <summary>The object of a request, live or deleted.</summary>
    public static Target Target(V1.HistoryTarget? wire)
    {
        var target = UsageWire.Target(wire?.Id ?? "", wire?.Name, onlyLive: false);
        return target with
        {
            Violations = [.. target.Violations.Select(one => one with { Field = $"target.{one.Field}" })],
        };
    }

    /// <summary>The point of a request, and the violation of a missing one.</summary>
    public static PointInHistory Point(V1.VersionSelector? wire, string field, out IReadOnlyList<Violation> malformed)
    {
        malformed = [];
        switch (wire?.PointCase)
        {
            case PointCase.Version:
                return new PointInHistory.AtVersion(wire.Version);
            case PointCase.Time:
                return new PointInHistory.AtTime(Masks.ToTime(wire.Time)!.Value);
            default:
                malformed = [new(Reason.FieldRequired, field, $"{field} is required: set version or time")];
                return new PointInHistory.Latest();
        }
    }

    /// <summary>The query of the audit log.</summary>
    public static AuditQuery ToQuery(V1.ListAuditEntriesRequest request)
    {
        var filter = request.Filter ?? new();
        List<Violation> malformed =
        [
            .. filter.Kinds.Where(kind => !System.Enum.IsDefined((Kind)kind)).Select(kind => new Violation(
                Reason.FieldInvalid, "filter.kinds",
                $"filter.kinds {kind:D} is not defined: use a value from 1 to {MaxKind}, as named in the contract")),
            .. filter.Types_.Where(type => StoredEvents.Of(type) is null).Select(type => new Violation(
                Reason.FieldInvalid, "filter.types",
                $"filter.types {type.InQuotes} is not a type of change: use one of {TypeNames}")),
            .. filter.ObjectIds.Where(id => Reference.ParseUuid(id) is null).Select(id => new Violation(
                Reason.FieldInvalid, "filter.object_ids",
                $"filter.object_ids {id.InQuotes} is not a UUID: write it like 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10")),
        ];
        return new(request.PageSize, request.PageToken)
        {
            Actors = filter.Actors,
            Start = Masks.ToTime(filter.StartTime),
            End = Masks.ToTime(filter.EndTime),
            Kinds = [.. filter.Kinds.Select(kind => (Kind)kind)],
            Types = filter.Types_,
            CorrelationId = filter.CorrelationId,
            ObjectIds = [.. filter.ObjectIds.Select(Reference.ParseUuid).OfType<Guid>()],
            ReasonContains = filter.ReasonContains,
            Malformed = malformed,
        };
    }

    /// <summary>A change in the contract.</summary>
    public static V1.ObjectVersion ToWire(PastChange change, bool withChanges = true)
    {
        var (fact, content) = (change.Fact, change.After.Content);
        var wire = new V1.ObjectVersion
        {
            Sequence = fact.Sequence,
            EventId = fact.EventId.ToString(),
            Type = fact.Event.Name,
            Kind = (V1.Kind)content.Kind,
            Id = fact.ObjectId.ToString(),
            Name = content.Name,
            Namespace = content.Scope,
            Version = (int)fact.Version,
            Time = fact.Time.ToTimestamp(),
            Actor = fact.Actor,
            Reason = fact.Reason,
            CorrelationId = fact.CorrelationId,
            AuthenticatedAs = fact.AuthenticatedAs,
        };
        if (withChanges) wire.Changes.Add(Differences(change.Before, change.Names, change.After, change.Names));
        return wire;
    }

    /// <summary>The outcome of a revert in the contract.</summary>
    public static V1.RevertObjectResponse ToWire(Reverted reverted)
    {
        var wire = RegistryObjects.ToWire(reverted.After, reverted.Names);
        ((V1.IRecord)RegistryObjects.Content(wire)).StampVersion(reverted.Stored);
        return new()
        {
            Object = wire,
            Changes = { Differences(reverted.Before, reverted.Names, reverted.After, reverted.Names) },
        };
    }

    /// <summary>A past state in the contract.</summary>
    public static V1.RegistryObject ToWire(PastView past) => RegistryObjects.ToWire(past.View, past.Names);

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
        if (field.HasPresence && !field.Accessor.HasValue(message)) return null;
        var alone = (IMessage)Activator.CreateInstance(message.Descriptor.ClrType)!;
        if (field.IsRepeated || field.IsMap)
        {
            var copy = (IMessage)message.Descriptor.Parser.ParseFrom(message.ToByteArray());
            foreach (var other in copy.Descriptor.Fields.InFieldNumberOrder().Where(other => other != field)) other.Accessor.Clear(copy);
            alone = copy;
        }
        else
        {
            field.Accessor.SetValue(alone, field.Accessor.GetValue(message));
        }

        return Struct.Parser.ParseJson(JsonFormatter.Default.Format(alone)).Fields.GetValueOrDefault(field.JsonName);
    }

    private static Value ToValue(IMessage message) => Value.ForStruct(Struct.Parser.ParseJson(JsonFormatter.Default.Format(message)));
}
