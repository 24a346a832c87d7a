namespace VirtualServers.Domain.Inventory;

/// <summary>What the system that owns an object can ask of its entry here.</summary>
public abstract record Command
{
    private Command() { }

    /// <summary>Be as the owning system says: it is right.</summary>
    public sealed record Upsert(Draft Draft) : Command;

    /// <summary>Be gone; refused while anything refers to it.</summary>
    public sealed record Remove(bool AllowMissing = false) : Command;
}

/// <summary>An inventory object as its owner gives it, unchecked.</summary>
/// <param name="Kind">What it is; null when the caller did not say.</param>
/// <param name="Text">Its name, address or prefix.</param>
/// <param name="Namespace">The namespace of an address or prefix; empty for the default one.</param>
public sealed record Draft(Kind? Kind, string Text, string Namespace = "")
{
    /// <summary>The field that holds the name of an object of a kind, spelled as in the contract.</summary>
    public string Field => Kind switch
    {
        Domain.Kind.IpAddress => "ip_address.address",
        Domain.Kind.Prefix => "prefix.prefix",
        Domain.Kind.Device => "device.name",
        Domain.Kind.DeviceRedundancyGroup => "device_redundancy_group.name",
        Domain.Kind.VirtualChassis => "virtual_chassis.name",
        Domain.Kind.CloudService => "cloud_service.name",
        Domain.Kind.Tenant => "tenant.name",
        _ => "object",
    };

    /// <summary>The name as the registry spells it, as far as it can be read.</summary>
    public string Name => new FieldReference("", Kind ?? default, new(null, Text.Trim())).Name ?? "";

    /// <summary>The namespace it is in.</summary>
    public string Scope => Kind is { } kind && InventoryObject.HasNamespace(kind)
        ? string.IsNullOrWhiteSpace(Namespace) ? InventoryObject.DefaultNamespace : Namespace.Trim()
        : "";
}
