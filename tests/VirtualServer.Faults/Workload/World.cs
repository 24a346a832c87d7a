using VirtualServers.V1;

namespace VirtualServers.Faults.Workload;

/// <summary>The names of the run: few, so that commands meet, race and refuse each other.</summary>
internal static class World
{
    public const int Tenants = 3, Devices = 4, Addresses = 40, Members = 30, Pools = 12, Profiles = 10, Monitors = 4, Servers = 300;

    public static string Tenant(int number) => $"tenant-{number}";

    public static string Device(int number) => $"lb-{number}";

    public static string Address(int number) => $"10.0.0.{number}";

    public static string Member(int number) => $"10.1.0.{number}";

    /// <summary>The commands that register what others refer to.</summary>
    public static IEnumerable<IMutation> Foundation()
    {
        var known = Enumerable.Range(0, Tenants).Select(i => new InventoryObject { Tenant = new() { Name = Tenant(i) } })
            .Concat(Enumerable.Range(0, Devices).Select(i => new InventoryObject { Device = new() { Name = Device(i) } }))
            .Concat(Enumerable.Range(0, Addresses).Select(i => new InventoryObject { IpAddress = new() { Address = Address(i) } }))
            .Concat(Enumerable.Range(0, Members).Select(i => new InventoryObject { IpAddress = new() { Address = Member(i) } }));
        yield return new BatchUpsertInventoryObjectsRequest
        {
            Requests = { known.Select(one => new UpsertInventoryObjectRequest { InventoryObject = one }) },
        };
        for (var i = 0; i < Monitors; i++)
        {
            yield return new CreateHealthCheckMonitorRequest
            {
                HealthCheckMonitor = new() { Name = $"monitor-{i}", Interval = 10, Timeout = 3 },
            };
        }
    }
}
