using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using Certificates = VirtualServers.Domain.Certificates;
using Inventory = VirtualServers.Domain.Inventory;
using Monitors = VirtualServers.Domain.Monitors;
using Pools = VirtualServers.Domain.Pools;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

/// <summary>
/// One kind of object to the registry: how it asks, decides and evolves (pure, from the domain), and how it looks on the wire.
/// A new aggregate is one more entry of <see cref="Resources"/>.
/// </summary>
/// <typeparam name="T">What the object is while it lives; its view is a <see cref="View{T}"/>.</typeparam>
public sealed record Resource<T, TCommand, TEvent, TWire>(
    Func<TCommand, FactsNeeded> Needs,
    Func<TCommand, Lifecycle<T>, Facts, Decision<TEvent>> Decide,
    Func<Lifecycle<T>, TEvent, Lifecycle<T>> Evolve,
    Func<View<T>, Names, TWire> ToWire) : IResource
    where T : class, IRegistered
    where TEvent : class
    where TWire : class, IMessage
{
    /// <summary>The view after one more event.</summary>
    public View<T> Next(View<T>? before, Guid id, TEvent happened, DateTimeOffset time) =>
        View<T>.After(before, id, Evolve(before?.State ?? new Lifecycle<T>.Absent(), happened), time);

    IView IResource.Next(IView? before, JasperFx.Events.IEvent happened) => Next((View<T>?)before, happened.StreamId, (TEvent)happened.Data, happened.Timestamp);

    IMessage IResource.ToWire(IView view, Names names) => ToWire((View<T>)view, names);
}

/// <summary>A resource to those who only follow events and need not know of what kind.</summary>
public interface IResource
{
    /// <summary>The view after one more event; null stands for none before.</summary>
    IView Next(IView? before, JasperFx.Events.IEvent happened);

    /// <summary>The object as the contract has it.</summary>
    IMessage ToWire(IView view, Names names);
}

/// <summary>All kinds of objects that are event-sourced here.</summary>
public static class Resources
{
    public static readonly Resource<Servers.VirtualServer, Command<Servers.Draft>, Event<Servers.VirtualServer>, V1.VirtualServer> VirtualServer =
        Owned<Servers.VirtualServer, Servers.Draft, Servers.Rules, V1.VirtualServer>(VirtualServerWire.ToWire) with { Decide = Servers.Decider.Decide };

    public static readonly Resource<Pools.LoadBalancerPool, Command<Pools.Draft>, Event<Pools.LoadBalancerPool>, V1.LoadBalancerPool> LoadBalancerPool =
        Owned<Pools.LoadBalancerPool, Pools.Draft, Pools.Rules, V1.LoadBalancerPool>(LoadBalancerPoolWire.ToWire) with { Needs = Pools.Decider.Needs, Decide = Pools.Decider.Decide };

    public static readonly Resource<Monitors.HealthCheckMonitor, Command<Monitors.Draft>, Event<Monitors.HealthCheckMonitor>, V1.HealthCheckMonitor> HealthCheckMonitor =
        Owned<Monitors.HealthCheckMonitor, Monitors.Draft, Monitors.Rules, V1.HealthCheckMonitor>(HealthCheckMonitorWire.ToWire);

    public static readonly Resource<Certificates.CertificateProfile, Command<Certificates.Draft>, Event<Certificates.CertificateProfile>, V1.CertificateProfile> CertificateProfile =
        Owned<Certificates.CertificateProfile, Certificates.Draft, Certificates.Rules, V1.CertificateProfile>(CertificateProfileWire.ToWire);

    public static readonly Resource<Inventory.InventoryObject, Inventory.Command, Event<Inventory.InventoryObject>, V1.InventoryObject> InventoryObject =
        new(Inventory.Decider.Needs, Inventory.Decider.Decide, Inventory.Decider.Evolve, InventoryWire.ToWire);

    private static Resource<T, Command<TDraft>, Event<T>, TWire> Owned<T, TDraft, TRules, TWire>(Func<View<T>, Names, TWire> toWire)
        where T : class, IRegistered
        where TDraft : IDraft
        where TRules : IRules<T, TDraft>
        where TWire : class, IMessage =>
        new(Domain.Owned<T, TDraft, TRules>.Needs, Domain.Owned<T, TDraft, TRules>.Decide, Domain.Owned<T, TDraft, TRules>.Evolve, toWire);
}
