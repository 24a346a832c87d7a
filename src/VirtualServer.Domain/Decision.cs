namespace VirtualServers.Domain;

/// <summary>The result of a command: accepted with at most one event, or rejected with every violation.</summary>
public abstract record Decision<TEvent> where TEvent : class
{
    private Decision() { }

    /// <summary>The command is accepted. Without an event, it changes nothing.</summary>
    public sealed record Accepted(TEvent? Event) : Decision<TEvent>;

    /// <summary>The command is rejected with these violations.</summary>
    public sealed record Rejected(IReadOnlyList<Violation> Violations) : Decision<TEvent>;

    /// <summary>Accepts the command; without an event when nothing changes.</summary>
    public static Decision<TEvent> Accept(TEvent? happened = null) => new Accepted(happened);

    /// <summary>Rejects the command.</summary>
    public static Decision<TEvent> Reject(params IReadOnlyList<Violation> violations) => new Rejected(violations);

    /// <summary>Accepts the command if there are no violations.</summary>
    public static Decision<TEvent> AcceptUnless(IReadOnlyList<Violation> violations, Func<TEvent?> happened) =>
        violations.Count > 0 ? Reject(violations) : Accept(happened());
}
