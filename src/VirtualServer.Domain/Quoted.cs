using System.Text;

namespace VirtualServers.Domain;

/// <summary>How text of a caller is repeated in a message: in quotes, cut to a length that fits into headers and logs, and without control characters.</summary>
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
                var shown = new StringBuilder("\"");
                foreach (var rune in text.EnumerateRunes().Take(MaxLength)) shown.Append(Rune.IsControl(rune) ? $"\\u{rune.Value:x4}" : rune.ToString());
                return shown.Append(text.EnumerateRunes().Skip(MaxLength).Any() ? "…\"" : "\"").ToString();
            }
        }
    }
}
