using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;
using static VirtualServers.Service.Wire.Masks;
using Field = VirtualServers.Domain.VirtualServers.Field;
using PlacementCase = VirtualServers.V1.VirtualServer.PlacementOneofCase;

namespace VirtualServers.Service.Wire;

/// <summary>Virtual servers from and to the contract. Enums have the same numbers on both sides; unknown ones pass, to be refused by the rules.</summary>
public static class VirtualServerWire
{
    /// <summary>Where the virtual server stands in a request.</summary>
    public const string Prefix = "virtual_server.";

    private static Kind[] Placements => [Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService];

    /// <summary>The virtual server as the contract has it, with its conditions.</summary>
    public static V1.VirtualServer ToWire(Entry<VirtualServer> entry)
    {
        var wire = ToWire(entry.View!, entry.Names);
        wire.Conditions.Add(entry.Conditions.Select(found => ConditionWire.ToWire(found, entry.View!.Content)));
        return wire;
    }

    /// <summary>The virtual server as the contract has it.</summary>
    public static V1.VirtualServer ToWire(View<VirtualServer> view, Names names)
    {
        var content = view.Content;
        var wire = new V1.VirtualServer
        {
            Name = content.Name,
            Vip = names.Of(content.Listener.Vip),
            Protocol = (V1.Protocol)(content.Listener.Protocol ?? 0),
            SourceNatPool = names.Of(content.SourceNat.Pool),
            SourceNatType = (V1.SourceNatType)(content.SourceNat.Type ?? 0),
            LoadBalancerType = (V1.LoadBalancerType)content.LoadBalancerType,
            Enabled = content.Enabled,
            SslOffload = content.Tls.Offload,
            Tenant = names.Of(content.Tenant),
            HealthCheckMonitor = names.Of(content.HealthCheckMonitor),
            LoadBalancerPool = names.Of(content.LoadBalancerPool),
            Description = content.Description,
        };
        if (content.Listener.Port is { } port) wire.Port = port;
        foreach (var (key, value) in content.Labels) wire.Labels.Add(key, value);
        wire.CertificateProfiles.Add(content.Tls.CertificateProfiles.Select(names.Of));
        switch (content.Placement.Kind)
        {
            case Kind.Device: wire.Device = names.Of(content.Placement.Id); break;
            case Kind.DeviceRedundancyGroup: wire.DeviceRedundancyGroup = names.Of(content.Placement.Id); break;
            case Kind.VirtualChassis: wire.VirtualChassis = names.Of(content.Placement.Id); break;
            case Kind.CloudService: wire.CloudService = names.Of(content.Placement.Id); break;
        }

        return wire.Stamp(view);
    }

    /// <summary>All fields as asked for; what is left out is unset.</summary>
    public static Draft ToDraft(V1.VirtualServer? wire) => ToDraft(wire ?? new(), Masks.All) with
    {
        Enabled = If(wire is { HasEnabled: true }, (bool?)wire?.Enabled),
    };

    /// <summary>The fields that a mask names, and what is wrong with the mask.</summary>
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
        LoadBalancerType = If(given(Field.LoadBalancerType), wire.LoadBalancerType == 0 ? null : (LoadBalancerType?)wire.LoadBalancerType),
        Enabled = If(given(Field.Enabled), wire.HasEnabled ? wire.Enabled : (bool?)null),
        SslOffload = If(given(Field.SslOffload), wire.SslOffload),
        Placement = ToPlacement(wire, given),
        Tenant = If(given(Field.Tenant), ToReference(wire.Tenant)),
        HealthCheckMonitor = If(given(Field.HealthCheckMonitor), ToReference(wire.HealthCheckMonitor)),
        CertificateProfiles = If<IReadOnlyList<Reference>>(given(Field.CertificateProfiles), [.. wire.CertificateProfiles.Select(profile => ToReference(profile)!.Value)]),
        LoadBalancerPool = If(given(Field.LoadBalancerPool), ToReference(wire.LoadBalancerPool)),
        Labels = If<IReadOnlyDictionary<string, string>>(given(Field.Labels), new Dictionary<string, string>(wire.Labels)),
        Description = If<string?>(given(Field.Description), wire.Description),
    };

    // Naming any member of the oneof names the placement; naming only members that are not set clears it, which is refused.
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
        return If(Placements.Any(kind => given(Field.Of(kind))), placement);
    }
}
