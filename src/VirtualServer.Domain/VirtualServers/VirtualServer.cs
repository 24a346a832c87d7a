namespace VirtualServers.Domain.VirtualServers;

/// <summary>
/// The configuration of a virtual server, the front-end listener of a load balancer (seed). Stored in events: only add optional
/// properties.
/// </summary>
public sealed record VirtualServer : IRegistered
{
    /// <summary>Unique among live virtual servers, compared exactly.</summary>
    public required string Name { get; init; }

    /// <summary>VIP, port and protocol.</summary>
    public required Listener Listener { get; init; }

    /// <summary>The layer at which traffic is balanced.</summary>
    public required LoadBalancerType LoadBalancerType { get; init; }

    /// <summary>The placement.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Whether the virtual server is enabled.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Source NAT pool and type.</summary>
    public SourceNat SourceNat { get; init; } = SourceNat.Unset;

    /// <summary>TLS termination and certificate profiles.</summary>
    public Tls Tls { get; init; } = Tls.None;

    /// <summary>The tenant that owns it.</summary>
    public Guid? Tenant { get; init; }

    /// <summary>Informational: does not affect the health of pool or members.</summary>
    public Guid? HealthCheckMonitor { get; init; }

    /// <summary>The pool that receives its traffic; several virtual servers may share one.</summary>
    public Guid? LoadBalancerPool { get; init; }

    /// <summary>Key/value pairs.</summary>
    public Labels Labels { get; init; } = Labels.None;

    /// <summary>Free text.</summary>
    public string Description { get; init; } = "";

    Kind IRegistered.Kind => Kind.VirtualServer;

    string IRegistered.Scope => "";

    IEnumerable<Use> IRegistered.Uses
    {
        get
        {
            yield return new(Field.Vip, Listener.Vip);
            yield return new(Field.Of(Placement.Kind), Placement.Id);
            if (SourceNat.Pool is { } prefix) yield return new(Field.SourceNatPool, prefix);
            if (Tenant is { } tenant) yield return new(Field.Tenant, tenant);
            if (HealthCheckMonitor is { } monitor) yield return new(Field.HealthCheckMonitor, monitor);
            if (LoadBalancerPool is { } pool) yield return new(Field.LoadBalancerPool, pool);
            foreach (var profile in Tls.CertificateProfiles) yield return new(Field.CertificateProfiles, profile);
        }
    }
}
