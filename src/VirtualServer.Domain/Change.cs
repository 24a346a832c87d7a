namespace VirtualServers.Domain;

/// <summary>A facet that differs, with its old and new value. Stored in events: only add optional properties.</summary>
public sealed record Change<T>(T Was, T Is)
{
    /// <summary>The change between two values; null when they are equal.</summary>
    public static Change<T>? Between(T was, T now) =>
        EqualityComparer<T>.Default.Equals(was, now) ? null : new(was, now);
}

/// <summary>Applying changes.</summary>
public static class Changes
{
    /// <summary>The value after the change; the current value when there is no change.</summary>
    public static T Or<T>(this Change<T>? change, T now) => change is null ? now : change.Is;
}
