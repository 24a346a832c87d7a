using Marten.Events;
using VirtualServers.Domain;
using Certificates = VirtualServers.Domain.Certificates;
using Inventory = VirtualServers.Domain.Inventory;
using Monitors = VirtualServers.Domain.Monitors;
using Pools = VirtualServers.Domain.Pools;
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
        .. Owned("virtual_server", Resources.VirtualServer),
        new("virtual_server.changed", typeof(Servers.Changed), Resources.VirtualServer),
        new("virtual_server.enabled", typeof(Servers.Enabled), Resources.VirtualServer),
        new("virtual_server.disabled", typeof(Servers.Disabled), Resources.VirtualServer),
        .. Owned("load_balancer_pool", Resources.LoadBalancerPool),
        new("load_balancer_pool.changed", typeof(Pools.Changed), Resources.LoadBalancerPool),
        .. Owned("health_check_monitor", Resources.HealthCheckMonitor),
        new("health_check_monitor.changed", typeof(Monitors.Changed), Resources.HealthCheckMonitor),
        .. Owned("certificate_profile", Resources.CertificateProfile),
        new("certificate_profile.changed", typeof(Certificates.Changed), Resources.CertificateProfile),
        new("inventory_object.registered", typeof(Inventory.Registered), Resources.InventoryObject),
        new("inventory_object.changed", typeof(Inventory.Changed), Resources.InventoryObject),
        new("inventory_object.removed", typeof(Inventory.Removed), Resources.InventoryObject),
    ];

    /// <summary>Tells the store all names.</summary>
    public static void Register(IEventStoreOptions events)
    {
        foreach (var (name, type, _) in All) events.MapEventType(type, name);
    }

    // What happens to everything that the registry owns.
    private static IEnumerable<StoredEvent> Owned<T, TDraft, TWire>(string name, Resource<T, Command<TDraft>, Event<T>, TWire> resource)
        where T : class, IRegistered
        where TDraft : IDraft
        where TWire : class, Google.Protobuf.IMessage =>
    [
        new($"{name}.created", typeof(Created<T>), resource),
        new($"{name}.deleted", typeof(Deleted<T>), resource),
        new($"{name}.undeleted", typeof(Undeleted<T>), resource),
    ];

    // Looked up for every row that is read.
    private static readonly Dictionary<Kind, string> Kinds = Enum.GetValues<Kind>().ToDictionary(kind => kind, kind => kind.Words.Replace(' ', '_').ToLowerInvariant());
    private static readonly Dictionary<string, Kind> KindsByName = Kinds.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>How a kind is spelled in the store.</summary>
    public static string Stored(this Kind kind) => Kinds[kind];

    /// <summary>The kind of a stored spelling.</summary>
    public static Kind ToKind(string stored) => KindsByName[stored];
}
