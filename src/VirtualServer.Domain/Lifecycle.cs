namespace VirtualServers.Domain;

/// <summary>The state of an object of the registry: absent, live, or deleted.</summary>
/// <typeparam name="T">The state of the object while it is live.</typeparam>
public abstract record Lifecycle<T> where T : IRegistered
{
    private Lifecycle() { }

    /// <summary>There are no events with this id.</summary>
    public sealed record Absent : Lifecycle<T>;

    /// <summary>The object is live: it holds its name, and the objects it refers to cannot be deleted.</summary>
    public sealed record Live(T Now) : Lifecycle<T>;

    /// <summary>The object is deleted: its name is free, and its history is kept.</summary>
    public sealed record Deleted(T Then) : Lifecycle<T>;
}

/// <summary>The part that all objects have in common: a name that is unique within its kind, and references.</summary>
public interface IRegistered
{
    /// <summary>The kind of the object.</summary>
    Kind Kind { get; }

    /// <summary>The name, unique among the live objects of its kind and <see cref="Scope"/>.</summary>
    string Name { get; }

    /// <summary>The scope of the name: the namespace of an address or prefix; empty for other kinds.</summary>
    string Scope { get; }

    /// <summary>The tenant that owns the object; null for a shared one.</summary>
    Guid? Tenant { get; }

    /// <summary>The references of the object, by field.</summary>
    IEnumerable<Use> Uses { get; }
}

/// <summary>A reference of a live object.</summary>
/// <param name="Field">The field that holds it.</param>
/// <param name="Target">The object it points at.</param>
/// <param name="Part">The id of the pool member that has the field; empty for a field of the object itself.</param>
public readonly record struct Use(string Field, Guid Target, Guid Part = default);
