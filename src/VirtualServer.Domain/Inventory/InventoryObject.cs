namespace VirtualServers.Domain.Inventory;

/// <summary>
/// What another system owns (IPAM, DCIM, tenancy) and virtual servers refer to: an address, a prefix, or something that has a name.
/// Registered here so that references can be checked.
/// </summary>
/// <param name="Kind">One of <see cref="Kinds"/>; it never changes.</param>
/// <param name="Name">The name; for an address or a prefix its canonical spelling.</param>
/// <param name="Scope">The namespace of an address or prefix; empty for all others.</param>
public sealed record InventoryObject(Kind Kind, string Name, string Scope) : IRegistered
{
    /// <summary>The namespace of an address or prefix that is given without one.</summary>
    public const string DefaultNamespace = "Global";

    /// <summary>The kinds that other systems own.</summary>
    public static readonly IReadOnlySet<Kind> Kinds = new HashSet<Kind>
    {
        Kind.IpAddress, Kind.Prefix, Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService, Kind.Tenant,
    };

    /// <summary>Whether objects of a kind live in a namespace.</summary>
    public static bool HasNamespace(Kind kind) => kind is Kind.IpAddress or Kind.Prefix;

    IEnumerable<Use> IRegistered.Uses => [];
}
