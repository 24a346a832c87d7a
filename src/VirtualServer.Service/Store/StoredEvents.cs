using Marten.Events;
using VirtualServers.Domain;
using Inventory = VirtualServers.Domain.Inventory;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

/// <summary>One event type as it is stored and announced.</summary>
public sealed record StoredEvent(string Name, Type Type, IResource Resource);

/// <summary>
/// The name of every event in the store, which is its type on the bus too. Added to, never renamed; each has a golden JSON
/// file in the tests.
/// </summary>
public static class StoredEvents
{
    public static readonly IReadOnlyList<StoredEvent> All =
    [
        new("virtual_server.created", typeof(Created<Servers.VirtualServer>), Resources.VirtualServer),
        new("virtual_server.changed", typeof(Servers.Changed), Resources.VirtualServer),
        new("virtual_server.enabled", typeof(Servers.Enabled), Resources.VirtualServer),
        new("virtual_server.disabled", typeof(Servers.Disabled), Resources.VirtualServer),
        new("virtual_server.deleted", typeof(Deleted<Servers.VirtualServer>), Resources.VirtualServer),
        new("virtual_server.undeleted", typeof(Undeleted<Servers.VirtualServer>), Resources.VirtualServer),
        new("inventory_object.registered", typeof(Inventory.Event.Registered), Resources.InventoryObject),
        new("inventory_object.changed", typeof(Inventory.Event.Changed), Resources.InventoryObject),
        new("inventory_object.removed", typeof(Inventory.Event.Removed), Resources.InventoryObject),
    ];

    /// <summary>Tells the store all names.</summary>
    public static void Register(IEventStoreOptions events)
    {
        foreach (var (name, type, _) in All) events.MapEventType(type, name);
    }

    /// <summary>How a kind is spelled in the store.</summary>
    public static string Stored(this Kind kind) => kind.Words.Replace(' ', '_').ToLowerInvariant();

    /// <summary>The kind of a stored spelling.</summary>
    public static Kind ToKind(string stored) => Enum.GetValues<Kind>().First(kind => kind.Stored() == stored);
}
