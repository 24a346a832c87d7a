using System.Text.Json;
using Marten;
using VirtualServers.Domain;
using Certificates = VirtualServers.Domain.Certificates;
using IEvent = JasperFx.Events.IEvent;
using Inventory = VirtualServers.Domain.Inventory;
using Monitors = VirtualServers.Domain.Monitors;
using Pools = VirtualServers.Domain.Pools;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

/// <summary>One kind of event-sourced object: how its events lead from one view to the next.</summary>
/// <typeparam name="T">The content of the object.</typeparam>
public sealed record Aggregate<T>(Func<Lifecycle<T>, Event<T>, Lifecycle<T>> Evolve) : IAggregate where T : class, IRegistered
{
    /// <summary>The view after one more event.</summary>
    public View<T> Next(View<T>? before, Guid id, Event<T> happened, Written written) =>
        View<T>.After(before, id, Evolve(before?.State ?? new Lifecycle<T>.Absent(), happened), written);

    IView IAggregate.Next(IView? before, Guid id, object happened, Written written) =>
        Next((View<T>?)before, id, (Event<T>)happened, written);

    async Task<IView?> IAggregate.Load(IDocumentOperations session, Guid id, CancellationToken cancellation) =>
        await session.LoadAsync<View<T>>(id, cancellation);

    void IAggregate.Store(IDocumentOperations operations, IView view) => operations.Store((View<T>)view);

    Type IAggregate.Content => typeof(T);

    IView IAggregate.Read(string json) => JsonSerializer.Deserialize<View<T>>(json, StoredJson.Options)!;
}

/// <summary>An aggregate of any kind.</summary>
public interface IAggregate
{
    /// <summary>The view after one more event; null stands for no earlier event.</summary>
    IView Next(IView? before, Guid id, object happened, Written written);

    /// <summary>The stored view of an object.</summary>
    Task<IView?> Load(IDocumentOperations session, Guid id, CancellationToken cancellation);

    /// <summary>The type of the content.</summary>
    Type Content { get; }

    /// <summary>A view from its stored JSON.</summary>
    IView Read(string json);

    /// <summary>Stores a view with the transaction.</summary>
    void Store(IDocumentOperations operations, IView view);
}

/// <summary>All kinds of event-sourced objects, and the one fold from a stream to a view.</summary>
public static class Aggregates
{
    public static readonly Aggregate<Servers.VirtualServer> VirtualServer =
        new(Owned<Servers.VirtualServer, Servers.Draft, Servers.Rules>.Evolve);

    public static readonly Aggregate<Pools.LoadBalancerPool> LoadBalancerPool =
        new(Owned<Pools.LoadBalancerPool, Pools.Draft, Pools.Rules>.Evolve);

    public static readonly Aggregate<Monitors.HealthCheckMonitor> HealthCheckMonitor =
        new(Owned<Monitors.HealthCheckMonitor, Monitors.Draft, Monitors.Rules>.Evolve);

    public static readonly Aggregate<Certificates.CertificateProfile> CertificateProfile =
        new(Owned<Certificates.CertificateProfile, Certificates.Draft, Certificates.Rules>.Evolve);

    public static readonly Aggregate<Inventory.InventoryObject> InventoryObject = new(Inventory.Decider.Evolve);

    /// <summary>The aggregate of a kind of object.</summary>
    public static IAggregate Of(Kind kind) => kind switch
    {
        Kind.VirtualServer => VirtualServer,
        Kind.LoadBalancerPool => LoadBalancerPool,
        Kind.HealthCheckMonitor => HealthCheckMonitor,
        Kind.CertificateProfile => CertificateProfile,
        _ => InventoryObject,
    };

    /// <summary>The view after the next event of its object.</summary>
    public static IView Next(IView? before, IEvent happened) =>
        StoredEvents.Of(happened.EventType).Aggregate.Next(
            before, happened.StreamId, happened.Data,
            new(happened.Timestamp, Headers.EpochOf(happened.GetHeader(Headers.Epoch)?.ToString())));

    /// <summary>The view that the first events of an object lead to; null when there are none.</summary>
    public static IView? Fold(IEnumerable<IEvent> stream) => stream.Aggregate((IView?)null, Next);

    /// <summary>The view of an object at a version, folded from its stream.</summary>
    public static async Task<IView?> Fold(IDocumentOperations session, Guid id, long version, CancellationToken cancellation) =>
        Fold(await session.Events.FetchStreamAsync(id, version, token: cancellation));
}
