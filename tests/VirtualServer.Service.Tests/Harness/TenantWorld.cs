using Google.Protobuf.WellKnownTypes;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// Two tenants with objects of each kind that clash, and shared objects. The callers of one may see nothing of the other.
/// </summary>
internal sealed class TenantWorld
{
    /// <summary>The role of callers that may read and change the objects of <see cref="Acme"/>, by its name.</summary>
    public const string Role = "acme-operator";

    /// <summary>The tenant of the callers.</summary>
    public const string Acme = "acme";

    // In every name of the other tenant, and in no request that does not probe for it.
    private const string Mark = "hidden";

    /// <summary>The settings of the role.</summary>
    public static IEnumerable<string> Roles =>
        [.. TestIssuer.Role(Role, "registry.read", "registry.write"), $"Security:Roles:{Role}:Tenants:0={Acme}"];

    private readonly List<string> secrets = [];

    /// <summary>The ids and names of the other tenant and of its objects.</summary>
    public IReadOnlyList<string> Secrets => secrets;

    /// <summary>A time at which all of it existed.</summary>
    public Timestamp Time { get; private set; } = null!;

    public V1.VirtualServer Own { get; private set; } = null!;

    public V1.VirtualServer Shared { get; private set; } = null!;

    public V1.VirtualServer Hidden { get; private set; } = null!;

    public LoadBalancerPool OwnPool { get; private set; } = null!;

    public LoadBalancerPool HiddenPool { get; private set; } = null!;

    public HealthCheckMonitor HiddenMonitor { get; private set; } = null!;

    public CertificateProfile OwnProfile { get; private set; } = null!;

    public CertificateProfile SharedProfile { get; private set; } = null!;

    public CertificateProfile HiddenProfile { get; private set; } = null!;

    public HealthCheckMonitor OwnMonitor { get; private set; } = null!;

    public string HiddenTenant { get; private set; } = "";

    /// <summary>A shared address that both tenants have virtual servers on.</summary>
    public InventoryObject Address { get; private set; } = null!;

    /// <summary>The objects that a method may be called for.</summary>
    public IEnumerable<string> Known(string method) => method switch
    {
        _ when method.Contains("VirtualServer", StringComparison.Ordinal) => [Own.Id, Shared.Id],
        _ when method.Contains("Pool", StringComparison.Ordinal) => [OwnPool.Id],
        _ when method.Contains("Monitor", StringComparison.Ordinal) => [OwnMonitor.Id],
        _ when method.Contains("Certificate", StringComparison.Ordinal) => [OwnProfile.Id, SharedProfile.Id],
        _ when method.Contains("Inventory", StringComparison.Ordinal) => [Address.Id],
        _ => [Own.Id, Shared.Id, OwnPool.Id, SharedProfile.Id, Address.Id],
    };

    /// <summary>Makes it, as an administrator.</summary>
    public static async Task<TenantWorld> Make(TestService service)
    {
        await TestInventory.Register(service);
        var world = new TenantWorld { HiddenTenant = TestInventory.Unique($"{Mark}-tenant") };
        var tenant = await service.Inventory.UpsertInventoryObjectAsync(
            new() { InventoryObject = new() { Tenant = new() { Name = world.HiddenTenant } } });
        world.secrets.AddRange([tenant.InventoryObject.Id, world.HiddenTenant]);
        var (own, hidden) = (new Reference { Name = Acme }, new Reference { Name = world.HiddenTenant });
        var address = await TestInventory.NewAddress(service);
        world.Address = (await service.Inventory.GetInventoryObjectAsync(
            new() { Name = new() { Kind = Kind.IpAddress, Name = address } })).InventoryObject;

        world.HiddenMonitor = (await service.Monitors.CreateHealthCheckMonitorAsync(new()
        {
            HealthCheckMonitor = new() { Name = TestInventory.Unique($"{Mark}-monitor"), Tenant = hidden },
        })).HealthCheckMonitor;
        world.OwnMonitor = (await service.Monitors.CreateHealthCheckMonitorAsync(new()
        {
            HealthCheckMonitor = new() { Name = TestInventory.Unique("probe"), Tenant = own },
        })).HealthCheckMonitor;
        world.HiddenProfile = await Profile($"{Mark}-certificate", hidden);
        world.OwnProfile = await Profile("certificate", own);
        world.SharedProfile = await Profile("certificate", null);
        world.HiddenPool = await Pool($"{Mark}-pool", hidden, world.HiddenMonitor.Id, world.HiddenProfile.Id);
        world.OwnPool = await Pool("backends", own, world.OwnMonitor.Id, world.OwnProfile.Id);

        // They conflict with each other and share the letters of a name, and the shared one refers to what is hidden.
        world.Hidden = await Server(
            $"{Mark}-WEB", hidden, Protocol.Https, world.HiddenPool.Id, world.SharedProfile.Id, world.HiddenProfile.Id);
        world.Own = await Server("web", own, Protocol.Tcp, world.OwnPool.Id, world.SharedProfile.Id);
        world.Shared = await Server("shared", null, Protocol.Http, world.HiddenPool.Id, world.SharedProfile.Id, world.HiddenProfile.Id);
        var gone = await Server($"{Mark}-gone", hidden, Protocol.Quic, world.HiddenPool.Id);
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = gone.Id, Reason = $"{Mark}-reason" });
        await service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = world.Hidden.Id, VirtualServer = new() { Description = $"{Mark}-description" },
            UpdateMask = new() { Paths = { "description" } },
        });
        world.Hidden = await service.Get(world.Hidden.Id);
        world.Time = world.Hidden.UpdateTime;
        world.secrets.AddRange(
        [
            world.HiddenMonitor.Id, world.HiddenMonitor.Name, world.HiddenProfile.Id, world.HiddenProfile.Name,
            world.HiddenPool.Id, world.HiddenPool.Name, world.HiddenPool.Members[0].Id, world.Hidden.Id, world.Hidden.Name, gone.Id,
            gone.Name, $"{Mark}-description", $"{Mark}-reason",
        ]);
        return world;

        async Task<CertificateProfile> Profile(string name, Reference? of) =>
            (await service.Profiles.CreateCertificateProfileAsync(new()
            {
                CertificateProfile = new()
                {
                    Name = TestInventory.Unique(name), CertificateType = CertificateType.Server, Tenant = of,
                    ExpirationDate = DateTimeOffset.UtcNow.AddDays(3).ToTimestamp(),
                },
            })).CertificateProfile;

        async Task<LoadBalancerPool> Pool(string name, Reference? of, string monitor, string profile)
        {
            var draft = await TestInventory.Pool(service, TestInventory.Unique(name));
            (draft.Tenant, draft.HealthCheckMonitor) = (of, new() { Id = monitor });
            draft.Members[0].CertificateProfiles.Add(new Reference { Id = profile });
            if (of is not null) draft.Members[0].Tenant = of;
            return (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;
        }

        async Task<V1.VirtualServer> Server(string name, Reference? of, Protocol protocol, string pool, params string[] profiles) =>
            (await service.VirtualServers.CreateVirtualServerAsync(new()
            {
                VirtualServer = new()
                {
                    Name = TestInventory.Unique(name), Vip = new() { Name = address }, Port = 443, Protocol = protocol,
                    LoadBalancerType = LoadBalancerType.Layer7, Device = new() { Name = "lb-1" }, Tenant = of,
                    LoadBalancerPool = new() { Id = pool }, SslOffload = profiles.Length > 0,
                    CertificateProfiles = { profiles.Select(id => new Reference { Id = id }) },
                },
            })).VirtualServer;
    }
}
