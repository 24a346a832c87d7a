using VirtualServers.Domain.Inventory;

namespace VirtualServers.Domain.Tests.Inventory;

/// <summary>Where the tests of inventory objects begin.</summary>
public static class InventoryScenario
{
    public static readonly Aggregate<Command, Event<InventoryObject>, InventoryObject> Aggregate = new(Decider.Needs, Decider.Decide, Decider.Evolve);

    /// <summary>This happened to the inventory object, in a world where everything lives that tests refer to.</summary>
    public static Scenario<Command, Event<InventoryObject>, InventoryObject> Given(params IReadOnlyList<Event<InventoryObject>> history) => new(Aggregate, The.Id(1), The.World, history);

    public static readonly InventoryObject Device = new(Kind.Device, "lb-9", "");
    public static readonly InventoryObject Address = new(Kind.IpAddress, "203.0.113.9", "Global");
}
