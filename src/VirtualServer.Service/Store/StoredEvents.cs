using Marten.Events;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using Certificates = VirtualServers.Domain.Certificates;
using IEvent = JasperFx.Events.IEvent;
using Inventory = VirtualServers.Domain.Inventory;
using Monitors = VirtualServers.Domain.Monitors;
using Pools = VirtualServers.Domain.Pools;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

/// <summary>One event type as it is stored and announced.</summary>
/// <param name="Name">Its name in the store and on the bus.</param>
/// <param name="Type">Its type in the domain.</param>
/// <param name="Owner">The kind of object it happens to; null for news, which change no object.</param>
public sealed record StoredEvent(string Name, Type Type, IAggregate? Owner)
{
    /// <summary>The kind of object it happens to.</summary>
    public IAggregate Aggregate => Owner ?? throw new InvalidOperationException($"{Name} changes no object");

    private readonly Type wrapped = typeof(JasperFx.Events.Event<>).MakeGenericType(Type);

    /// <summary>An event as Marten reads it.</summary>
    public IEvent Wrap(object data)
    {
        var happened = (IEvent)Activator.CreateInstance(wrapped, data)!;
        happened.EventTypeName = Name;
        return happened;
    }
}

/// <summary>
/// The name of every stored event, which is also its type on the bus. Names are added, never renamed; each has a golden JSON file in the
/// tests.
/// </summary>
public static class StoredEvents
{
    public static readonly IReadOnlyList<StoredEvent> All =
    [
        .. Owned("virtual_server", Aggregates.VirtualServer),
        new("virtual_server.changed", typeof(Servers.Changed), Aggregates.VirtualServer),
        new("virtual_server.enabled", typeof(Servers.Enabled), Aggregates.VirtualServer),
        new("virtual_server.disabled", typeof(Servers.Disabled), Aggregates.VirtualServer),
        .. Owned("load_balancer_pool", Aggregates.LoadBalancerPool),
        new("load_balancer_pool.changed", typeof(Pools.Changed), Aggregates.LoadBalancerPool),
        .. Owned("health_check_monitor", Aggregates.HealthCheckMonitor),
        new("health_check_monitor.changed", typeof(Monitors.Changed), Aggregates.HealthCheckMonitor),
        .. Owned("certificate_profile", Aggregates.CertificateProfile),
        new("certificate_profile.changed", typeof(Certificates.Changed), Aggregates.CertificateProfile),
        new("inventory_object.registered", typeof(Inventory.Registered), Aggregates.InventoryObject),
        new("inventory_object.changed", typeof(Inventory.Changed), Aggregates.InventoryObject),
        new("inventory_object.removed", typeof(Inventory.Removed), Aggregates.InventoryObject),
    ];

    /// <summary>The news, which are told like the changes of objects.</summary>
    public static readonly IReadOnlyList<StoredEvent> News =
    [
        new("virtual_server.condition_raised", typeof(Servers.ConditionRaised), null),
        new("virtual_server.condition_cleared", typeof(Servers.ConditionCleared), null),
    ];

    /// <summary>Everything that is told: the changes of objects, and the news.</summary>
    public static readonly IReadOnlyList<StoredEvent> Told = [.. All, .. News];

    private static readonly Dictionary<Type, StoredEvent> ByType = Told.ToDictionary(stored => stored.Type);

    private static readonly Dictionary<string, StoredEvent> ByName = Told.ToDictionary(stored => stored.Name);

    /// <summary>Whether an event, given its type, happened to an object: it is neither news nor one of Marten's tombstones.</summary>
    public static Sql IsOfObject(string type) => Sql.Text(
        $"{type} not in ({string.Join(", ", News.Select(news => $"'{news.Name}'").Prepend("'tombstone'"))})");

    /// <summary>The entry of a stored name; null for an unknown one.</summary>
    public static StoredEvent? Of(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The entry of an event's type.</summary>
    public static StoredEvent Of(Type type) =>
        ByType.GetValueOrDefault(type)
        ?? throw new InvalidOperationException($"the event type {type} has no entry in {nameof(StoredEvents)}");

    /// <summary>The entry of a stored name, which a newer version may have stored.</summary>
    public static StoredEvent Known(string name) => Of(name) ?? throw new StartupException(
        $"the database has events of the type {name}, which this version does not know: use a newer version");

    /// <summary>Registers all names with Marten.</summary>
    public static void Register(IEventStoreOptions events)
    {
        foreach (var (name, type, _) in Told) events.MapEventType(type, name);
    }

    // The events of every kind of object that the registry owns.
    private static IEnumerable<StoredEvent> Owned<T>(string name, Aggregate<T> aggregate) where T : class, IRegistered =>
    [
        new($"{name}.created", typeof(Created<T>), aggregate),
        new($"{name}.deleted", typeof(Deleted<T>), aggregate),
        new($"{name}.undeleted", typeof(Undeleted<T>), aggregate),
    ];
}
