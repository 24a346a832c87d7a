using System.Diagnostics;
using static VirtualServers.Domain.Decision<VirtualServers.Domain.Inventory.Event>;
using static VirtualServers.Domain.Inventory.Command;
using static VirtualServers.Domain.Inventory.Event;
using State = VirtualServers.Domain.Lifecycle<VirtualServers.Domain.Inventory.InventoryObject>;

namespace VirtualServers.Domain.Inventory;

/// <summary>What an inventory object answers to each command, and what each event makes of it. Pure.</summary>
public static class Decider
{
    /// <summary>What must be known before the command can be decided.</summary>
    public static Inquiry Asks(Command command) => command switch
    {
        Upsert({ Kind: { } kind } draft) => new Inquiry { Kind = kind, Name = draft.Name, Scope = draft.Scope },
        Upsert => Inquiry.Nothing,
        Remove => new Inquiry { Users = true },
        _ => throw new UnreachableException($"{command}"),
    };

    /// <summary>The event that the command leads to, none when it changes nothing, or everything that is wrong with it.</summary>
    public static Decision<Event> Decide(Command command, State state, Facts facts) => (command, state) switch
    {
        (Upsert(var draft), State.Active(var now)) => Settle(draft, now, facts, asked => Changed.Between(now, asked)),
        (Upsert(var draft), State.Deleted(var then)) => Settle(draft, then, facts, asked => new Registered(asked)),
        (Upsert(var draft), State.Absent) => Settle(draft, null, facts, asked => new Registered(asked)),

        (Remove, State.Active) when facts.Users.Count > 0 => Reject(facts.InUse),
        (Remove, State.Active) => Accept(new Removed()),
        (Remove { AllowMissing: true }, _) => Accept(),

        _ => Reject(facts.NotFound),
    };

    /// <summary>The state after the event.</summary>
    public static State Evolve(State state, Event happened) => (state, happened) switch
    {
        (State.Absent or State.Deleted, Registered(var registered)) => new State.Active(registered),
        (State.Active(var now), Changed changed) => new State.Active(changed.ApplyTo(now)),
        (State.Active(var now), Removed) => new State.Deleted(now),
        _ => throw new UnreachableException($"{happened} on {state}"),
    };

    private static Decision<Event> Settle(Draft draft, InventoryObject? known, Facts facts, Func<InventoryObject, Event?> happened)
    {
        var violations = Rules.Settle(draft, known, facts, out var asked);
        return AcceptUnless(violations, () => happened(asked));
    }
}
