using State = VirtualServers.Domain.Lifecycle<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.VirtualServers;

/// <summary>What a virtual server answers to the commands that only it has; those that all owned objects share are in <see cref="Owned{T,TDraft,TRules}"/>.</summary>
public static class Decider
{
    /// <summary>The event that the command leads to, none when it changes nothing, or everything that is wrong with it.</summary>
    public static Decision<Event<VirtualServer>> Decide(Command<Draft> command, State state, Facts facts) => (command, state) switch
    {
        (Enable, State.Live(var now)) => Decision<Event<VirtualServer>>.Accept(Changed.Between(now, now with { Enabled = true })),
        (Disable, State.Live(var now)) => Decision<Event<VirtualServer>>.Accept(Changed.Between(now, now with { Enabled = false })),
        (RotateCertificate(var from, var to), State.Live(var now)) => Decision<Event<VirtualServer>>.Accept(Changed.Between(now, now with { Tls = now.Tls.Rotate(from, to) })),
        _ => Owned<VirtualServer, Draft, Rules>.Decide(command, state, facts),
    };
}
