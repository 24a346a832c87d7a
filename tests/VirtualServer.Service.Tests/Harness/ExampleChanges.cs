using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Monitors;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using Server = VirtualServers.Domain.VirtualServers.VirtualServer;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A change of every type, with every field set that a change of the type can have.</summary>
internal static class ExampleChanges
{
    public static readonly Guid Epoch = Id(100);

    private static readonly DateTimeOffset Created = new(2026, 11, 26, 8, 30, 0, 123, 456, TimeSpan.Zero);

    private static readonly Named
        Vip = new(Id(1), Kind.IpAddress, "Global", "198.51.100.10"),
        OtherVip = new(Id(2), Kind.IpAddress, "Global", "2001:db8::10"),
        Backend = new(Id(3), Kind.IpAddress, "Global", "10.0.0.21"),
        Group = new(Id(4), Kind.DeviceRedundancyGroup, "", "pair-1"),
        Device = new(Id(5), Kind.Device, "", "lb-1"),
        Snat = new(Id(6), Kind.Prefix, "Global", "192.0.2.0/28"),
        Acme = new(Id(7), Kind.Tenant, "", "acme"),
        Globex = new(Id(8), Kind.Tenant, "", "globex"),
        Monitor = new(Id(11), Kind.HealthCheckMonitor, "", "https-health"),
        Profile = new(Id(12), Kind.CertificateProfile, "", "www-example-org"),
        Pool = new(Id(13), Kind.LoadBalancerPool, "", "shop-backends"),
        Shop = new(Id(14), Kind.VirtualServer, "", "shop");

    private static readonly Guid KeptMember = Id(21), GoneMember = Id(22), NewMember = Id(23);

    private static readonly Server Server = new()
    {
        Name = Shop.Name,
        Listener = new(Vip.Id, 443, Protocol.Https),
        LoadBalancerType = LoadBalancerType.Layer7,
        Placement = new(Kind.DeviceRedundancyGroup, Group.Id),
        SourceNat = new(Snat.Id, SourceNatType.Pool),
        Tls = new(true, [Profile.Id]),
        Tenant = Acme.Id,
        HealthCheckMonitor = Monitor.Id,
        LoadBalancerPool = Pool.Id,
        Labels = new([new("env", "prod"), new("team", "shop")]),
        Description = "The shop, for everybody.",
    };

    private static readonly Server Moved = Server with
    {
        Listener = new(OtherVip.Id, 8443, Protocol.Https), Placement = new(Kind.Device, Device.Id), Tenant = Globex.Id,
    };

    private static readonly LoadBalancerPool Backends = new()
    {
        Name = Pool.Name,
        Algorithm = LoadBalancingAlgorithm.RoundRobin,
        HealthCheckMonitor = Monitor.Id,
        Tenant = Acme.Id,
        Labels = new([new("env", "prod")]),
        Description = "Both racks.",
        Members =
        [
            new()
            {
                Id = KeptMember, Endpoint = new(Backend.Id, 8443), Label = "rack 2", Tls = new(true, [Profile.Id]),
                HealthCheckMonitor = Monitor.Id, Tenant = Acme.Id,
            },
            new() { Id = GoneMember, Endpoint = new(Backend.Id, 8080), Status = MemberStatus.Maintenance },
        ],
    };

    private static readonly LoadBalancerPool OtherBackends = Backends with
    {
        Members = [Backends.Members.Single(member => member.Id == KeptMember), new() { Id = NewMember, Endpoint = new(OtherVip.Id, 80) }],
    };

    private static readonly HealthCheckMonitor Check =
        new() { Name = Monitor.Name, Type = HealthCheckType.Https, Schedule = new(10, 3, 2), Port = 8443, Tenant = Acme.Id };

    private static readonly CertificateProfile Certificate = new()
    {
        Name = Profile.Name,
        Type = CertificateType.Server,
        Files = new("/etc/tls/www.crt", "/etc/tls/chain.crt", "/etc/tls/www.key"),
        Cipher = "TLS_AES_256_GCM_SHA384",
        ExpirationDate = new DateTimeOffset(2027, 1, 31, 23, 59, 59, TimeSpan.Zero),
        Tenant = Acme.Id,
    };

