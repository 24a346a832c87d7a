namespace VirtualServers.Domain;

/// <summary>What an aggregate answers to a command: one event at most, or everything that is wrong with it.</summary>
public abstract record Decision<TEvent> where TEvent : class
{
    private Decision() { }

    /// <summary>The command holds. No event means that it changes nothing.</summary>
    public sealed record Accepted(TEvent? Event) : Decision<TEvent>;

    /// <summary>The command is refused, for all of these.</summary>
    public sealed record Rejected(IReadOnlyList<Violation> Violations) : Decision<TEvent>;

    /// <summary>Yes, and this happened; null when nothing needs to.</summary>
    public static Decision<TEvent> Accept(TEvent? happened = null) => new Accepted(happened);

    /// <summary>No.</summary>
    public static Decision<TEvent> Reject(params IReadOnlyList<Violation> violations) => new Rejected(violations);

    /// <summary>Yes, unless something is wrong.</summary>
    public static Decision<TEvent> AcceptUnless(IReadOnlyList<Violation> violations, Func<TEvent?> happened) =>
        violations.Count > 0 ? Reject(violations) : Accept(happened());
}
