namespace VirtualServers.Domain;

/// <summary>A field as a caller asks for it: given (perhaps with no value, to clear it), or not mentioned and left alone.</summary>
public readonly record struct Asked<T>
{
    private readonly T value;

    private Asked(T value) => (this.value, IsGiven) = (value, true);

    /// <summary>Whether the caller mentioned the field.</summary>
    public bool IsGiven { get; }

    /// <summary>What was asked; the type's default when the field was not mentioned.</summary>
    public T Value => value;

    /// <summary>What was asked, or else what is now.</summary>
    public T Or(T now) => IsGiven ? value : now;

#pragma warning disable CA2225 // A named alternate would be one more way to say the same.
    /// <summary>A value that is written down is asked for.</summary>
    public static implicit operator Asked<T>(T value) => new(value);
#pragma warning restore CA2225
}
