using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Domain.Tests;

/// <summary>The objects that tests refer to. They are live unless a test removes them.</summary>
public static class The
{
    public static readonly Named Vip = new(Id(11), Kind.IpAddress, "Global", "192.0.2.10");
    public static readonly Named OtherVip = new(Id(12), Kind.IpAddress, "Global", "2001:db8::10");

    /// <summary>The same address text in two namespaces.</summary>
    public static readonly Named RedVip = new(Id(13), Kind.IpAddress, "red", "10.0.0.1");
    public static readonly Named BlueVip = new(Id(14), Kind.IpAddress, "blue", "10.0.0.1");

    /// <summary>Addresses of members.</summary>
    public static readonly Named Backend = new(Id(15), Kind.IpAddress, "Global", "198.51.100.1");
    public static readonly Named OtherBackend = new(Id(16), Kind.IpAddress, "Global", "2001:db8:1::1");

    public static readonly Named Prefix = new(Id(21), Kind.Prefix, "Global", "198.51.100.0/24");
    public static readonly Named OtherPrefix = new(Id(22), Kind.Prefix, "Global", "2001:db8:1::/48");

    public static readonly Named Device = new(Id(31), Kind.Device, "", "lb-1");
    public static readonly Named OtherDevice = new(Id(32), Kind.Device, "", "lb-2");
    public static readonly Named Group = new(Id(33), Kind.DeviceRedundancyGroup, "", "lb-pair");
    public static readonly Named Chassis = new(Id(34), Kind.VirtualChassis, "", "lb-stack");
    public static readonly Named CloudService = new(Id(35), Kind.CloudService, "", "lb-cloud");

    public static readonly Named Tenant = new(Id(41), Kind.Tenant, "", "shop");
    public static readonly Named OtherTenant = new(Id(42), Kind.Tenant, "", "bank");
    public static readonly Named Monitor = new(Id(51), Kind.HealthCheckMonitor, "", "http-200");
    public static readonly Named OtherMonitor = new(Id(52), Kind.HealthCheckMonitor, "", "ping");
    public static readonly Named Pool = new(Id(61), Kind.LoadBalancerPool, "", "web-backends");
    public static readonly Named OtherPool = new(Id(62), Kind.LoadBalancerPool, "", "api-backends");
    public static readonly Named Certificate = new(Id(71), Kind.CertificateProfile, "", "www.example.org");
    public static readonly Named OtherCertificate = new(Id(72), Kind.CertificateProfile, "", "api.example.org");

    /// <summary>A world with all of them.</summary>
    public static readonly World World = World.Of(
    [
        Vip, OtherVip, RedVip, BlueVip, Backend, OtherBackend, Prefix, OtherPrefix, Device, OtherDevice, Group, Chassis, CloudService,
        Tenant, OtherTenant, Monitor, OtherMonitor, Pool, OtherPool, Certificate, OtherCertificate,
    ]);

    /// <summary>The id of a number, readable in messages.</summary>
    public static Guid Id(int number) => new($"{Ids}{number:D2}");

    /// <summary>The common prefix of their ids.</summary>
    public const string Ids = "00000000-0000-7000-8000-0000000000";
}

/// <summary>The references to an object.</summary>
public static class Pointing
{
    extension(Named one)
    {
        public Reference ById => new(one.Id.ToString(), null);

        public Reference ByName => new(null, one.Name, one.Scope);

        public Reference ByBareName => new(null, one.Name);

        public Reference ByBoth => new(one.Id.ToString(), one.Name, one.Scope);

        public PlacementReference Placed => new(one.Kind, one.ById);

        public Placement Placement => new(one.Kind, one.Id);
    }
}
