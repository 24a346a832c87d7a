namespace VirtualServers.Domain;

/// <summary>What has happened to an object that the registry owns. Stored for ever: added to, never renamed.</summary>
/// <typeparam name="T">What the object is while it lives.</typeparam>
public abstract record Event<T> where T : class, IRegistered
{
    private protected Event() { }
}

/// <summary>It began to exist.</summary>
public sealed record Created<T>(T Content) : Event<T> where T : class, IRegistered;

/// <summary>It gave up its name and references.</summary>
public sealed record Deleted<T> : Event<T> where T : class, IRegistered;

/// <summary>It came back as it was.</summary>
public sealed record Undeleted<T> : Event<T> where T : class, IRegistered;

/// <summary>It lives on, and is not as it was: one command, one event, with every facet that differs.</summary>
/// <typeparam name="T">What the object is while it lives.</typeparam>
public abstract record Alteration<T> : Event<T> where T : class, IRegistered
{
    private protected Alteration() { }

    /// <summary>The object after the event.</summary>
    public abstract T ApplyTo(T now);
}
