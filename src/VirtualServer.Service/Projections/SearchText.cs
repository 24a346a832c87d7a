using VirtualServers.Domain;

namespace VirtualServers.Service.Projections;

/// <summary>Text that is compared without regard to letter case, and to how its characters are composed.</summary>
public static class SearchText
{
    /// <summary>The text in NFC and in lower case. To upper case first: some letters have two lower-case forms, such as sigma.</summary>
    public static string Folded(string text) => Texts.Composed(text).ToUpperInvariant().ToLowerInvariant();

    /// <summary>What a search looks in, in lines, so that no match spans two values: the name, the port and the values of labels.</summary>
    internal static string Of(string name, int? port, IEnumerable<string> labelValues) =>
        string.Join('\n', [Folded(name), .. port is { } number ? [$"{number}"] : Array.Empty<string>(), .. labelValues.Select(Folded)]);
}
