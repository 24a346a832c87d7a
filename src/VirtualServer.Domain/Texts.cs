using System.Buffers;
using System.Globalization;
using System.Text;

namespace VirtualServers.Domain;

/// <summary>The forms of a text.</summary>
public enum TextForm
{
    /// <summary>Printed on one line: only printable characters, and something visible unless it is empty.</summary>
    Line = 1,

    /// <summary>Free text, also of several lines. Format characters are allowed: emoji and several scripts need them.</summary>
    Prose,

    /// <summary>A line that is a path or a URL, without a user.</summary>
    Path,
}

/// <summary>The rules that every text of a command follows, its metadata included (domain.md, section 1).</summary>
public static class Texts
{
    // No text has so many characters, however they are composed: the check of its length refuses it.
    private const int MaxComposed = 4096;

    // Letters and symbols that are drawn as nothing: the Hangul fillers and the Braille blank.
    private static readonly SearchValues<char> Blanks = SearchValues.Create("\u115F\u1160\u2800\u3164\uFFA0");

    /// <summary>A name as it is stored and looked up: trimmed, and in NFC, so that a name is equal however it is composed.</summary>
    public static string Canonical(string? name) => Composed((name ?? "").Trim());

    /// <summary>The text in NFC.</summary>
    public static string Composed(string text) => text.Length <= MaxComposed && IsWellFormed(text) ? Nfc.Of(text) : text;

    /// <summary>The number of characters, as callers count them: Unicode code points.</summary>
    public static int Length(string text)
    {
        var length = 0;
        foreach (var _ in text.EnumerateRunes()) length++;
        return length;
    }

    /// <summary>Whether a text can be printed on a line.</summary>
    public static bool IsPrintable(string text) => Unprintable(text, TextForm.Line) is null;

    /// <summary>Whether a character can be printed on a line.</summary>
    public static bool IsPrintable(Rune character) => Rune.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate);

    /// <summary>
    /// What is wrong with a text, for messages: cause and remedy, to be preceded by the name of the field. A text with a secret is not
    /// examined further.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="form">Its form.</param>
    /// <param name="max">The maximum number of characters.</param>
    public static IEnumerable<string> Flaws(string text, TextForm form, int max = int.MaxValue)
    {
        if (Secrets.In(text) is { } secret)
        {
            yield return $"contains {secret}";
            yield break;
        }

        if (form is TextForm.Path && Secrets.HasUser(text)) yield return "is a URL with a user: leave the user out";
        if (text.Length > max && Length(text) is var length && length > max)
            yield return $"has {length} characters: at most {max} are allowed";
        if (Unprintable(text, form) is { } code)
            yield return $"has the character {code}: only printable text is allowed";
        else if (form is not TextForm.Prose && text.Length > 0 && !IsVisible(text))
            yield return "has no visible character: only printable text is allowed";
    }

    // The first character that must not be in the text: U+202E.
    private static string? Unprintable(string text, TextForm form)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return null;
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out var character, out var length) is not OperationStatus.Done) return $"U+{(int)rest[0]:X4}";
            if (form is TextForm.Prose ? IsControl(character) : !IsPrintable(character)) return $"U+{character.Value:X4}";
            rest = rest[length..];
        }

        return null;
    }

    private static bool IsControl(Rune character) => Rune.IsControl(character) && character.Value is not ('\n' or '\r' or '\t');

    // White space, combining marks alone and unassigned characters show nothing.
    private static bool IsVisible(string text)
    {
        foreach (var character in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(character) || (character.IsBmp && Blanks.Contains((char)character.Value))) continue;
            if (Rune.GetUnicodeCategory(character) is not (
                UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.OtherNotAssigned)) return true;
        }

        return false;
    }

    private static bool IsWellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return true;
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) is not OperationStatus.Done) return false;
            rest = rest[length..];
        }

        return true;
    }
}
