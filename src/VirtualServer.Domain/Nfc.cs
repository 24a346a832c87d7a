using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace VirtualServers.Domain;

/// <summary>
/// Unicode Normalization Form C (UAX #15). The service runs in the invariant globalization mode, without ICU, in which
/// <see cref="string.Normalize()"/> returns its argument unchanged.
/// </summary>
internal static class Nfc
{
    // A text whose characters all precede the combining marks is normalized.
    private const char FirstMark = '\u0300';

    // A Hangul syllable is computed from its leading consonant, vowel and trailing consonant.
    private const int Syllable = 0xAC00;
    private const int Leading = 0x1100;
    private const int Vowel = 0x1161;
    private const int Trailing = 0x11A7;
    private const int Vowels = 21;
    private const int Trailings = 28;
    private const int Syllables = 19 * Vowels * Trailings;

    private static readonly Lazy<Tables> Unicode = new(Tables.Read);

    /// <summary>The text in Normalization Form C; it must not have lone surrogates.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', (char)(FirstMark - 1))) return text;
        var points = new List<int>(text.Length);
        foreach (var character in text.EnumerateRunes()) Decompose(character.Value, points);
        Order(points);
        var composed = new StringBuilder(text.Length);
        foreach (var point in Compose(points)) composed.Append(new Rune(point));
        return composed.ToString();
    }

    private static void Decompose(int point, List<int> points)
    {
        if (point - Syllable is >= 0 and < Syllables and var syllable)
        {
            points.Add(Leading + (syllable / (Vowels * Trailings)));
            points.Add(Vowel + (syllable / Trailings % Vowels));
            if (syllable % Trailings > 0) points.Add(Trailing + (syllable % Trailings));
        }
        else if (Unicode.Value.Decompositions.TryGetValue(point, out var parts))
        {
            foreach (var part in parts) Decompose(part, points);
        }
        else
        {
            points.Add(point);
        }
    }

    // Marks are ordered by their class; marks of one class keep their order.
    private static void Order(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var (point, place) = (points[i], i);
            if (Class(point) == 0) continue;
            for (; place > 0 && Class(points[place - 1]) > Class(point); place--) points[place] = points[place - 1];
            points[place] = point;
        }
    }

    // A character is composed with the last starter unless another one of its class, or of a higher one, stands between them.
    private static List<int> Compose(List<int> points)
    {
        var (composed, starter) = (new List<int>(points.Count), -1);
        foreach (var point in points)
        {
            var isBlocked = starter < composed.Count - 1 && Class(composed[^1]) >= Class(point);
            if (starter >= 0 && !isBlocked && Composition(composed[starter], point) is { } together)
            {
                composed[starter] = together;
                continue;
            }

            if (Class(point) == 0) starter = composed.Count;
            composed.Add(point);
        }

        return composed;
    }

    private static int? Composition(int first, int second) => (first - Leading, second - Vowel, first - Syllable, second - Trailing) switch
    {
        ( >= 0 and < 19 and var leading, >= 0 and < Vowels and var vowel, _, _) => Syllable + (((leading * Vowels) + vowel) * Trailings),
        (_, _, >= 0 and < Syllables and var syllable, > 0 and < Trailings and var trailing) when syllable % Trailings == 0 =>
            first + trailing,
        _ => Unicode.Value.Compositions.TryGetValue((first, second), out var together) ? together : null,
    };

    private static int Class(int point) => Unicode.Value.Classes.GetValueOrDefault(point);

    private sealed record Tables(
        FrozenDictionary<int, int[]> Decompositions, FrozenDictionary<(int, int), int> Compositions, FrozenDictionary<int, int> Classes)
    {
        public static Tables Read()
        {
            var (decompositions, compositions, classes) =
                (new Dictionary<int, int[]>(), new Dictionary<(int, int), int>(), new Dictionary<int, int>());
            foreach (var entry in Entries())
            {
                if (entry.Split('-', ':') is [var first, var last, var combining])
                {
                    for (var point = Hex(first); point <= Hex(last); point++)
                        classes[point] = int.Parse(combining, CultureInfo.InvariantCulture);
                }
                else if (entry.TrimStart('!').Split('=') is [var whole, var mapping])
                {
                    int[] parts = [.. mapping.Split('+').Select(Hex)];
                    decompositions[Hex(whole)] = parts;
                    if (parts is [var one, var two] && !entry.StartsWith('!')) compositions[(one, two)] = Hex(whole);
                }
            }

            return new(decompositions.ToFrozenDictionary(), compositions.ToFrozenDictionary(), classes.ToFrozenDictionary());
        }

        private static IEnumerable<string> Entries()
        {
            using var file = new StreamReader(typeof(Nfc).Assembly.GetManifestResourceStream("Nfc.txt")!);
            while (file.ReadLine() is { } line)
                if (!line.StartsWith('#'))
                    foreach (var entry in line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return entry;
        }

        private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
