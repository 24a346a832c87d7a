namespace VirtualServers.Domain.Pools;

/// <summary>The algorithm that chooses the member for the next connection or request.</summary>
public enum LoadBalancingAlgorithm
{
    /// <summary>The members in turn.</summary>
    RoundRobin = 1,

    /// <summary>By a hash of the URL.</summary>
    UrlHash,

    /// <summary>The member with the fewest connections.</summary>
    LeastConnections,

    /// <summary>The member with the shortest response time.</summary>
    LeastResponseTime,

    /// <summary>The member with the least traffic, in bits per second.</summary>
    LeastBandwidth,

    /// <summary>The member with the least traffic, in packets.</summary>
    LeastPackets,

    /// <summary>By a hash of the requested domain.</summary>
    DomainHash,

    /// <summary>By a hash of the destination address.</summary>
    DestinationIpHash,

    /// <summary>By a hash of the source address.</summary>
    SourceIpHash,

    /// <summary>By a hash of source and destination address.</summary>
    SrcipDestipHash,

    /// <summary>The member with the fewest open requests.</summary>
    LeastRequest,

    /// <summary>By a load that the members report.</summary>
    CustomLoad,

    /// <summary>By a hash of source address and port.</summary>
    SrcipSrcportHash,
}

/// <summary>The configuration of a load balancer pool (domain.md, section 2). Stored in events: only add optional properties.</summary>
public sealed record LoadBalancerPool : IRegistered
{
    /// <summary>Unique among live pools, compared exactly.</summary>
    public required string Name { get; init; }

    /// <summary>The load balancing algorithm.</summary>
    public required LoadBalancingAlgorithm Algorithm { get; init; }

    /// <summary>The monitor of every member that has no monitor of its own.</summary>
    public Guid? HealthCheckMonitor { get; init; }

    /// <summary>The tenant that owns it.</summary>
    public Guid? Tenant { get; init; }

    /// <summary>Key/value pairs.</summary>
    public Labels Labels { get; init; } = Labels.None;

    /// <summary>Free text.</summary>
    public string Description { get; init; } = "";

    /// <summary>The members; address and port are unique in the pool.</summary>
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

/// <summary>The fields of a pool and of its members, as named in the contract.</summary>
public static class Field
{
#pragma warning disable CS1591 // The contract documents each field.
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
