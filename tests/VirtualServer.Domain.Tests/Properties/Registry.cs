using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.Tests.Inventory;
using VirtualServers.Domain.Tests.Pools;
using VirtualServers.Domain.Tests.VirtualServers;
using VirtualServers.Domain.VirtualServers;
using InventoryCommand = VirtualServers.Domain.Inventory.Command;
using InventoryEvent = VirtualServers.Domain.Event<VirtualServers.Domain.Inventory.InventoryObject>;
using PoolCommand = VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using PoolEvent = VirtualServers.Domain.Event<VirtualServers.Domain.Pools.LoadBalancerPool>;
using ServerCommand = VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using ServerEvent = VirtualServers.Domain.Event<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.Properties;

/// <summary>A command for an object.</summary>
public abstract record Step(Guid Id)
{
    public sealed record ToServer(Guid Id, ServerCommand Command) : Step(Id)
    {
        public override string ToString() => $"virtual server {Number}: {Readable.Of(Command)}";
    }

    public sealed record ToPool(Guid Id, PoolCommand Command) : Step(Id)
    {
        public override string ToString() => $"pool {Number}: {Readable.Of(Command)}";
    }

    public sealed record ToInventory(Guid Id, InventoryCommand Command) : Step(Id)
    {
        public override string ToString() => $"inventory object {Number}: {Readable.Of(Command)}";
    }

    private string Number => Readable.Of(Id);
}

/// <summary>The outcome of a step: an event, violations, or neither.</summary>
public sealed record Outcome(object? Event, IReadOnlyList<Violation> Violations);

/// <summary>
/// A minimal registry: the events of each object in a list, and facts from the live objects. The domain decides the rest.
/// </summary>
public sealed class Registry
{
    /// <summary>The initial inventory objects, which steps may change and remove.</summary>
    public static readonly IReadOnlyList<Named> Inventory =
        [The.Vip, The.OtherVip, The.Device, The.OtherDevice, The.Group, The.Prefix, The.Tenant];

    /// <summary>The initial pools, without members.</summary>
    public static readonly IReadOnlyList<Named> Pools = [The.Pool, The.OtherPool];

    private readonly Streams<ServerCommand, ServerEvent, VirtualServer> servers = new(VirtualServerScenario.Aggregate);
    private readonly Streams<PoolCommand, PoolEvent, LoadBalancerPool> pools = new(PoolScenario.Aggregate);
    private readonly Streams<InventoryCommand, InventoryEvent, InventoryObject> inventory = new(InventoryScenario.Aggregate);

    public Registry()
    {
        foreach (var one in Inventory) Do(new Step.ToInventory(one.Id, new InventoryCommand.Upsert(new(one.Kind, one.Name, one.Scope))));
        foreach (var pool in Pools)
            Do(new Step.ToPool(pool.Id,
                new PoolCommand.Create(new() { Name = pool.Name, LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin })));
    }

    /// <summary>The live objects. Monitors and certificates exist only as targets of references.</summary>
    public World World { get; private set; } = World.Of([The.Monitor, The.Certificate, The.OtherCertificate]);

    /// <summary>The number of stored events.</summary>
    public int Stored => servers.Stored + pools.Stored + inventory.Stored;

    /// <summary>Whether the state of every object equals the fold of its events.</summary>
    public bool IsFoldOfEvents => servers.AreFoldsOfEvents && pools.AreFoldsOfEvents && inventory.AreFoldsOfEvents;

    /// <summary>Executes a command: load, gather facts, decide, append.</summary>
    public Outcome Do(Step step) => step switch
    {
        Step.ToServer(var id, var command) => servers.Do(this, id, command),
        Step.ToPool(var id, var command) => pools.Do(this, id, command),
        Step.ToInventory(var id, var command) => inventory.Do(this, id, command),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private sealed class Streams<TCommand, TEvent, T>(Aggregate<TCommand, TEvent, T> aggregate) where TEvent : class where T : IRegistered
    {
        private readonly Dictionary<Guid, List<TEvent>> events = [];
        private readonly Dictionary<Guid, Lifecycle<T>> states = [];

        public int Stored => events.Values.Sum(history => history.Count);

        public bool AreFoldsOfEvents => states.All(one => aggregate.Replay(events[one.Key]).Equals(one.Value));

        public Outcome Do(Registry registry, Guid id, TCommand command)
        {
            var state = states.GetValueOrDefault(id, new Lifecycle<T>.Absent());
            switch (aggregate.DecideIn(registry.World, command, id, state))
            {
                case Decision<TEvent>.Accepted { Event: { } happened }:
                    states[id] = aggregate.Evolve(state, happened);
                    if (events.TryGetValue(id, out var history)) history.Add(happened);
                    else events[id] = [happened];
                    registry.World = registry.World.With(id, states[id]);
                    return new(happened, []);
                case Decision<TEvent>.Rejected(var violations):
                    return new(null, violations);
                default:
                    return new(null, []);
            }
        }
    }
}
