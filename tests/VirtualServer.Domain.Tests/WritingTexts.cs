namespace VirtualServers.Domain.Tests;

/// <summary>
/// domain.md, section 1, row <c>name</c>: the characters of names and of other texts on a line, and their canonical form.
/// </summary>
public class WritingTexts
{
    [Theory]
    [InlineData("web\u0000", "U+0000")]
    [InlineData("we\nb", "U+000A")]
    [InlineData("we\u0085b", "U+0085")]
    [InlineData("we\u00ADb", "U+00AD")] // soft hyphen
    [InlineData("we\u200Bb", "U+200B")] // zero width space
    [InlineData("we\u200Db", "U+200D")] // zero width joiner
    [InlineData("we\u202Eb", "U+202E")] // right-to-left override
    [InlineData("we\u2066b", "U+2066")] // left-to-right isolate
    [InlineData("\uFEFFweb", "U+FEFF")] // byte order mark
    [InlineData("we\u2028b", "U+2028")]
    [InlineData("we\u2029b", "U+2029")]
    [InlineData("web\U000E0041", "U+E0041")] // tag
    public void A_line_has_no_control_or_format_characters(string text, string code) => Rejected(text, code);

    [Fact]
    public void A_line_has_no_lone_surrogates()
    {
        Rejected("we" + (char)0xD83E + "b", "U+D83E");
        Rejected("web" + (char)0xD83E, "U+D83E");
        Rejected((char)0xDD8A + "web", "U+DD8A");
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\u00A0\u2003")]
    [InlineData("\u3164")] // Hangul filler
    [InlineData("\u115F\u1160\uFFA0")]
    [InlineData("\u2800")] // Braille blank
    [InlineData("\uFE0F")] // variation selector
    [InlineData("\u0301")] // combining mark alone
    [InlineData("\U000E0FFF")] // unassigned
    public void A_line_has_something_visible(string text) => Rejected(text, "has no visible character");

    [Theory]
    [InlineData("")]
    [InlineData("web")]
    [InlineData("Zoë 🦊 ❤️")]
    [InlineData("東京-負荷分散")]
    [InlineData("שרת")]
    [InlineData("नमस्ते")]
    [InlineData("a\u0301")]
    [InlineData("- _ ~ ! \"'`")]
    public void Any_letters_and_symbols_are_accepted(string text) => Assert.Empty(Texts.Flaws(text, TextForm.Line, 255));

    [Fact]
    public void Free_text_has_several_lines_and_joined_emoji()
    {
        Assert.Empty(Texts.Flaws("One\n\tand two\r\n👩‍💻 می‌خواهم", TextForm.Prose));
        Assert.Contains("U+0007", Assert.Single(Texts.Flaws("\u0007", TextForm.Prose)));
        Assert.Contains("U+D83E", Assert.Single(Texts.Flaws($"{(char)0xD83E}", TextForm.Prose)));
    }

    [Theory]
    [InlineData("  web\t", "web")]
    [InlineData("Zoe\u0308", "Zo\u00EB")]
    [InlineData("A\u030Angstro\u0308m \u212B", "\u00C5ngstr\u00F6m \u00C5")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")] // Hangul syllable
    [InlineData("\u0958", "\u0915\u093C")] // excluded from composition
    [InlineData("ﬁ ① Ａ", "ﬁ ① Ａ")] // compatibility characters are kept
    public void A_name_is_trimmed_and_in_NFC(string text, string canonical)
    {
        Assert.Equal(canonical, Texts.Canonical(text));
        Assert.Equal(canonical, Texts.Canonical(canonical));
    }

    [Fact]
    public void A_name_that_cannot_be_normalized_is_left_to_the_check() =>
        Assert.Equal($"web{(char)0xD83E}", Texts.Canonical($" web{(char)0xD83E}"));

    [Fact]
    public void A_message_escapes_characters_that_are_not_printed() =>
        Assert.Equal("\"we\\u202eb\\u2028\"", "we\u202Eb\u2028".InQuotes);

    [Fact]
    public void A_message_quotes_the_longest_name_in_full()
    {
        Assert.Equal($"\"{new string('n', 255)}\"", new string('n', 255).InQuotes);
        Assert.Equal($"\"{new string('n', 255)}…\"", new string('n', 256).InQuotes);
    }

    private static void Rejected(string text, string message) =>
        Assert.Contains(message, Assert.Single(Texts.Flaws(text, TextForm.Line)), StringComparison.Ordinal);
}
