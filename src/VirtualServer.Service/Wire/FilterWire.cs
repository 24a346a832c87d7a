using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Service.Queries;
using Certificates = VirtualServers.Domain.Certificates;
using Monitors = VirtualServers.Domain.Monitors;
using Pools = VirtualServers.Domain.Pools;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Wire;

/// <summary>The filter of every list: each field of its message, in the order of the contract.</summary>
public static class FilterWire
{
    private static readonly Kind[] Placements = [Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService];
    private static readonly string[] PlacementFields = [.. Placements.Select(Servers.Field.Of)];

    public static FilterReader Read(V1.ListVirtualServersRequest request)
    {
        var wire = request.Filter ?? new();
        return new FilterReader()
            .Conditions(ConditionWire.ToFilter(wire, out var malformed), malformed, isPast: request.ReadTime is not null)
            .Ids("ids", wire.Ids)
            .Names("names", wire.Names)
            .NamePrefixes("name_prefixes", wire.NamePrefixes)
            .NameContains("name_contains", wire.NameContains)
            .Flag(wire.HasEnabled ? wire.Enabled : null, FilterColumn.Enabled)
            .Flag(wire.HasSslOffload ? wire.SslOffload : null, FilterColumn.SslOffload)
            .Choice<V1.Protocol, Servers.Protocol>("protocols", wire.Protocols, FilterColumn.Protocol, orUnset: true)
            .Choice<V1.LoadBalancerType, Servers.LoadBalancerType>("load_balancer_types", wire.LoadBalancerTypes, FilterColumn.Type)
            .Choice<V1.SourceNatType, Servers.SourceNatType>(
                "source_nat_types", wire.SourceNatTypes, FilterColumn.SourceNatType, orUnset: true)
            .Ports("port", wire.Port)
            .Addresses("vips", wire.Vips, Servers.Field.Vip)
            .Networks("vip_cidrs", wire.VipCidrs, Servers.Field.Vip)
            .Reference(Servers.Field.LoadBalancerPool, wire.LoadBalancerPool, Kind.LoadBalancerPool)
            .Reference(Servers.Field.Tenant, wire.Tenant, Kind.Tenant)
            .Reference(Servers.Field.HealthCheckMonitor, wire.HealthCheckMonitor, Kind.HealthCheckMonitor)
            .Reference(Servers.Field.CertificateProfiles, wire.CertificateProfiles, Kind.CertificateProfile)
            .Reference(Servers.Field.SourceNatPool, wire.SourceNatPool, Kind.Prefix)
            .References("placements", wire.Placements, Placements, PlacementFields)
            .PlacementKinds("placement_kinds", wire.PlacementKinds, Placements)
            .PoolMembers("member_addresses", wire.MemberAddresses)
            .Labels("labels", wire.Labels)
            .Period("create_time", wire.CreateTime, FilterColumn.CreateTime)
            .Period("update_time", wire.UpdateTime, FilterColumn.UpdateTime)
            .Texts("actors", wire.Actors, FilterColumn.Actor)
            .Search("q", wire.Q, [.. PlacementFields, Servers.Field.Vip, Servers.Field.LoadBalancerPool, Servers.Field.Tenant]);
    }

    public static FilterReader Read(V1.LoadBalancerPoolFilter? filter)
    {
        var wire = filter ?? new();
        return new FilterReader()
            .Ids("ids", wire.Ids)
            .Names("names", wire.Names)
            .NamePrefixes("name_prefixes", wire.NamePrefixes)
            .NameContains("name_contains", wire.NameContains)
            .Choice<V1.LoadBalancingAlgorithm, Pools.LoadBalancingAlgorithm>(
                "load_balancing_algorithms", wire.LoadBalancingAlgorithms, FilterColumn.Type)
            .Reference(Pools.Field.HealthCheckMonitor, wire.HealthCheckMonitor, Kind.HealthCheckMonitor)
            .Reference(Pools.Field.Tenant, wire.Tenant, Kind.Tenant)
            .Addresses("member_addresses", wire.MemberAddresses, $"{Pools.Field.Members}.{Pools.Field.IpAddress}")
            .MemberStatuses("member_statuses", wire.MemberStatuses)
            .Used(wire.HasUsed ? wire.Used : null)
            .Labels("labels", wire.Labels)
            .Period("create_time", wire.CreateTime, FilterColumn.CreateTime)
            .Period("update_time", wire.UpdateTime, FilterColumn.UpdateTime)
            .Texts("actors", wire.Actors, FilterColumn.Actor)
            .Search("q", wire.Q, Pools.Field.Tenant, Pools.Field.HealthCheckMonitor);
    }

