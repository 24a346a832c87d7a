using System.Diagnostics;
using static VirtualServers.Domain.Decision<VirtualServers.Domain.VirtualServers.Event>;
using static VirtualServers.Domain.VirtualServers.Command;
using static VirtualServers.Domain.VirtualServers.Event;
using State = VirtualServers.Domain.Lifecycle<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.VirtualServers;

/// <summary>What a virtual server answers to each command, and what each event makes of it. Pure: the rules themselves are in <see cref="Rules"/>.</summary>
public static class Decider
{
    /// <summary>What must be known before the command can be decided.</summary>
    public static Inquiry Asks(Command command) => command switch
    {
        Create(var draft) => Rules.Asks(draft),
        Configure(var draft) => Rules.Asks(draft),
        Undelete => new Inquiry { Kind = Kind.VirtualServer, Name = null, Listener = new(default, default, default) },
        _ => Inquiry.Nothing,
    };

    /// <summary>The event that the command leads to, none when it changes nothing, or everything that is wrong with it.</summary>
    public static Decision<Event> Decide(Command command, State state, Facts facts) => (command, state) switch
    {
        (Create(var draft), State.Absent) when facts.IdHolder is null => Settle(draft, null, facts, asked => new Created(asked)),
        (Create(var draft), State.Active(var now)) => Settle(draft, null, facts, asked => Changed.Between(now, asked)) is Accepted { Event: null } same
            ? same
            : IdTaken(draft, facts, "has another content"),
        (Create(var draft), State.Deleted) => IdTaken(draft, facts, "is deleted and can be undeleted"),
        (Create(var draft), _) => IdTaken(draft, facts, "exists"),

        (Configure(var draft), State.Active(var now)) => Settle(draft, now, facts, asked => Changed.Between(now, asked)),
        (Configure(var draft), _) => Reject([facts.NotFound, .. Rules.Malformed(draft, facts)]),

        (Enable, State.Active(var now)) => Accept(Changed.Between(now, now with { Enabled = true })),
        (Disable, State.Active(var now)) => Accept(Changed.Between(now, now with { Enabled = false })),

        (Delete, State.Active) => Accept(new Deleted()),
        (Delete { AllowMissing: true }, _) => Accept(),

        (Undelete, State.Active) => Accept(),
        (Undelete, State.Deleted(var then)) => AcceptUnless(Rules.Return(then, facts), () => new Undeleted()),

        _ => Reject(facts.NotFound),
    };

    /// <summary>The state after the event.</summary>
    public static State Evolve(State state, Event happened) => (state, happened) switch
    {
        (State.Absent, Created(var created)) => new State.Active(created),
        (State.Active(var now), Changed changed) => new State.Active(changed.ApplyTo(now)),
        (State.Active(var now), Enabled) => new State.Active(now with { Enabled = true }),
        (State.Active(var now), Disabled) => new State.Active(now with { Enabled = false }),
        (State.Active(var now), Deleted) => new State.Deleted(now),
        (State.Deleted(var then), Undeleted) => new State.Active(then),
        _ => throw new UnreachableException($"{happened} on {state}"),
    };

    // The id is in the way, and other things may be wrong as well.
    private static Decision<Event> IdTaken(Draft draft, Facts facts, string because) =>
        Reject([Rules.IdTaken(facts, because), .. Rules.Settle(draft, null, facts, out _)]);

    private static Decision<Event> Settle(Draft draft, VirtualServer? now, Facts facts, Func<VirtualServer, Event?> happened)
    {
        var violations = Rules.Settle(draft, now, facts, out var asked);
        return AcceptUnless(violations, () => happened(asked!));
    }
}
