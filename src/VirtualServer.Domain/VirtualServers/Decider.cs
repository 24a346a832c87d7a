using static VirtualServers.Domain.Decision<VirtualServers.Domain.Event<VirtualServers.Domain.VirtualServers.VirtualServer>>;
using State = VirtualServers.Domain.Lifecycle<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.VirtualServers;

/// <summary>
/// The decisions of a virtual server for its own commands. <see cref="Owned{T,TDraft,TRules}"/> decides the commands that all owned
/// objects share.
/// </summary>
public static class Decider
{
    /// <summary>Decides a command: one event, no event when nothing changes, or every violation.</summary>
    public static Decision<Event<VirtualServer>> Decide(Command<Draft> command, State state, Facts facts) => (command, state) switch
    {
        (Enable, State.Live(var now)) => Accept(Changed.Between(now, now with { Enabled = true })),
        (Disable, State.Live(var now)) => Accept(Changed.Between(now, now with { Enabled = false })),
        (RotateCertificate(var from, var to), State.Live(var now)) =>
            Accept(Changed.Between(now, now with { Tls = now.Tls.Rotate(from, to) })),
        _ => Owned<VirtualServer, Draft, Rules>.Decide(command, state, facts),
    };
}
