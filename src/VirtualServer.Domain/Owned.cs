using System.Diagnostics;

namespace VirtualServers.Domain;

/// <summary>The rules of one kind of object that the registry owns.</summary>
public interface IRules<T, TDraft> where T : class, IRegistered where TDraft : IDraft
{
    /// <summary>The facts that a draft needs.</summary>
    static abstract FactsNeeded Needs(TDraft draft);

    /// <summary>The facts that an undelete needs.</summary>
    static abstract FactsNeeded NeedsToUndelete { get; }

    /// <summary>Resolves a draft. The result must be used only if the check found no violations.</summary>
    static abstract T Resolve(TDraft draft, T? now, Check check);

    /// <summary>Checks whether a deleted object can be undeleted.</summary>
    static abstract void CheckUndelete(T then, Check check);

    /// <summary>Whether the requested object equals the stored one, so that a create is a repetition.</summary>
    static virtual bool AreSame(T requested, T now) => requested.Equals(now);

    /// <summary>The change between two objects; null when they are equal.</summary>
    static abstract Alteration<T>? Between(T was, T now);
}

/// <summary>
/// The decisions and state transitions that all objects owned by the registry share. Pure functions; each aggregate supplies its rules.
/// </summary>
public static class Owned<T, TDraft, TRules> where T : class, IRegistered where TDraft : IDraft where TRules : IRules<T, TDraft>
{
    /// <summary>The facts that the command needs.</summary>
    public static FactsNeeded Needs(Command<TDraft> command) => command switch
    {
        Command<TDraft>.Create(var draft) => TRules.Needs(draft),
        Command<TDraft>.Configure(var draft) => TRules.Needs(draft),
        Command<TDraft>.Delete => new FactsNeeded { Users = true },
        Command<TDraft>.Undelete => TRules.NeedsToUndelete,
        _ => FactsNeeded.Nothing,
    };

    /// <summary>Decides a command: one event, no event when nothing changes, or every violation.</summary>
    public static Decision<Event<T>> Decide(Command<TDraft> command, Lifecycle<T> state, Facts facts) => (command, state) switch
    {
        (Command<TDraft>.Create(var draft), Lifecycle<T>.Absent) when facts.IdHolder is null =>
            Resolve(draft, null, facts, resolved => new Created<T>(resolved)),
        (Command<TDraft>.Create(var draft), Lifecycle<T>.Live(var now)) => Repeat(draft, now, facts),
        (Command<TDraft>.Create(var draft), Lifecycle<T>.Deleted) => IdTaken(draft, facts, "is deleted and can be undeleted"),
        (Command<TDraft>.Create(var draft), _) => IdTaken(draft, facts, "exists"),

        (Command<TDraft>.Configure(var draft), Lifecycle<T>.Live(var now)) =>
            Resolve(draft, now, facts, resolved => TRules.Between(now, resolved)),
        (Command<TDraft>.Configure(var draft), _) => Missing(draft, facts),

        (Command<TDraft>.Delete, Lifecycle<T>.Live) when facts.Users.Count > 0 => Reject(facts.InUse),
        (Command<TDraft>.Delete, Lifecycle<T>.Live) => Accept(new Deleted<T>()),
        (Command<TDraft>.Delete { AllowMissing: true }, _) => Accept(),

        (Command<TDraft>.Undelete, Lifecycle<T>.Live) => Accept(),
        (Command<TDraft>.Undelete, Lifecycle<T>.Deleted(var then)) => CheckUndelete(then, facts),

        _ => Reject(facts.NotFound),
    };

    /// <summary>The state after the event.</summary>
    public static Lifecycle<T> Evolve(Lifecycle<T> state, Event<T> happened) => (state, happened) switch
    {
        (Lifecycle<T>.Absent, Created<T>(var created)) => new Lifecycle<T>.Live(created),
        (Lifecycle<T>.Live(var now), Alteration<T> altered) => new Lifecycle<T>.Live(altered.ApplyTo(now)),
        (Lifecycle<T>.Live(var now), Deleted<T>) => new Lifecycle<T>.Deleted(now),
        (Lifecycle<T>.Deleted(var then), Undeleted<T>) => new Lifecycle<T>.Live(then),
        _ => throw new UnreachableException($"{happened} on {state}"),
    };

    private static Decision<Event<T>> Resolve(TDraft draft, T? now, Facts facts, Func<T, Event<T>?> happened)
    {
        var check = new Check(facts);
        var resolved = TRules.Resolve(draft, now, check);
        return Decision<Event<T>>.AcceptUnless(check.Violations, () => happened(resolved));
    }

    // A second create with the same id and content is a repetition of the first.
    private static Decision<Event<T>> Repeat(TDraft draft, T now, Facts facts)
    {
        var check = new Check(facts);
        var isRepeated = TRules.AreSame(TRules.Resolve(draft, null, check), now) && check.Violations.Count == 0;
        return isRepeated ? Accept() : IdTaken(draft, facts, "exists with different content");
    }

    // Further violations of the draft are reported together with the taken id.
    private static Decision<Event<T>> IdTaken(TDraft draft, Facts facts, string because)
    {
        var check = new Check(facts);
        TRules.Resolve(draft, null, check);
        return Decision<Event<T>>.Reject([facts.IdTaken(because), .. check.Violations]);
    }

    // Malformed fields do not depend on the object and are reported together with NotFound.
    private static Decision<Event<T>> Missing(TDraft draft, Facts facts)
    {
        var check = new Check(facts);
        TRules.Resolve(draft, null, check);
        return Decision<Event<T>>.Reject([facts.NotFound, .. check.Violations.Where(violation => violation.Reason is Reason.FieldInvalid)]);
    }

    private static Decision<Event<T>> CheckUndelete(T then, Facts facts)
    {
        var check = new Check(facts);
        TRules.CheckUndelete(then, check);
        return Decision<Event<T>>.AcceptUnless(check.Violations, () => new Undeleted<T>());
    }

    private static Decision<Event<T>> Accept(Event<T>? happened = null) => Decision<Event<T>>.Accept(happened);

    private static Decision<Event<T>> Reject(Violation violation) => Decision<Event<T>>.Reject(violation);
}
