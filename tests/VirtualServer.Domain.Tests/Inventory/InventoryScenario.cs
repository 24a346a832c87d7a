using VirtualServers.Domain.Inventory;

namespace VirtualServers.Domain.Tests.Inventory;

/// <summary>The starting points of the tests of inventory objects.</summary>
public static class InventoryScenario
{
    public static readonly Aggregate<Command, Event<InventoryObject>, InventoryObject> Aggregate =
        new(Decider.Needs, Decider.Decide, Decider.Evolve);

    /// <summary>The events of the inventory object, in a world in which all objects of <see cref="The"/> are live.</summary>
    public static Scenario<Command, Event<InventoryObject>, InventoryObject> Given(params IReadOnlyList<Event<InventoryObject>> history) =>
        new(Aggregate, The.Id(1), The.World, history);

    public static readonly InventoryObject Device = new(Kind.Device, "lb-9", "");
    public static readonly InventoryObject Address = new(Kind.IpAddress, "203.0.113.9", "Global");
}
