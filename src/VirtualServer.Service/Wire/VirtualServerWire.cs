using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Views;
using Field = VirtualServers.Domain.VirtualServers.Field;
using PlacementCase = VirtualServers.V1.VirtualServer.PlacementOneofCase;

namespace VirtualServers.Service.Wire;

/// <summary>Virtual servers from and to the contract. Enums have the same numbers on both sides; unknown ones pass, to be refused by the rules.</summary>
public static class VirtualServerWire
{
    /// <summary>Where the virtual server stands in a request.</summary>
    public const string Prefix = "virtual_server.";

    private static readonly HashSet<string> Settable =
    [
        Field.Name, Field.Vip, Field.Port, Field.Protocol, Field.SourceNatPool, Field.SourceNatType, Field.LoadBalancerType, Field.Enabled, Field.SslOffload, Field.Tenant,
        Field.HealthCheckMonitor, Field.CertificateProfiles, Field.LoadBalancerPool, Field.Labels, Field.Description,
        .. Placements.Select(Field.Of),
    ];

    private static readonly HashSet<string> OutputOnly = ["id", "version", "etag", "create_time", "update_time", "delete_time"];

    private static Kind[] Placements => [Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService];

    /// <summary>The virtual server as the contract has it.</summary>
    public static V1.VirtualServer ToWire(View<VirtualServer> view, Names names)
    {
        var content = view.Content;
        var wire = new V1.VirtualServer
        {
            Id = view.Id.ToString(),
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
            Version = view.Version,
            Etag = view.Etag,
            CreateTime = view.CreateTime.ToTimestamp(),
            UpdateTime = view.UpdateTime.ToTimestamp(),
            DeleteTime = view.DeleteTime?.ToTimestamp(),
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

        return wire;
    }

    /// <summary>All fields as asked for; what is left out is unset.</summary>
    public static Draft ToDraft(V1.VirtualServer? wire) => ToDraft(wire ?? new(), _ => true) with
    {
        Enabled = wire is { HasEnabled: true } ? wire.Enabled : default(Asked<bool?>),
    };

    /// <summary>The fields that a mask names, or without one those that have a value; and what is wrong with the mask.</summary>
    public static Draft ToDraft(V1.VirtualServer? wire, FieldMask? mask, out IReadOnlyList<Violation> malformed)
    {
        var paths = mask?.Paths.ToHashSet() ?? [];
        malformed =
        [
            .. paths.Where(path => path != "*" && !Settable.Contains(path) && !OutputOnly.Contains(path)).Select(path =>
                new Violation(Reason.FieldUnknown, "update_mask", $"update_mask names \"{path}\", which is no field of a virtual server: use {string.Join(", ", Settable.Order(StringComparer.Ordinal))} or *")),
            .. wire is null && paths.Count == 0
                ? [new Violation(Reason.FieldRequired, "virtual_server", "virtual_server is required: the fields to change, with their new values")]
                : Array.Empty<Violation>(),
        ];
        var asked = wire ?? new();
        return paths.Count == 0 ? ToDraft(asked, field => IsPopulated(asked, field))
            : paths.Contains("*") ? ToDraft(asked, _ => true)
            : ToDraft(asked, paths.Contains);
    }

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

    private static bool IsPopulated(V1.VirtualServer wire, string field)
    {
        var accessor = V1.VirtualServer.Descriptor.FindFieldByName(field);
        return accessor switch
        {
            { IsRepeated: true } => accessor.Accessor.GetValue(wire) is System.Collections.ICollection { Count: > 0 },
            { HasPresence: true } => accessor.Accessor.HasValue(wire),
            _ => accessor.Accessor.GetValue(wire) is not ("" or 0 or false) and var value && !(value is System.Enum && Convert.ToInt32(value) == 0),
        };
    }

    private static Reference? ToReference(V1.Reference? wire) => wire is null ? null : new Reference(wire.Id, wire.Name);

    private static Asked<T> If<T>(bool given, T value) => given ? value : default(Asked<T>);
}
