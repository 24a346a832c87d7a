using System.Text;

namespace VirtualServers.Domain;

/// <summary>
/// Formats a caller's text for messages: truncated to the length of the longest name, characters that cannot be printed escaped, and a
/// text with a secret replaced by an ellipsis.
/// </summary>
public static class Quoted
{
    private const int MaxLength = 255;
    private const int MaxKeyLength = 64;

    extension(string text)
    {
        /// <summary>The text in quotes.</summary>
        public string InQuotes => $"\"{Shown(text, MaxLength)}\"";

        /// <summary>The path of an entry of a map field with this key (AIP-161): <c>labels.`team`</c>.</summary>
        public string InField(string map) => $"{map}.`{Shown(text, MaxKeyLength)}`";
    }

    private static string Shown(string text, int max)
    {
        if (Secrets.In(text) is not null) return "…";
        var (shown, count) = (new StringBuilder(), 0);
        foreach (var character in text.EnumerateRunes())
        {
            if (count++ == max) return shown.Append('…').ToString();
            shown.Append(Texts.IsPrintable(character) ? character.ToString() : $"\\u{character.Value:x4}");
        }

        return shown.ToString();
    }
}
