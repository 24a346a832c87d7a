using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Short forms of the most frequent calls.</summary>
internal static class ShortForms
{
    public static async Task<V1.VirtualServer> Create(this TestService service, V1.VirtualServer draft) =>
        (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;

    public static async Task<V1.VirtualServer> Get(this TestService service, string id) =>
        (await service.VirtualServers.GetVirtualServerAsync(new() { Id = id })).VirtualServer;

    /// <summary>A virtual server as a command answers it: without its conditions, which must be the given ones.</summary>
    public static V1.VirtualServer Having(this V1.VirtualServer read, params IEnumerable<ConditionType> conditions)
    {
        Assert.Equal(conditions.Order(), read.Conditions.Select(condition => condition.Type).Order());
        var answered = new V1.VirtualServer(read);
        answered.Conditions.Clear();
        return answered;
    }

    /// <summary>Changes the fields of the mask; without a mask, the fields that have a value.</summary>
    public static async Task<V1.VirtualServer> Update(this TestService service, string id, V1.VirtualServer wanted, params string[] mask) =>
        (await service.VirtualServers.UpdateVirtualServerAsync(Updating(id, wanted, mask))).VirtualServer;

    /// <summary>An update that is decided on the current state, even if it carries an object that was read before.</summary>
    public static UpdateVirtualServerRequest Updating(string id, V1.VirtualServer wanted, params string[] mask) => new()
    {
        Id = id,
        VirtualServer = new(wanted) { Etag = "" },
        UpdateMask = mask.Length == 0 ? null : new() { Paths = { mask } },
    };

    public static async Task<V1.VirtualServer> Delete(this TestService service, string id) =>
        (await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = id })).VirtualServer;

    public static async Task<InventoryObject> Upsert(this TestService service, InventoryObject wanted) =>
        (await service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = new(wanted) { Etag = "" } })).InventoryObject;

    public static async Task<InventoryObject> Remove(this TestService service, string id) =>
        (await service.Inventory.RemoveInventoryObjectAsync(new() { Id = id })).InventoryObject;

    /// <summary>A pool (with a member), monitor or certificate profile that no other test uses.</summary>
    public static async Task<Reference> Add(this TestService service, Kind kind, string what)
    {
        var name = TestInventory.Unique(what);
        var id = kind switch
        {
            Kind.LoadBalancerPool => (await service.Pools.CreateLoadBalancerPoolAsync(
                new() { LoadBalancerPool = await TestInventory.Pool(service, name) })).LoadBalancerPool.Id,
            Kind.HealthCheckMonitor => (await service.Monitors.CreateHealthCheckMonitorAsync(
                new() { HealthCheckMonitor = new() { Name = name } })).HealthCheckMonitor.Id,
            Kind.CertificateProfile => (await service.Profiles.CreateCertificateProfileAsync(
                new() { CertificateProfile = new() { Name = name } })).CertificateProfile.Id,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "inventory is registered, not added"),
        };
        return new() { Id = id, Name = name };
    }
}
