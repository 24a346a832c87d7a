using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Service.Queries;
using Certificates = VirtualServers.Domain.Certificates;
using Monitors = VirtualServers.Domain.Monitors;
using Pools = VirtualServers.Domain.Pools;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Wire;

/// <summary>The filter of every list: the fields that all have, then its own in the order of the contract.</summary>
public static class FilterWire
{
    public static FilterReader Read(V1.ListVirtualServersRequest request)
    {
        var wire = request.Filter ?? new();
        return new FilterReader()
            .Conditions(wire, isPast: request.ReadTime is not null)
            .Shared(wire, [.. Servers.Field.Placements, Servers.Field.Vip, Servers.Field.LoadBalancerPool, Servers.Field.Tenant])
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
            .References("placements", wire.Placements, Servers.Placement.Kinds, [.. Servers.Field.Placements])
            .PlacementKinds("placement_kinds", wire.PlacementKinds)
            .PoolMembers("member_addresses", wire.MemberAddresses)
            .Labels("labels", wire.Labels);
    }

    public static FilterReader Read(V1.LoadBalancerPoolFilter? filter)
    {
        var wire = filter ?? new();
        return new FilterReader()
            .Shared(wire, [Pools.Field.Tenant, Pools.Field.HealthCheckMonitor])
            .Choice<V1.LoadBalancingAlgorithm, Pools.LoadBalancingAlgorithm>(
                "load_balancing_algorithms", wire.LoadBalancingAlgorithms, FilterColumn.Type)
            .Reference(Pools.Field.HealthCheckMonitor, wire.HealthCheckMonitor, Kind.HealthCheckMonitor)
            .Reference(Pools.Field.Tenant, wire.Tenant, Kind.Tenant)
            .Addresses("member_addresses", wire.MemberAddresses, $"{Pools.Field.Members}.{Pools.Field.IpAddress}")
            .MemberStatuses("member_statuses", wire.MemberStatuses)
            .Used(wire.HasUsed ? wire.Used : null)
            .Labels("labels", wire.Labels);
    }

    public static FilterReader Read(V1.HealthCheckMonitorFilter? filter)
    {
        var wire = filter ?? new();
        return new FilterReader()
            .Shared(wire, [Monitors.Field.Tenant])
            .Choice<V1.HealthCheckType, Monitors.HealthCheckType>(
                "health_check_types", wire.HealthCheckTypes, FilterColumn.Type, orUnset: true)
            .Ports("port", wire.Port)
            .Reference(Monitors.Field.Tenant, wire.Tenant, Kind.Tenant)
            .Used(wire.HasUsed ? wire.Used : null);
    }

    public static FilterReader Read(V1.CertificateProfileFilter? filter)
    {
        var wire = filter ?? new();
        return new FilterReader()
            .Shared(wire, [Certificates.Field.Tenant])
            .Choice<V1.CertificateType, Certificates.CertificateType>(
                "certificate_types", wire.CertificateTypes, FilterColumn.Type, orUnset: true)
            .Period(("expires_after", wire.ExpiresAfter), ("expires_before", wire.ExpiresBefore), FilterColumn.Expires)
            .Reference(Certificates.Field.Tenant, wire.Tenant, Kind.Tenant)
            .Used(wire.HasUsed ? wire.Used : null);
    }

    /// <param name="kinds">The kinds in the list: that of the request, otherwise those of the filter.</param>
    public static FilterReader Read(V1.ListInventoryObjectsRequest request, out IReadOnlyList<Kind> kinds)
    {
        var wire = request.Filter ?? new();
        kinds = request.Kind == 0 ? [.. wire.Kinds.Select(kind => (Kind)kind).Distinct().Order()] : [(Kind)request.Kind];
        return new FilterReader()
            .InventoryKinds(request.Kind, wire.Kinds)
            // An address or prefix can be written in several ways.
            .Shared(wire, [], name => InventoryObject.Kinds.Select(kind => FieldReference.Stored(kind, name)))
            .Within("cidrs", wire.Cidrs)
            .Texts("namespaces", wire.Namespaces, FilterColumn.Scope)
            .Used(wire.HasUsed ? wire.Used : null);
    }
}
