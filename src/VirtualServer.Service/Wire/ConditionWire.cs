using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Wire;

/// <summary>Conditions to the contract, and from a filter. Enum values have the same numbers on both sides.</summary>
public static class ConditionWire
{
    /// <summary>A condition of a virtual server in the contract.</summary>
    public static V1.Condition ToWire(FoundCondition found, VirtualServer server) => new()
    {
        Type = (V1.ConditionType)found.Type,
        Reason = Conditions.Reason(found.Type, server),
        Message = Conditions.Sentence(found.Type, server, found.Concerned, found.Count),
        Objects = { found.Concerned.Select(RegistryObjects.ToWire) },
        ObjectCount = found.Count,
    };

    /// <summary>The response, with the conditions that begin or end with the command.</summary>
    public static TResponse Showing<TResponse>(this TResponse response, ConditionEffect effect) where TResponse : V1.IConditionResponse
    {
        response.ConditionChanges.Add(effect.Changes.Select(change => new V1.ConditionChange
        {
            VirtualServer = RegistryObjects.ToReference(change.Server),
            Transition = change.Begins ? V1.ConditionTransition.Begins : V1.ConditionTransition.Ends,
            Condition = ToWire(change.Condition, change.Content),
        }));
        response.ConditionChangeCount = effect.ChangeCount;
        return response;
    }

    /// <summary>The filter of a list, and its violations.</summary>
    public static ConditionFilter ToFilter(V1.VirtualServerFilter? wire, out IReadOnlyList<Violation> malformed)
    {
        var types = wire?.Conditions.Select(type => (ConditionType)type).Distinct().Order().ToList() ?? [];
        List<Violation> violations = [.. types.Where(type => !Enum.IsDefined(type)).Select(type =>
            new Violation(
                Reason.FieldInvalid, "filter.conditions",
                $"filter.conditions {type:D} is not defined: "
                + $"use a value from 1 to {Enum.GetValues<ConditionType>().Length}, as named in the contract"))];
        if (types.Count > 0 && wire is { HasHasConditions: true, HasConditions: false })
        {
            violations.Add(new(
                Reason.FieldInvalid, "filter.has_conditions",
                "filter.has_conditions is false and filter.conditions is set, so no virtual server can match: omit one of them"));
        }

        malformed = violations;
        return new(types, wire is { HasHasConditions: true } ? wire.HasConditions : null);
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

    private static V1.ConditionType Condition(string stored) => (V1.ConditionType)Spelling.Read<ConditionType>(stored);

    private static V1.LoadBalancerType Type(string stored) => (V1.LoadBalancerType)Enum.Parse<LoadBalancerType>(stored);

    private static V1.Protocol ProtocolOf(string stored) => stored.Length == 0 ? 0 : (V1.Protocol)Enum.Parse<Protocol>(stored);

    private static V1.Reference? Tenant(string id, string? name) => id.Length == 0 ? null : new() { Id = id, Name = name ?? "" };
}
