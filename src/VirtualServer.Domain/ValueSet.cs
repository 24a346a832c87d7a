using System.Collections;
using System.Runtime.CompilerServices;

namespace VirtualServers.Domain;

/// <summary>A set with value equality, so that records that hold it compare by value.</summary>
[CollectionBuilder(typeof(ValueSet), nameof(ValueSet.Of))]
public sealed class ValueSet<T> : IReadOnlyCollection<T>, IEquatable<ValueSet<T>>
{
    private readonly T[] sorted;

    internal ValueSet(T[] sorted) => this.sorted = sorted;

    /// <inheritdoc/>
    public int Count => sorted.Length;

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)sorted).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => sorted.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ValueSet<T>? other) => other is not null && sorted.AsSpan().SequenceEqual(other.sorted);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueSet<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in sorted) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>The items, for test output and logs.</summary>
    public override string ToString() => $"[{string.Join(", ", sorted)}]";
}

/// <summary>Creates <see cref="ValueSet{T}"/>s; order and repetition of the items are ignored.</summary>
public static class ValueSet
{
    /// <summary>Creates a set of items.</summary>
    public static ValueSet<T> Of<T>(ReadOnlySpan<T> items) => new([.. new SortedSet<T>(items.ToArray())]);
}
