using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>The inventory that tests refer to, and virtual servers that refer to it.</summary>
internal static class TestInventory
{
    private static int names;

    /// <summary>A name that no other test uses.</summary>
    public static string Unique(string what) => $"{what}-{Interlocked.Increment(ref names)}";

    /// <summary>An address that no other test uses.</summary>
    public static string UniqueAddress()
    {
        var number = Interlocked.Increment(ref names);
        return $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}";
    }

    /// <summary>The objects that tests refer to. The pool has a member, so that a virtual server on it has no condition.</summary>
    public static async Task Register(RunningService service)
    {
        foreach (var known in new InventoryObject[]
        {
            new() { Device = new() { Name = "lb-1" } }, new() { Device = new() { Name = "lb-2" } },
            new() { DeviceRedundancyGroup = new() { Name = "pair-1" } }, new() { VirtualChassis = new() { Name = "chassis-1" } },
            new() { CloudService = new() { Name = "cloud-1" } }, new() { Tenant = new() { Name = "acme" } },
            new() { Prefix = new() { Prefix_ = "192.0.2.0/24" } }, new() { IpAddress = new() { Address = "192.0.2.10" } },
            new() { IpAddress = new() { Address = "2001:db8::10" } }, new() { IpAddress = new() { Address = "198.51.100.1" } },
        })
        {
            await service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = known });
        }

        await service.Pools.CreateLoadBalancerPoolAsync(new()
        {
            LoadBalancerPool = new()
            {
                Name = "pool-1",
                LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
                Members = { new PoolMember { IpAddress = new() { Name = "198.51.100.1" }, Port = 80 } },
            },
        });
    }

    /// <summary>A registered address that nobody listens on.</summary>
    public static async Task<string> NewAddress(RunningService service)
    {
        var address = UniqueAddress();
        await service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = new() { IpAddress = new() { Address = address } } });
        return address;
    }

    /// <summary>A virtual server with a name and a VIP of its own, on lb-1, HTTPS 443.</summary>
    public static async Task<V1.VirtualServer> Draft(RunningService service, string? name = null) => new()
    {
        Name = name ?? Unique("web"),
        Vip = new() { Name = await NewAddress(service) },
        Port = 443,
        Protocol = Protocol.Https,
        LoadBalancerType = LoadBalancerType.Layer7,
        Device = new() { Name = "lb-1" },
        LoadBalancerPool = new() { Name = "pool-1" },
    };

    /// <summary>A pool with one member, at an address of its own.</summary>
    public static async Task<LoadBalancerPool> Pool(RunningService service, string? name = null) => new()
    {
        Name = name ?? Unique("backends"),
        LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
        Members = { new PoolMember { IpAddress = new() { Name = await NewAddress(service) }, Port = 80 } },
    };

    /// <summary>A virtual server with a name and a VIP of its own, created.</summary>
    public static async Task<V1.VirtualServer> Create(RunningService service, string? name = null) =>
        (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = await Draft(service, name) })).VirtualServer;
}
