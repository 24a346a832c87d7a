namespace VirtualServers.Domain.VirtualServers;

/// <summary>The fields of a virtual server, as named in the contract.</summary>
public static class Field
{
#pragma warning disable CS1591 // domain.md (section 1) and the contract document each field.
    public const string Name = "name";
    public const string Vip = "vip";
    public const string Port = "port";
    public const string Protocol = "protocol";
    public const string SourceNatPool = "source_nat_pool";
    public const string SourceNatType = "source_nat_type";
    public const string LoadBalancerType = "load_balancer_type";
    public const string Enabled = "enabled";
    public const string SslOffload = "ssl_offload";
    public const string Placement = "placement";
    public const string Tenant = "tenant";
    public const string HealthCheckMonitor = "health_check_monitor";
    public const string CertificateProfiles = "certificate_profiles";
    public const string LoadBalancerPool = "load_balancer_pool";
    public const string Labels = "labels";
    public const string Description = "description";
#pragma warning restore CS1591

    /// <summary>The fields of which one holds the placement.</summary>
    public static IReadOnlyList<string> Placements { get; } = [.. VirtualServers.Placement.Kinds.Select(Of)];

    /// <summary>The field that holds a placement of a kind.</summary>
    public static string Of(Kind placement) => placement switch
    {
        Kind.Device => "device",
        Kind.DeviceRedundancyGroup => "device_redundancy_group",
        Kind.VirtualChassis => "virtual_chassis",
        Kind.CloudService => "cloud_service",
        _ => throw new ArgumentOutOfRangeException(nameof(placement), placement, "not a kind of placement"),
    };
}
