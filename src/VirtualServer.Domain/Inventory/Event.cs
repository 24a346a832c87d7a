namespace VirtualServers.Domain.Inventory;

/// <summary>
/// The owner registered the object, for the first time or after a removal. Stored in events: only add optional properties.
/// </summary>
public sealed record Registered(InventoryObject Entry) : Event<InventoryObject>;

/// <summary>The owner changed the name, address, prefix or namespace. Stored in events: only add optional properties.</summary>
public sealed record Changed : Alteration<InventoryObject>
{
    /// <summary>The name, address or prefix; null when unchanged.</summary>
    public Change<string>? Name { get; init; }

    /// <summary>The namespace; null when unchanged.</summary>
    public Change<string>? Namespace { get; init; }

    /// <summary>The change between two objects; null when they are equal.</summary>
    public static Changed? Between(InventoryObject was, InventoryObject now) => was == now ? null : new()
    {
        Name = Change<string>.Between(was.Name, now.Name),
        Namespace = Change<string>.Between(was.Scope, now.Scope),
    };

    /// <inheritdoc/>
    public override InventoryObject ApplyTo(InventoryObject now) => now with { Name = Name.Or(now.Name), Scope = Namespace.Or(now.Scope) };
}

/// <summary>The owner removed the object. Stored in events: only add optional properties.</summary>
public sealed record Removed : Event<InventoryObject>;
