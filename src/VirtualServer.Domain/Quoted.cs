using System.Text;

namespace VirtualServers.Domain;

/// <summary>
/// Formats a caller's text for messages: in quotes, truncated to a length that fits into headers and logs, control characters escaped.
/// </summary>
public static class Quoted
{
    private const int MaxLength = 64;

    extension(string text)
    {
        /// <summary>The text in quotes.</summary>
        public string InQuotes
        {
            get
            {
                var quoted = new StringBuilder("\"");
                foreach (var rune in text.EnumerateRunes().Take(MaxLength))
                    quoted.Append(Rune.IsControl(rune) ? $"\\u{rune.Value:x4}" : rune.ToString());
                return quoted.Append(text.EnumerateRunes().Skip(MaxLength).Any() ? "…\"" : "\"").ToString();
            }
        }
    }
}
