namespace VirtualServers.Domain.Inventory;

/// <summary>The commands of an inventory object, sent by the system that owns it.</summary>
public abstract record Command
{
    private Command() { }

    /// <summary>Registers or changes the object; the owning system is authoritative.</summary>
    public sealed record Upsert(Draft Draft) : Command;

    /// <summary>Removes the object. Rejected while the object is referenced.</summary>
    public sealed record Remove(bool AllowMissing = false) : Command;
}

/// <summary>An inventory object as its owner sends it, unchecked.</summary>
/// <param name="Kind">The kind of the object; null when not given.</param>
/// <param name="Text">The name, address or prefix.</param>
/// <param name="Namespace">The namespace of an address or prefix; empty for the default one.</param>
public sealed record Draft(Kind? Kind, string Text, string Namespace = "")
{
    /// <summary>The fields of the contract of which one holds the object.</summary>
    public static IReadOnlyList<string> Fields { get; } =
        ["ip_address", "prefix", "device", "device_redundancy_group", "virtual_chassis", "cloud_service", "tenant"];

    /// <summary>The field that holds the name, as named in the contract.</summary>
    public string Field => Kind switch
    {
        Domain.Kind.IpAddress => "ip_address.address",
        Domain.Kind.Prefix => "prefix.prefix",
        Domain.Kind.Device => "device.name",
        Domain.Kind.DeviceRedundancyGroup => "device_redundancy_group.name",
        Domain.Kind.VirtualChassis => "virtual_chassis.name",
        Domain.Kind.CloudService => "cloud_service.name",
        Domain.Kind.Tenant => "tenant.name",
        _ => "",
    };

    /// <summary>The name in canonical form; unchanged when it cannot be parsed.</summary>
    public string Name => FieldReference.Stored(Kind ?? default, Text);

    /// <summary>The namespace, with the default applied; empty for kinds without namespaces.</summary>
    public string Scope => Kind is { } kind && InventoryObject.HasNamespace(kind)
        ? string.IsNullOrWhiteSpace(Namespace) ? InventoryObject.DefaultNamespace : Texts.Canonical(Namespace)
        : "";
}
