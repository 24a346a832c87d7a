namespace VirtualServers.Domain.Pools;

/// <summary>How a pool chooses the member that gets the next connection or request.</summary>
public enum LoadBalancingAlgorithm
{
    /// <summary>One after another.</summary>
    RoundRobin = 1,

    /// <summary>By a hash of the URL.</summary>
    UrlHash,

    /// <summary>The one with the fewest connections.</summary>
    LeastConnections,

    /// <summary>The one that answers fastest.</summary>
    LeastResponseTime,

    /// <summary>The one with the least traffic, in bits per second.</summary>
    LeastBandwidth,

    /// <summary>The one with the least traffic, in packets.</summary>
    LeastPackets,

    /// <summary>By a hash of the domain asked for.</summary>
    DomainHash,

    /// <summary>By a hash of the destination address.</summary>
    DestinationIpHash,

    /// <summary>By a hash of the source address.</summary>
    SourceIpHash,

    /// <summary>By a hash of source and destination address.</summary>
    SrcipDestipHash,

    /// <summary>The one with the fewest requests in work.</summary>
    LeastRequest,

    /// <summary>By a load that the members report.</summary>
    CustomLoad,

    /// <summary>By a hash of source address and port.</summary>
    SrcipSrcportHash,
}

/// <summary>A load balancer pool as it is configured (domain.md, section 2).</summary>
public sealed record LoadBalancerPool : IRegistered
{
    /// <summary>Unique among living pools, compared exactly.</summary>
    public required string Name { get; init; }

    /// <summary>How the next member is chosen.</summary>
    public required LoadBalancingAlgorithm Algorithm { get; init; }

    /// <summary>Probes every member that has no monitor of its own.</summary>
    public Guid? HealthCheckMonitor { get; init; }

    /// <summary>Who it belongs to.</summary>
    public Guid? Tenant { get; init; }

    /// <summary>Free key/value pairs.</summary>
    public Labels Labels { get; init; } = Labels.None;

    /// <summary>Free text.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who gets the traffic; no two have the same address and port.</summary>
    public ValueSet<Member> Members { get; init; } = [];

    Kind IRegistered.Kind => Kind.LoadBalancerPool;

    string IRegistered.Scope => "";

    IEnumerable<Use> IRegistered.Uses
    {
        get
        {
            if (HealthCheckMonitor is { } monitor) yield return new(Field.HealthCheckMonitor, monitor);
            if (Tenant is { } tenant) yield return new(Field.Tenant, tenant);
            foreach (var use in Members.SelectMany(member => member.Uses)) yield return use;
        }
    }
}

/// <summary>The fields of a pool and of its members, spelled as in the contract.</summary>
public static class Field
{
#pragma warning disable CS1591 // Each is the field of that name; the contract says what it means.
    public const string Name = "name";
    public const string LoadBalancingAlgorithm = "load_balancing_algorithm";
    public const string HealthCheckMonitor = "health_check_monitor";
    public const string Tenant = "tenant";
    public const string Labels = "labels";
    public const string Description = "description";
    public const string Members = "members";

    public const string IpAddress = "ip_address";
    public const string Port = "port";
    public const string Status = "status";
    public const string Label = "label";
    public const string SslOffload = "ssl_offload";
    public const string CertificateProfiles = "certificate_profiles";
#pragma warning restore CS1591
}