    /// <summary>Every change, by its type.</summary>
    public static readonly IReadOnlyDictionary<string, FeedChange> All = new[]
    {
        Change("virtual_server.created", Shop.Id, new Created<Server>(Server)),
        Change("virtual_server.changed", Shop.Id, Domain.VirtualServers.Changed.Between(Server, Moved)!, new Created<Server>(Server)),
        Change("virtual_server.disabled", Shop.Id, new Disabled(), new Created<Server>(Server)),
        Change("virtual_server.enabled", Shop.Id, new Enabled(), new Created<Server>(Server with { Enabled = false })),
        Change("virtual_server.deleted", Shop.Id, new Deleted<Server>(), new Created<Server>(Server)),
        Change("virtual_server.undeleted", Shop.Id, new Undeleted<Server>(), new Created<Server>(Server), new Deleted<Server>()),
        News(new ConditionRaised(
            Shop.Id, ConditionType.PoolEmpty, Pool.Id, new(4710, Id(31), "load_balancer_pool.changed", Pool.Id))),
        News(new ConditionCleared(Shop.Id, ConditionType.CertificateExpiring, Profile.Id, null)),
        Change("load_balancer_pool.created", Pool.Id, new Created<LoadBalancerPool>(Backends)),
        Change(
            "load_balancer_pool.changed", Pool.Id, Domain.Pools.Changed.Between(Backends, OtherBackends)!,
            new Created<LoadBalancerPool>(Backends)),
        Change("load_balancer_pool.deleted", Pool.Id, new Deleted<LoadBalancerPool>(), new Created<LoadBalancerPool>(Backends)),
        Change(
            "load_balancer_pool.undeleted", Pool.Id, new Undeleted<LoadBalancerPool>(), new Created<LoadBalancerPool>(Backends),
            new Deleted<LoadBalancerPool>()),
        Change("health_check_monitor.created", Monitor.Id, new Created<HealthCheckMonitor>(Check)),
        Change(
            "health_check_monitor.changed", Monitor.Id,
            Domain.Monitors.Changed.Between(Check, Check with { Schedule = new(5, 4, 3), Port = 443 })!,
            new Created<HealthCheckMonitor>(Check)),
        Change("health_check_monitor.deleted", Monitor.Id, new Deleted<HealthCheckMonitor>(), new Created<HealthCheckMonitor>(Check)),
        Change(
            "health_check_monitor.undeleted", Monitor.Id, new Undeleted<HealthCheckMonitor>(), new Created<HealthCheckMonitor>(Check),
            new Deleted<HealthCheckMonitor>()),
        Change("certificate_profile.created", Profile.Id, new Created<CertificateProfile>(Certificate)),
        Change(
            "certificate_profile.changed", Profile.Id,
            Domain.Certificates.Changed.Between(
                Certificate, Certificate with { ExpirationDate = new DateTimeOffset(2028, 1, 31, 23, 59, 59, TimeSpan.Zero) })!,
            new Created<CertificateProfile>(Certificate)),
        Change("certificate_profile.deleted", Profile.Id, new Deleted<CertificateProfile>(), new Created<CertificateProfile>(Certificate)),
        Change(
            "certificate_profile.undeleted", Profile.Id, new Undeleted<CertificateProfile>(),
            new Created<CertificateProfile>(Certificate), new Deleted<CertificateProfile>()),
        Change("inventory_object.registered", Vip.Id, Registered(Vip)),
        Change(
            "inventory_object.changed", Device.Id, new Domain.Inventory.Changed { Name = new("lb-1-old", Device.Name) },
            Registered(Device with { Name = "lb-1-old" })),
        Change("inventory_object.removed", Acme.Id, new Domain.Inventory.Removed(), Registered(Acme)),
    }.ToDictionary(change => change.Type);

    private static FeedChange Change(string type, Guid id, object happened, params object[] earlier)
    {
        var aggregate = StoredEvents.Of(type)!.Aggregate;
        IView? before = null;
        foreach (var (data, hours) in earlier.Select((data, hours) => (data, hours)))
            before = aggregate.Next(before, id, data, new(Created.AddHours(hours), null));
        var (version, time) = ((before?.Version ?? 0) + 1, Created.AddHours(earlier.Length));
        var committed = Committed(type, id, version, time, happened);
        return FeedChange.Of(committed, before, committed.Fact!.Next(before), Names(), Epoch);
    }

    private static FeedChange News(ConditionNews news)
    {
        var server = Aggregates.VirtualServer.Next(null, Shop.Id, new Created<Server>(Server), new(Created, null));
        var type = StoredEvents.Of(news.GetType()).Name;
        return FeedChange.Of(Committed(type, Shop.Id, 1, Created.AddDays(1), news), null, server, Names(), Epoch);
    }

    private static CommittedEvent Committed(string type, Guid id, long version, DateTimeOffset time, object data)
    {
        var fact = new StoredFact(
            4711, Id(32), id, version, StoredEvents.Of(type)!, data, time, "ann@example.org", "ticket-4711", "maintenance", "deploy-bot",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", null);
        return new(fact.Sequence, fact.EventId, id, version, type, time, fact, null);
    }

    private static Registered Registered(Named named) => new(new(named.Kind, named.Name, named.Scope));

    private static OwnedNames Names() => new(
        [.. new[] { Vip, OtherVip, Backend, Group, Device, Snat, Acme, Globex, Monitor, Profile, Pool, Shop }
            .Select(named => (named, (Guid?)null))]);

    private static Guid Id(int number) => Guid.Parse($"0198c2f4-5d3e-7a10-9c52-{number:d12}");
}
