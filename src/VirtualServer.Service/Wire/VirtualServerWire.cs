using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using static VirtualServers.Service.Wire.Masks;
using Field = VirtualServers.Domain.VirtualServers.Field;
using PlacementCase = VirtualServers.V1.VirtualServer.PlacementOneofCase;

namespace VirtualServers.Service.Wire;

/// <summary>
/// Virtual servers from and to the contract. Enum values have the same numbers on both sides; unknown ones pass, and the rules reject them.
/// </summary>
public static class VirtualServerWire
{
    /// <summary>The virtual server after a command, with its conditions if the answer shows them; null when there is none.</summary>
    public static V1.VirtualServer? ToWire(Executed<VirtualServer> done) =>
        RegistryObjects.ToWire(done, (view, names) => ToWire(view, names, done.Conditions.After));

    /// <summary>The virtual server as it was read, with its conditions.</summary>
    public static V1.VirtualServer ToWire(Loaded<VirtualServer> loaded) => ToWire(loaded.View!, loaded.Names, loaded.Conditions);

    /// <summary>The virtual server in the contract, with conditions.</summary>
    public static V1.VirtualServer ToWire(View<VirtualServer> view, Names names, IEnumerable<FoundCondition> conditions)
    {
        var wire = ToWire(view, names);
        wire.Conditions.Add(conditions.Select(found => ConditionWire.ToWire(found, view.Content)));
        return wire;
    }

    /// <summary>The virtual server in the contract, without its conditions.</summary>
    public static V1.VirtualServer ToWire(View<VirtualServer> view, Names names)
    {
        var content = view.Content;
        var wire = new V1.VirtualServer
        {
            Name = content.Name,
            Vip = names.ToReference(content.Listener.Vip),
            Protocol = (V1.Protocol)(content.Listener.Protocol ?? 0),
            SourceNatPool = names.ToReference(content.SourceNat.Pool),
            SourceNatType = (V1.SourceNatType)(content.SourceNat.Type ?? 0),
            LoadBalancerType = (V1.LoadBalancerType)content.LoadBalancerType,
            Enabled = content.Enabled,
            SslOffload = content.Tls.Offload,
            Tenant = names.ToReference(content.Tenant),
            HealthCheckMonitor = names.ToReference(content.HealthCheckMonitor),
            LoadBalancerPool = names.ToReference(content.LoadBalancerPool),
            Description = content.Description,
        };
        if (content.Listener.Port is { } port) wire.Port = port;
        foreach (var (key, value) in content.Labels) wire.Labels.Add(key, value);
        wire.CertificateProfiles.Add(content.Tls.CertificateProfiles.Select(names.ToReference));
        switch (content.Placement.Kind)
        {
            case Kind.Device: wire.Device = names.ToReference(content.Placement.Id); break;
            case Kind.DeviceRedundancyGroup: wire.DeviceRedundancyGroup = names.ToReference(content.Placement.Id); break;
            case Kind.VirtualChassis: wire.VirtualChassis = names.ToReference(content.Placement.Id); break;
            case Kind.CloudService: wire.CloudService = names.ToReference(content.Placement.Id); break;
        }

        return wire.Stamp(view);
    }

    /// <summary>The draft of a create: every field, unset where the request leaves it out.</summary>
    public static Draft ToDraft(V1.VirtualServer? wire) => ToDraft(wire ?? new(), Masks.All);

    /// <summary>The draft of an update: the fields that the mask names, and the violations of the mask.</summary>
    public static Draft ToDraft(V1.VirtualServer? wire, FieldMask? mask, out IReadOnlyList<Violation> malformed) =>
        ToDraft(wire ?? new(), Masks.Given(wire, mask, "virtual_server", out malformed));

    private static Draft ToDraft(V1.VirtualServer wire, Func<string, bool> given) => new()
    {
        Name = If<string?>(given(Field.Name), wire.Name),
        Vip = If(given(Field.Vip), ToReference(wire.Vip)),
        Port = If(given(Field.Port), wire.HasPort ? wire.Port : (int?)null),
        Protocol = If(given(Field.Protocol), wire.Protocol == 0 ? null : (Protocol?)wire.Protocol),
        SourceNatPool = If(given(Field.SourceNatPool), ToReference(wire.SourceNatPool)),
        SourceNatType = If(given(Field.SourceNatType), wire.SourceNatType == 0 ? null : (SourceNatType?)wire.SourceNatType),
        LoadBalancerType = If(
            given(Field.LoadBalancerType), wire.LoadBalancerType == 0 ? null : (LoadBalancerType?)wire.LoadBalancerType),
        Enabled = If(given(Field.Enabled), wire.HasEnabled ? wire.Enabled : (bool?)null),
        SslOffload = If(given(Field.SslOffload), wire.SslOffload),
        Placement = ToPlacement(wire, given),
        Tenant = If(given(Field.Tenant), ToReference(wire.Tenant)),
        HealthCheckMonitor = If(given(Field.HealthCheckMonitor), ToReference(wire.HealthCheckMonitor)),
        CertificateProfiles = If(given(Field.CertificateProfiles), ToReferences(wire.CertificateProfiles)),
        LoadBalancerPool = If(given(Field.LoadBalancerPool), ToReference(wire.LoadBalancerPool)),
        Labels = If(given(Field.Labels), ToLabels(wire.Labels)),
        Description = If<string?>(given(Field.Description), wire.Description),
    };

    // A mask that names any field of the oneof names the placement. One that names only unset fields clears it, which is rejected.
    private static Asked<PlacementReference?> ToPlacement(V1.VirtualServer wire, Func<string, bool> given)
    {
        PlacementReference? placement = wire.PlacementCase switch
        {
            PlacementCase.Device => new(Kind.Device, ToReference(wire.Device)!.Value),
            PlacementCase.DeviceRedundancyGroup => new(Kind.DeviceRedundancyGroup, ToReference(wire.DeviceRedundancyGroup)!.Value),
            PlacementCase.VirtualChassis => new(Kind.VirtualChassis, ToReference(wire.VirtualChassis)!.Value),
            PlacementCase.CloudService => new(Kind.CloudService, ToReference(wire.CloudService)!.Value),
            _ => null,
        };
        return If(Field.Placements.Any(given), placement);
    }
}
