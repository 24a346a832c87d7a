namespace VirtualServers.Domain;

/// <summary>The kinds of objects in the registry. A reference always points at an object of one kind.</summary>
public enum Kind
{
    /// <summary>The front-end listener of a load balancer (seed).</summary>
    VirtualServer = 1,

    /// <summary>The pool that receives a virtual server's traffic.</summary>
    LoadBalancerPool,

    /// <summary>The probe that checks the health of backends.</summary>
    HealthCheckMonitor,

    /// <summary>The paths of the certificate, chain and key of a listener.</summary>
    CertificateProfile,

    /// <summary>An IP address from IPAM.</summary>
    IpAddress,

    /// <summary>A network from IPAM.</summary>
    Prefix,

    /// <summary>A load balancer from DCIM.</summary>
    Device,

    /// <summary>A group of devices that fail over to one another.</summary>
    DeviceRedundancyGroup,

    /// <summary>A group of devices managed as one.</summary>
    VirtualChassis,

    /// <summary>A load balancer provided by a cloud.</summary>
    CloudService,

    /// <summary>The owner of an object.</summary>
    Tenant,
}

/// <summary>The names of kinds in messages.</summary>
public static class KindNames
{
    extension(Kind kind)
    {
        /// <summary>The name of the kind, singular: <c>health check monitor</c>.</summary>
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
