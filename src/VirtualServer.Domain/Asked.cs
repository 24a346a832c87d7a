namespace VirtualServers.Domain;

/// <summary>A field of a command: given (without a value, it is cleared), or not given and left unchanged.</summary>
public readonly record struct Asked<T>
{
    private readonly T value;

    private Asked(T value) => (this.value, IsGiven) = (value, true);

    /// <summary>Whether the caller gave the field.</summary>
    public bool IsGiven { get; }

    /// <summary>The given value; the type's default when the field was not given.</summary>
    public T Value => value;

    /// <summary>The given value, or the current value when the field was not given.</summary>
    public T Or(T now) => IsGiven ? value : now;

    /// <summary>A given field, also where the type of its value is an interface, which has no implicit conversion.</summary>
    public static Asked<T> Given(T value) => new(value);

#pragma warning disable CA2225 // A named alternate would duplicate the constructor.
    /// <summary>A value is a given field.</summary>
    public static implicit operator Asked<T>(T value) => new(value);
#pragma warning restore CA2225
}
