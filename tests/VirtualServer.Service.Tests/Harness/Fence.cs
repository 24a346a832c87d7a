using System.Text.RegularExpressions;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A block of code in a document.</summary>
/// <param name="Language">The language that the document names.</param>
/// <param name="Text">The lines of the block.</param>
internal sealed partial record Fence(string Language, string Text)
{
    /// <summary>The blocks of a document, in order.</summary>
    public static IReadOnlyList<Fence> In(string document) =>
        [.. Pattern().Matches(document).Select(match => new Fence(match.Groups[1].Value, match.Groups[2].Value))];

    /// <summary>A document without its blocks.</summary>
    public static string Prose(string document) => Pattern().Replace(document, "");

    [GeneratedRegex("^```([a-z]*)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Pattern();
}