    public static FilterReader Read(V1.HealthCheckMonitorFilter? filter)
    {
        var wire = filter ?? new();
        return new FilterReader()
            .Ids("ids", wire.Ids)
            .Names("names", wire.Names)
            .NamePrefixes("name_prefixes", wire.NamePrefixes)
            .NameContains("name_contains", wire.NameContains)
            .Choice<V1.HealthCheckType, Monitors.HealthCheckType>(
                "health_check_types", wire.HealthCheckTypes, FilterColumn.Type, orUnset: true)
            .Ports("port", wire.Port)
            .Reference(Monitors.Field.Tenant, wire.Tenant, Kind.Tenant)
            .Used(wire.HasUsed ? wire.Used : null)
            .Period("create_time", wire.CreateTime, FilterColumn.CreateTime)
            .Period("update_time", wire.UpdateTime, FilterColumn.UpdateTime)
            .Texts("actors", wire.Actors, FilterColumn.Actor)
            .Search("q", wire.Q, Monitors.Field.Tenant);
    }

    public static FilterReader Read(V1.CertificateProfileFilter? filter)
    {
        var wire = filter ?? new();
        return new FilterReader()
            .Ids("ids", wire.Ids)
            .Names("names", wire.Names)
            .NamePrefixes("name_prefixes", wire.NamePrefixes)
            .NameContains("name_contains", wire.NameContains)
            .Choice<V1.CertificateType, Certificates.CertificateType>(
                "certificate_types", wire.CertificateTypes, FilterColumn.Type, orUnset: true)
            .Period(("expires_after", wire.ExpiresAfter), ("expires_before", wire.ExpiresBefore), FilterColumn.Expires)
            .Reference(Certificates.Field.Tenant, wire.Tenant, Kind.Tenant)
            .Used(wire.HasUsed ? wire.Used : null)
            .Period("create_time", wire.CreateTime, FilterColumn.CreateTime)
            .Period("update_time", wire.UpdateTime, FilterColumn.UpdateTime)
            .Texts("actors", wire.Actors, FilterColumn.Actor)
            .Search("q", wire.Q, Certificates.Field.Tenant);
    }

    /// <param name="kinds">The kinds in the list: that of the request, otherwise those of the filter.</param>
    public static FilterReader Read(V1.ListInventoryObjectsRequest request, out IReadOnlyList<Kind> kinds)
    {
        var wire = request.Filter ?? new();
        kinds = request.Kind == 0 ? [.. wire.Kinds.Select(kind => (Kind)kind).Distinct().Order()] : [(Kind)request.Kind];
        return new FilterReader()
            .InventoryKinds(request.Kind, wire.Kinds)
            .Ids("ids", wire.Ids)
            // An address or prefix can be written in several ways.
            .Names("names", wire.Names, name => InventoryObject.Kinds.Select(kind => FilterReader.Stored(kind, name)))
            .NamePrefixes("name_prefixes", wire.NamePrefixes)
            .NameContains("name_contains", wire.NameContains)
            .Within("cidrs", wire.Cidrs)
            .Texts("namespaces", wire.Namespaces, FilterColumn.Scope)
            .Used(wire.HasUsed ? wire.Used : null)
            .Period("create_time", wire.CreateTime, FilterColumn.CreateTime)
            .Period("update_time", wire.UpdateTime, FilterColumn.UpdateTime)
            .Texts("actors", wire.Actors, FilterColumn.Actor)
            .Search("q", wire.Q);
    }
}
