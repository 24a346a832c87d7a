using VirtualServers.Domain;
using VirtualServers.Service.Store;
using Certificates = VirtualServers.Domain.Certificates;
using Inventory = VirtualServers.Domain.Inventory;
using Monitors = VirtualServers.Domain.Monitors;
using Pools = VirtualServers.Domain.Pools;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Commands;

/// <summary>One kind of object as the registry sees it: its pure functions from the domain, and its place in requests.</summary>
/// <typeparam name="T">The content of the object.</typeparam>
/// <typeparam name="TCommand">Its commands.</typeparam>
/// <param name="What">The kind in words; for inventory, whose objects are of several kinds, that of all of them.</param>
/// <param name="Field">The field of a request that holds the object.</param>
/// <param name="Aggregate">How its events lead from one view to the next.</param>
/// <param name="Needs">The facts that a command needs.</param>
/// <param name="Decide">The event that a command leads to, or its violations.</param>
public sealed record Resource<T, TCommand>(
    string What,
    string Field,
    Aggregate<T> Aggregate,
    Func<TCommand, FactsNeeded> Needs,
    Func<TCommand, Lifecycle<T>, Facts, Decision<Event<T>>> Decide)
    where T : class, IRegistered
{
    /// <summary>The kind; not set for inventory, whose requests name it.</summary>
    public Kind Kind { get; init; }

    /// <summary>The path of the object's fields in a request.</summary>
    public string Prefix => $"{Field}.";
}

/// <summary>All kinds of objects that commands change. A new aggregate is one more entry here and in <see cref="Aggregates"/>.</summary>
public static class Resources
{
    public static readonly Resource<Servers.VirtualServer, Command<Servers.Draft>> VirtualServer =
        Owned<Servers.VirtualServer, Servers.Draft, Servers.Rules>(Kind.VirtualServer, Aggregates.VirtualServer) with
        {
            Decide = Servers.Decider.Decide,
        };

    public static readonly Resource<Pools.LoadBalancerPool, Command<Pools.Draft>> LoadBalancerPool =
        Owned<Pools.LoadBalancerPool, Pools.Draft, Pools.Rules>(Kind.LoadBalancerPool, Aggregates.LoadBalancerPool) with
        {
            Needs = Pools.Decider.Needs, Decide = Pools.Decider.Decide,
        };

    public static readonly Resource<Monitors.HealthCheckMonitor, Command<Monitors.Draft>> HealthCheckMonitor =
        Owned<Monitors.HealthCheckMonitor, Monitors.Draft, Monitors.Rules>(Kind.HealthCheckMonitor, Aggregates.HealthCheckMonitor);

    public static readonly Resource<Certificates.CertificateProfile, Command<Certificates.Draft>> CertificateProfile =
        Owned<Certificates.CertificateProfile, Certificates.Draft, Certificates.Rules>(
            Kind.CertificateProfile, Aggregates.CertificateProfile);

    public static readonly Resource<Inventory.InventoryObject, Inventory.Command> InventoryObject =
        new("inventory object", "inventory_object", Aggregates.InventoryObject, Inventory.Decider.Needs, Inventory.Decider.Decide);

    private static Resource<T, Command<TDraft>> Owned<T, TDraft, TRules>(Kind kind, Aggregate<T> aggregate)
        where T : class, IRegistered
        where TDraft : IDraft
        where TRules : IRules<T, TDraft> =>
        new(kind.Words, kind.Stored(), aggregate, Domain.Owned<T, TDraft, TRules>.Needs, Domain.Owned<T, TDraft, TRules>.Decide)
        {
            Kind = kind,
        };
}
