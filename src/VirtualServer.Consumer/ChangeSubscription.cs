using VirtualServers.Contracts;
using VirtualServers.V1;

namespace VirtualServers.Consumer;

/// <summary>Which changes a queue receives. The bindings add up; without any, it receives all changes.</summary>
public sealed class ChangeSubscription
{
    private readonly List<string> types = [];
    private readonly List<IReadOnlyDictionary<string, string>> headers = [];

    internal ChangeSubscription(string queue) => Queue = queue;

    /// <summary>The queue. It belongs to this subscriber alone, and collects changes while none of its instances runs.</summary>
    public string Queue { get; }

    /// <summary>How many messages RabbitMQ sends ahead.</summary>
    public int PrefetchCount { get; set; } = 100;

    /// <summary>
    /// Whether the queue is a quorum queue, which survives the loss of a node of RabbitMQ. It is fixed by the first declaration of the
    /// queue.
    /// </summary>
    public bool IsQuorum { get; set; } = true;

    /// <summary>The longest pause before a change whose work has failed is processed again. The first is one second.</summary>
    public TimeSpan MaxPause { get; set; } = TimeSpan.FromMinutes(1);

    internal IReadOnlyList<string> Types => types is [] && headers is [] ? ["#"] : types;

    internal IReadOnlyList<IReadOnlyDictionary<string, string>> Headers => headers;

    /// <summary>Receives the changes of some types.</summary>
    /// <param name="patterns">Patterns: <c>virtual_server.#</c> for a kind, <c>*.deleted</c>, <c>virtual_server.created</c>.</param>
    /// <returns>This subscription.</returns>
    public ChangeSubscription OfTypes(params string[] patterns)
    {
        types.AddRange(patterns);
        return this;
    }

    /// <summary>Receives the changes of the objects of a tenant, and those by which an object ceases to be one.</summary>
    /// <param name="tenant">The id of the tenant.</param>
    /// <param name="kinds">The kinds of the objects; without any, all.</param>
    /// <returns>This subscription.</returns>
    public ChangeSubscription OfTenant(Guid tenant, params Kind[] kinds) =>
        ByHeader(ChangeHeaders.Tenant, tenant, kinds).ByHeader(ChangeHeaders.TenantBefore, tenant, kinds);

    /// <summary>Receives the changes of the virtual servers at a placement, and those by which one leaves it.</summary>
    /// <param name="placement">The id of the device, device redundancy group, virtual chassis or cloud service.</param>
    /// <returns>This subscription.</returns>
    public ChangeSubscription AtPlacement(Guid placement) =>
        ByHeader(ChangeHeaders.Placement, placement, []).ByHeader(ChangeHeaders.PlacementBefore, placement, []);

    private ChangeSubscription ByHeader(string name, Guid id, Kind[] kinds)
    {
        foreach (var kind in kinds is [] ? [Kind.Unspecified] : kinds)
        {
            var binding = new Dictionary<string, string> { ["x-match"] = "all", [name] = $"{id}" };
            if (kind is not Kind.Unspecified) binding[ChangeHeaders.Kind] = ChangeHeaders.Spelled(kind);
            headers.Add(binding);
        }

        return this;
    }
}

/// <summary>The subscription of a handler.</summary>
internal sealed record SubscriptionOf<THandler>(ChangeSubscription Subscription);
