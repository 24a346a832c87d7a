using System.Diagnostics;

namespace VirtualServers.Domain;

/// <summary>The rules of one kind of object that the registry owns: what its commands need to know, and what is wrong with them.</summary>
public interface IRules<T, TDraft> where T : class, IRegistered where TDraft : IDraft
{
    /// <summary>What a draft makes it necessary to know.</summary>
    static abstract FactsNeeded Needs(TDraft draft);

    /// <summary>What must be known before a deleted object comes back.</summary>
    static abstract FactsNeeded NeedsToUndelete { get; }

    /// <summary>The object that a draft asks for; only when the check found nothing wrong is it to be used.</summary>
    static abstract T Resolve(TDraft draft, T? now, Check check);

    /// <summary>Checks whether a deleted object can come back.</summary>
    static abstract void CheckUndelete(T then, Check check);

    /// <summary>Whether what is asked for is what is there: a create that is sent twice.</summary>
    static virtual bool AreSame(T asked, T now) => asked.Equals(now);

    /// <summary>What leads from one to the other; null when they are equal.</summary>
    static abstract Alteration<T>? Between(T was, T now);
}

/// <summary>
/// What every object that the registry owns answers to the commands they share, and what each event makes of it. Pure: the rules
/// themselves are the aggregate's.
/// </summary>
public static class Owned<T, TDraft, TRules> where T : class, IRegistered where TDraft : IDraft where TRules : IRules<T, TDraft>
{
    /// <summary>What must be known before the command can be decided.</summary>
    public static FactsNeeded Needs(Command<TDraft> command) => command switch
    {
        Command<TDraft>.Create(var draft) => TRules.Needs(draft),
        Command<TDraft>.Configure(var draft) => TRules.Needs(draft),
        Command<TDraft>.Delete => new FactsNeeded { Users = true },
        Command<TDraft>.Undelete => TRules.NeedsToUndelete,
        _ => FactsNeeded.Nothing,
    };

    /// <summary>The event that the command leads to, none when it changes nothing, or everything that is wrong with it.</summary>
    public static Decision<Event<T>> Decide(Command<TDraft> command, Lifecycle<T> state, Facts facts) => (command, state) switch
    {
        (Command<TDraft>.Create(var draft), Lifecycle<T>.Absent) when facts.IdHolder is null => Resolve(draft, null, facts, asked => new Created<T>(asked)),
        (Command<TDraft>.Create(var draft), Lifecycle<T>.Live(var now)) => Repeat(draft, now, facts),
        (Command<TDraft>.Create(var draft), Lifecycle<T>.Deleted) => IdTaken(draft, facts, "is deleted and can be undeleted"),
        (Command<TDraft>.Create(var draft), _) => IdTaken(draft, facts, "exists"),

        (Command<TDraft>.Configure(var draft), Lifecycle<T>.Live(var now)) => Resolve(draft, now, facts, asked => TRules.Between(now, asked)),

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
        var asked = TRules.Resolve(draft, now, check);
        return Decision<Event<T>>.AcceptUnless(check.Violations, () => happened(asked));
    }

    // The same content again under the same id is the same create, sent twice.
    private static Decision<Event<T>> Repeat(TDraft draft, T now, Facts facts)
    {
        var check = new Check(facts);
        return TRules.AreSame(TRules.Resolve(draft, null, check), now) && check.Violations.Count == 0 ? Accept() : IdTaken(draft, facts, "has another content");
    }

    // The id is in the way, and other things may be wrong as well.
    private static Decision<Event<T>> IdTaken(TDraft draft, Facts facts, string because)
    {
        var check = new Check(facts);
        TRules.Resolve(draft, null, check);
        return Decision<Event<T>>.Reject([facts.IdTaken(because), .. check.Violations]);
    }

    // There is nothing to configure, and what is malformed whatever it is for can be told with it.
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
