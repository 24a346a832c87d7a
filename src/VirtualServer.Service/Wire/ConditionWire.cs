using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Wire;

/// <summary>Conditions to the contract, and from a filter. The enum has the same numbers on both sides.</summary>
public static class ConditionWire
{
    /// <summary>The condition of a virtual server as the contract has it.</summary>
    public static V1.Condition ToWire(FoundCondition found, VirtualServer server) => new()
    {
        Type = (V1.ConditionType)found.Type,
        Reason = Conditions.Reason(found.Type, server),
        Message = Conditions.Sentence(found.Type, server, found.Concerned, found.Count),
        Objects = { found.Concerned.Select(ToWire) },
        ObjectCount = found.Count,
    };

    /// <summary>An object of any kind as answers name it.</summary>
    public static V1.ObjectReference ToWire(Named named) => new() { Kind = (V1.Kind)named.Kind, Id = named.Id.ToString(), Name = named.Name, Namespace = named.Scope };

    /// <summary>The filter that a list asks for, and what is wrong with it.</summary>
    public static ConditionFilter ToFilter(V1.VirtualServerFilter? wire, out IReadOnlyList<Violation> malformed)
    {
        var types = wire?.Conditions.Select(type => (ConditionType)type).Distinct().Order().ToList() ?? [];
        List<Violation> violations = [.. types.Where(type => !Enum.IsDefined(type)).Select(type =>
            new Violation(Reason.FieldInvalid, "filter.conditions", $"filter.conditions {type:D} is not known: use one of 1 to {Enum.GetValues<ConditionType>().Length}, as the contract names them"))];
        if (types.Count > 0 && wire is { HasHasConditions: true, HasConditions: false })
            violations.Add(new(Reason.FieldInvalid, "filter.has_conditions", "filter.has_conditions is false and filter.conditions are given: no virtual server can match both"));
        malformed = violations;
        return new(types, wire is { HasHasConditions: true } ? wire.HasConditions : null);
    }

    /// <summary>The numbers of living virtual servers.</summary>
    public static V1.SummarizeVirtualServersResponse ToWire(IReadOnlyList<Count> counts)
    {
        var wire = new V1.SummarizeVirtualServersResponse();
        foreach (var (what, value, number, name) in counts)
        {
            switch (what)
            {
                case "total": wire.TotalCount = number; break;
                case "enabled" when value == "true": wire.EnabledCount = number; break;
                case "has_conditions": wire.HasConditionsCount = number; break;
                case "condition": wire.Conditions.Add(new V1.ConditionCount { Type = (V1.ConditionType)Spelling.Read<ConditionType>(value), Count = number }); break;
                case "load_balancer_type": wire.LoadBalancerTypes.Add(new V1.LoadBalancerTypeCount { Type = (V1.LoadBalancerType)Enum.Parse<LoadBalancerType>(value), Count = number }); break;
                case "protocol": wire.Protocols.Add(new V1.ProtocolCount { Protocol = value.Length == 0 ? 0 : (V1.Protocol)Enum.Parse<Protocol>(value), Count = number }); break;
                case "placement_kind": wire.Placements.Add(new V1.PlacementCount { Kind = (V1.Kind)StoredEvents.ToKind(value), Count = number }); break;
                case "tenant": wire.Tenants.Add(new V1.TenantCount { Tenant = value.Length == 0 ? null : new() { Id = value, Name = name ?? "" }, Count = number }); break;
            }
        }

        return wire;
    }
}
