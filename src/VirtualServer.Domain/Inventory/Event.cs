namespace VirtualServers.Domain.Inventory;

/// <summary>Its owner made it known, for the first time or again after a removal.</summary>
public sealed record Registered(InventoryObject Entry) : Event<InventoryObject>;

/// <summary>Its owner gave it another name, address, prefix or namespace.</summary>
public sealed record Changed : Alteration<InventoryObject>
{
    /// <summary>The name, address or prefix; null when it stayed.</summary>
    public Change<string>? Name { get; init; }

    /// <summary>The namespace; null when it stayed.</summary>
    public Change<string>? Namespace { get; init; }

    /// <summary>What leads from one to another; null when they are equal.</summary>
    public static Changed? Between(InventoryObject was, InventoryObject now) => was == now ? null : new()
    {
        Name = Change<string>.Between(was.Name, now.Name),
        Namespace = Change<string>.Between(was.Scope, now.Scope),
    };

    /// <inheritdoc/>
    public override InventoryObject ApplyTo(InventoryObject now) => now with { Name = Name.Or(now.Name), Scope = Namespace.Or(now.Scope) };
}

/// <summary>Its owner took it away.</summary>
public sealed record Removed : Event<InventoryObject>;
