using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>What an object leaves in the tables that span aggregates (RegistryTables.cs).</summary>
/// <param name="Entry">Its entry in the directory.</param>
/// <param name="Uses">What it refers to.</param>
/// <param name="Listener">Its row among the living virtual servers, if it is one.</param>
/// <param name="Conditions">What it alone has of conditions, if it is one.</param>
internal sealed record Footprint(Guid Id, Kind Kind, Entry Entry, IReadOnlySet<Use> Uses, ListenerRow? Listener, IReadOnlySet<ConditionType> Conditions)
{
    /// <summary>The footprint of an object.</summary>
    public static Footprint Of<T>(View<T> view) where T : class, IRegistered
    {
        var entry = new Entry(view.Content.Scope, view.Content.Name, view.Live);
        var (listener, conditions) = view is View<VirtualServer> { Live: true } server ? (ListenerRow.Of(server.Content), Domain.VirtualServers.Conditions.Of(server.Content)) : (null, []);
        return new(view.Id, view.Content.Kind, view.Content switch
        {
            InventoryObject known when InventoryObject.HasNamespace(known.Kind) => entry with { Network = known.Name },
            CertificateProfile profile => entry with { Expires = profile.ExpirationDate },
            LoadBalancerPool pool => entry with { Tenant = pool.Tenant, Members = pool.Members.Count },
            _ => entry,
        }, view.Content.Uses.ToHashSet(), listener, conditions.ToHashSet());
    }
}

/// <summary>An object in the directory, and what conditions of virtual servers look at in it.</summary>
internal sealed record Entry(string Scope, string Name, bool Live)
{
    /// <summary>Of an address or prefix.</summary>
    public string? Network { get; init; }

    /// <summary>Of a certificate profile.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Of a pool.</summary>
    public Guid? Tenant { get; init; }

    /// <summary>Of a pool: how many.</summary>
    public int? Members { get; init; }
}

/// <summary>
/// What the table of living virtual servers says of one: everything that others, conditions and counts look at. A command that changes none of it
/// changes no condition with others either.
/// </summary>
internal sealed record ListenerRow(
    Guid Vip, int Port, string Protocol, Transports Transports, string PlacementKind, Guid Placement, string LoadBalancerType, bool Enabled, string FoldedName, Guid? Tenant, Guid? Pool, Guid? SourceNatPool)
{
    /// <summary>How an unset port is stored.</summary>
    public const int NoPort = -1;

    /// <summary>The row of a virtual server.</summary>
    public static ListenerRow Of(VirtualServer server) => new(
        server.Listener.Vip, server.Listener.Port ?? NoPort, Stored(server.Listener.Protocol), Conditions.TransportsOf(server.Listener.Protocol),
        server.Placement.Kind.Stored(), server.Placement.Id, server.LoadBalancerType.ToString(), server.Enabled, Folded(server.Name),
        server.Tenant, server.LoadBalancerPool, server.SourceNat.Pool);

    /// <summary>How a protocol is stored.</summary>
    public static string Stored(Protocol? protocol) => protocol?.ToString() ?? "";

    // First to capitals: some have two small letters, as sigma has.
    private static string Folded(string name) => name.ToUpperInvariant().ToLowerInvariant();
}

/// <summary>One step of one object: what it left in the tables before, and what it leaves now.</summary>
internal sealed record Step(Footprint? Before, Footprint After)
{
    /// <summary>Whether anything changes that conditions with others look at.</summary>
    public bool ChangesListener => Before?.Listener != After.Listener;
}
