namespace VirtualServers.Domain.Inventory;

/// <summary>
/// An object that another system owns (IPAM, DCIM, tenancy) and virtual servers refer to: an address, a prefix or a named object.
/// It is registered here so that references can be checked. Stored in events: only add optional properties.
/// </summary>
/// <param name="Kind">One of <see cref="Kinds"/>; it never changes.</param>
/// <param name="Name">The name; for an address or prefix, in canonical form.</param>
/// <param name="Scope">The namespace of an address or prefix; empty for other kinds.</param>
public sealed record InventoryObject(Kind Kind, string Name, string Scope) : IRegistered
{
    /// <summary>The default namespace of addresses and prefixes.</summary>
    public const string DefaultNamespace = "Global";

    /// <summary>The kinds owned by other systems.</summary>
    public static readonly IReadOnlySet<Kind> Kinds = new HashSet<Kind>
    {
        Kind.IpAddress, Kind.Prefix, Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService, Kind.Tenant,
    };

    /// <summary>Whether objects of a kind belong to a namespace.</summary>
    public static bool HasNamespace(Kind kind) => kind is Kind.IpAddress or Kind.Prefix;

    Guid? IRegistered.Tenant => null;

    IEnumerable<Use> IRegistered.Uses => [];
}
