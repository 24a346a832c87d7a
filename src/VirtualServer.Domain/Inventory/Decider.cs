using System.Diagnostics;
using static VirtualServers.Domain.Decision<VirtualServers.Domain.Event<VirtualServers.Domain.Inventory.InventoryObject>>;
using static VirtualServers.Domain.Inventory.Command;
using State = VirtualServers.Domain.Lifecycle<VirtualServers.Domain.Inventory.InventoryObject>;

namespace VirtualServers.Domain.Inventory;

/// <summary>The decisions and state transitions of an inventory object. Pure functions.</summary>
public static class Decider
{
    /// <summary>The facts that the command needs.</summary>
    public static FactsNeeded Needs(Command command) => command switch
    {
        Upsert({ Kind: { } kind } draft) => new FactsNeeded { Kind = kind, Name = draft.Name, Scope = draft.Scope },
        Upsert => FactsNeeded.Nothing,
        Remove => new FactsNeeded { Users = true },
        _ => throw new UnreachableException($"{command}"),
    };

    /// <summary>Decides a command: one event, no event when nothing changes, or every violation.</summary>
    public static Decision<Event<InventoryObject>> Decide(Command command, State state, Facts facts) => (command, state) switch
    {
        (Upsert(var draft), State.Live(var now)) => Resolve(draft, now, facts, resolved => Changed.Between(now, resolved)),
        (Upsert(var draft), State.Deleted(var then)) => Resolve(draft, then, facts, resolved => new Registered(resolved)),
        (Upsert(var draft), State.Absent) => Resolve(draft, null, facts, resolved => new Registered(resolved)),

        (Remove, State.Live) when facts.Users.Count > 0 => Reject(facts.InUse),
        (Remove, State.Live) => Accept(new Removed()),
        (Remove { AllowMissing: true }, _) => Accept(),

        _ => Reject(facts.NotFound),
    };

    /// <summary>The state after the event.</summary>
    public static State Evolve(State state, Event<InventoryObject> happened) => (state, happened) switch
    {
        (State.Absent or State.Deleted, Registered(var registered)) => new State.Live(registered),
        (State.Live(var now), Changed changed) => new State.Live(changed.ApplyTo(now)),
        (State.Live(var now), Removed) => new State.Deleted(now),
        _ => throw new UnreachableException($"{happened} on {state}"),
    };

    private static Decision<Event<InventoryObject>> Resolve(
        Draft draft, InventoryObject? now, Facts facts, Func<InventoryObject, Event<InventoryObject>?> happened)
    {
        var violations = Rules.Resolve(draft, now, facts, out var resolved);
        return AcceptUnless(violations, () => happened(resolved));
    }
}
