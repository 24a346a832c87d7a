namespace VirtualServers.Domain;

/// <summary>The kinds of objects that the registry knows. A reference never points across kinds.</summary>
public enum Kind
{
    /// <summary>The front-end listener of a load balancer (seed).</summary>
    VirtualServer = 1,

    /// <summary>The pool that receives a virtual server's traffic.</summary>
    LoadBalancerPool,

    /// <summary>How the health of backends is probed.</summary>
    HealthCheckMonitor,

    /// <summary>Where the certificate, chain and key of a listener lie.</summary>
    CertificateProfile,

    /// <summary>An address of IPAM.</summary>
    IpAddress,

    /// <summary>A network of IPAM.</summary>
    Prefix,

    /// <summary>A load balancer, as DCIM knows it.</summary>
    Device,

    /// <summary>Devices that stand in for one another.</summary>
    DeviceRedundancyGroup,

    /// <summary>Devices that act as one.</summary>
    VirtualChassis,

    /// <summary>A load balancer rented from a cloud.</summary>
    CloudService,

    /// <summary>Who an object belongs to.</summary>
    Tenant,
}

/// <summary>How kinds are called in sentences for people.</summary>
public static class KindNames
{
    extension(Kind kind)
    {
        /// <summary>The kind in words, singular: <c>health check monitor</c>.</summary>
        public string Words => kind switch
        {
            Kind.VirtualServer => "virtual server",
            Kind.LoadBalancerPool => "load balancer pool",
            Kind.HealthCheckMonitor => "health check monitor",
            Kind.CertificateProfile => "certificate profile",
            Kind.IpAddress => "IP address",
            Kind.Prefix => "prefix",
            Kind.Device => "device",
            Kind.DeviceRedundancyGroup => "device redundancy group",
            Kind.VirtualChassis => "virtual chassis",
            Kind.CloudService => "cloud service",
            Kind.Tenant => "tenant",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }
}
