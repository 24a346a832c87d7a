using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace VirtualServers.Domain;

/// <summary>
/// Key/value pairs of an object. Two sets of labels are equal if they hold the same pairs. Stored in events: only add optional
/// properties.
/// </summary>
public sealed class Labels : IReadOnlyDictionary<string, string>, IEquatable<Labels>
{
    /// <summary>The maximum number of labels of an object (domain.md, section 1).</summary>
    public const int MaxCount = 64;

    private readonly SortedDictionary<string, string> pairs;

    /// <summary>Creates labels from pairs.</summary>
    public Labels(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        this.pairs = new(StringComparer.Ordinal);
        foreach (var (key, value) in pairs) this.pairs[key] = value;
    }

    /// <summary>No labels.</summary>
    public static Labels None { get; } = new([]);

    /// <inheritdoc/>
    public string this[string key] => pairs[key];

    /// <inheritdoc/>
    public IEnumerable<string> Keys => pairs.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => pairs.Values;

    /// <inheritdoc/>
    public int Count => pairs.Count;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => pairs.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => pairs.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Labels? other) => other is not null && pairs.SequenceEqual(other.pairs);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => pairs.Aggregate(0, HashCode.Combine);

    /// <summary>The pairs, for test output and logs.</summary>
    public override string ToString() => string.Join(", ", pairs.Select(pair => $"{pair.Key}={pair.Value}"));
}
