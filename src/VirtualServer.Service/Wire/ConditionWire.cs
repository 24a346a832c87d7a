using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Wire;

/// <summary>Conditions to the contract. Enum values have the same numbers on both sides.</summary>
public static class ConditionWire
{
    private const int MaxChangesBytes = 1_000_000;

    /// <summary>A condition of a virtual server in the contract.</summary>
    public static V1.Condition ToWire(FoundCondition found, VirtualServer server) => new()
    {
        Type = (V1.ConditionType)found.Type,
        Reason = Conditions.Reason(found.Type, server),
        Message = Conditions.Sentence(found.Type, server, found.Concerned, found.Count),
        Objects = { found.Concerned.Select(RegistryObjects.ToWire) },
        ObjectCount = found.Count,
        Severity = (V1.ConditionSeverity)Conditions.SeverityOf(found.Type, server.Enabled),
    };

    /// <summary>The response, with the conditions that begin or end with the command.</summary>
    public static TResponse Showing<TResponse>(this TResponse response, ConditionEffect effect) where TResponse : V1.IConditionResponse
    {
        response.ConditionChanges.Add(effect.Changes.Select(change => new V1.ConditionChange
        {
            VirtualServer = RegistryObjects.ToReference(change.Server),
            Transition = change.Begins ? V1.ConditionTransition.Begins : V1.ConditionTransition.Ends,
            Condition = ToWire(change.Condition, change.Content),
        }).Within(MaxChangesBytes));
        response.ConditionChangeCount = effect.ChangeCount;
        return response;
    }

    /// <summary>The counts of live virtual servers.</summary>
    public static V1.SummarizeVirtualServersResponse ToWire(IReadOnlyList<Count> counts)
    {
        var wire = new V1.SummarizeVirtualServersResponse();
        foreach (var (group, value, number, name) in counts)
        {
            switch (group)
            {
                case "total": wire.TotalCount = number; break;
                case "enabled" when value == "true": wire.EnabledCount = number; break;
                case "has_conditions": wire.HasConditionsCount = number; break;
                case "condition": wire.Conditions.Add(new V1.ConditionCount { Type = Condition(value), Count = number }); break;
                case "severity": wire.Severities.Add(new V1.SeverityCount { Severity = Severity(value), Count = number }); break;
                case "load_balancer_type":
                    wire.LoadBalancerTypes.Add(new V1.LoadBalancerTypeCount { Type = Type(value), Count = number });
                    break;
                case "protocol": wire.Protocols.Add(new V1.ProtocolCount { Protocol = ProtocolOf(value), Count = number }); break;
                case "placement_kind":
                    wire.Placements.Add(new V1.PlacementCount { Kind = (V1.Kind)StoredKinds.ToKind(value), Count = number });
                    break;
                case "tenant": wire.Tenants.Add(new V1.TenantCount { Tenant = Tenant(value, name), Count = number }); break;
            }
        }

        return wire;
    }

    /// <summary>
    /// The object that a filter names, and its violations. An address or prefix without a namespace is that of the namespace "Global".
    /// </summary>
    /// <param name="field">The path of the filter's field.</param>
    public static ConcernedObject? Concerned(V1.ObjectReference? wire, string field, out IReadOnlyList<Violation> malformed)
    {
        malformed = [];
        if (wire is null) return null;
        var kind = wire.Kind == 0 ? (Kind?)null : (Kind)wire.Kind;
        Target target = wire switch
        {
            _ when kind is { } given && !Enum.IsDefined(given) => Violation.Undefined<Kind>($"{field}.kind", (int)given),
            { Id.Length: > 0 } => Requests.Id(wire.Id, kind?.Words ?? "object", $"{field}.id"),
            _ when kind is null => new Violation(
                Reason.FieldRequired, $"{field}.kind", $"{field}.kind is required with a name: give the kind of the object, or its id"),
            _ when Requests.Unreadable($"{field}.name", wire.Name) is { } unreadable => unreadable,
            _ => Named(new(field, kind.Value, new(null, wire.Name, wire.Namespace))),
        };
        malformed = target.Violations;
        return target.Address is { } address ? new(field, address, kind) : null;
    }

    private static Target Named(FieldReference reference) => reference.Unreadable.ToList() is { Count: > 0 } unreadable
        ? new Target(null, unreadable)
        : new Address.ByName(reference.Kind, reference.Name!, reference.Scope);

    private static V1.ConditionSeverity Severity(string stored) => (V1.ConditionSeverity)Spelling.Read<ConditionSeverity>(stored);

    private static V1.ConditionType Condition(string stored) => (V1.ConditionType)Spelling.Read<ConditionType>(stored);

    private static V1.LoadBalancerType Type(string stored) => (V1.LoadBalancerType)Enum.Parse<LoadBalancerType>(stored);

    private static V1.Protocol ProtocolOf(string stored) => stored.Length == 0 ? 0 : (V1.Protocol)Enum.Parse<Protocol>(stored);

    private static V1.Reference? Tenant(string id, string? name) => id.Length == 0 ? null : new() { Id = id, Name = name ?? "" };
}
