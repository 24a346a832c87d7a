using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Short forms of what tests ask for most.</summary>
internal static class Commands
{
    public static async Task<V1.VirtualServer> Create(this TestService service, V1.VirtualServer draft) =>
        (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;

    public static async Task<V1.VirtualServer> Get(this TestService service, string id) =>
        (await service.VirtualServers.GetVirtualServerAsync(new() { Id = id })).VirtualServer;

    /// <summary>Changes the fields of the mask; without one, those that have a value.</summary>
    public static async Task<V1.VirtualServer> Update(this TestService service, string id, V1.VirtualServer wanted, params string[] mask) =>
        (await service.VirtualServers.UpdateVirtualServerAsync(Updating(id, wanted, mask))).VirtualServer;

    public static UpdateVirtualServerRequest Updating(string id, V1.VirtualServer wanted, params string[] mask) =>
        new() { Id = id, VirtualServer = wanted, UpdateMask = mask.Length == 0 ? null : new() { Paths = { mask } } };

    public static async Task<V1.VirtualServer> Delete(this TestService service, string id) =>
        (await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = id })).VirtualServer;

    public static async Task<InventoryObject> Upsert(this TestService service, InventoryObject wanted) =>
        (await service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = wanted })).InventoryObject;

    public static async Task<InventoryObject> Remove(this TestService service, string id) =>
        (await service.Inventory.RemoveInventoryObjectAsync(new() { Id = id })).InventoryObject;

    /// <summary>
    /// Enters a pool, monitor or certificate profile into the directory past the service, which has no RPC for them yet. Everything that
    /// virtual servers do with such references goes by the directory alone.
    /// </summary>
    public static async Task<Reference> Enter(this TestService service, Kind kind, string what)
    {
        var (id, name) = (Guid.CreateVersion7(), TestInventory.Unique(what));
        await service.Scalar<Guid>($"insert into registry.directory (id, kind, scope, name, living) values ('{id}', '{Store.StoredEvents.Stored(kind)}', '', '{name}', true) returning id");
        return new() { Id = id.ToString(), Name = name };
    }
}
