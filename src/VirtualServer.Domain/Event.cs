namespace VirtualServers.Domain;

/// <summary>An event of an object that the registry keeps. Events are stored forever: only add optional properties, never rename.</summary>
/// <typeparam name="T">The state of the object while it is live.</typeparam>
public abstract record Event<T> where T : class, IRegistered
{
    private protected Event() { }
}

/// <summary>The object was created.</summary>
public sealed record Created<T>(T Content) : Event<T> where T : class, IRegistered;

/// <summary>The object was deleted; its name and references are free.</summary>
public sealed record Deleted<T> : Event<T> where T : class, IRegistered;

/// <summary>The object was restored to the state before its deletion.</summary>
public sealed record Undeleted<T> : Event<T> where T : class, IRegistered;

/// <summary>The object changed. One command stores one event, with every facet that differs.</summary>
/// <typeparam name="T">The state of the object while it is live.</typeparam>
public abstract record Alteration<T> : Event<T> where T : class, IRegistered
{
    private protected Alteration() { }

    /// <summary>The object after the event.</summary>
    public abstract T ApplyTo(T now);
}
