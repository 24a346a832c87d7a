namespace VirtualServers.Domain;

/// <summary>The state of any object that the registry keeps: not there yet, living, or deleted and able to come back.</summary>
/// <typeparam name="T">What the object is while it lives.</typeparam>
public abstract record Lifecycle<T> where T : IRegistered
{
    private Lifecycle() { }

    /// <summary>Nothing has happened under this identity.</summary>
    public sealed record Absent : Lifecycle<T>;

    /// <summary>The object lives: it holds its name, and what it refers to may not go.</summary>
    public sealed record Live(T Now) : Lifecycle<T>;

    /// <summary>The object was deleted: its name is free, its history stays.</summary>
    public sealed record Deleted(T Then) : Lifecycle<T>;
}

/// <summary>What every object has in common with the others: a name that is unique among its kind, and references.</summary>
public interface IRegistered
{
    /// <summary>What kind of object this is.</summary>
    Kind Kind { get; }

    /// <summary>Its name, unique among the living of its kind and <see cref="Scope"/>.</summary>
    string Name { get; }

    /// <summary>Within what the name is unique: the namespace of an address or prefix; empty for all others.</summary>
    string Scope { get; }

    /// <summary>All that it refers to, by field.</summary>
    IEnumerable<Use> Uses { get; }
}

/// <summary>One reference that is in force.</summary>
/// <param name="Field">The field that holds it.</param>
/// <param name="Target">The object it points at.</param>
/// <param name="Part">The part of the object that has the field: the id of a pool member; empty for the object itself.</param>
public readonly record struct Use(string Field, Guid Target, Guid Part = default);
