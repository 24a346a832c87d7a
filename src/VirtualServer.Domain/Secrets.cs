using System.Buffers;

namespace VirtualServers.Domain;

/// <summary>
/// Recognizes secrets in texts, so that no text with a secret is stored, announced, logged or repeated in a message (domain.md, section 1):
/// key files by their headers, base64 of them or of keys in DER, data URLs, and URLs with credentials.
/// </summary>
public static class Secrets
{
    // No stored text is longer, and no message quotes more of one.
    private const int MaxExamined = 4096;

    // PEM (also of OpenSSH and PGP), SSH2, PuTTY, age, and the binary format of OpenSSH.
    private static readonly SearchValues<string> Headers = SearchValues.Create(
        ["-----BEGIN", "---- BEGIN SSH2", "PuTTY-User-Key-File-", "AGE-SECRET-KEY-", "openssh-key-v1"],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> EndsOfUrl = SearchValues.Create(" \t\r\n\"<>");

    /// <summary>The secret that a text contains, for messages: what it is, and the remedy; null when there is none.</summary>
    public static string? In(string text)
    {
        var examined = text.AsSpan(0, Math.Min(text.Length, MaxExamined));
        return HasHeader(examined) || HasEncodedKey(examined) ? "a key or certificate, which is never stored: give the path of its file"
            : HasDataUrl(examined) ? "the content of a file, which is never stored: give the path of the file"
            : HasCredentials(examined) ? "a URL with credentials, which are never stored: leave out user and password"
            : null;
    }

    /// <summary>Whether a text is or contains a URL with a user, with or without a password.</summary>
    public static bool HasUser(string text) =>
        AnyUrl(text, static (userInfo, slash) => slash < 0 || userInfo[..slash].Contains('@'));

    private static bool HasHeader(ReadOnlySpan<char> text) => text.ContainsAny(Headers);

    // Base64, standard or URL-safe and broken by white space, may begin anywhere in the text: all four alignments are decoded.
    private static bool HasEncodedKey(ReadOnlySpan<char> text)
    {
        Span<char> buffer = stackalloc char[text.Length];
        for (var skipped = 0; skipped < 4; skipped++)
        {
            var decoded = Decode(text, skipped, buffer);
            if (HasHeader(decoded) || HasKey(decoded)) return true;
        }

        return false;
    }

    // Each octet becomes a char. A character that is not base64 ends a run; the first characters of each run are skipped.
    private static ReadOnlySpan<char> Decode(ReadOnlySpan<char> text, int skipped, Span<char> decoded)
    {
        const char endOfRun = '\uFFFF';
        var (length, place, bits, count) = (0, 0, 0, 0);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c)) continue;
            if (Base64(c) is not (>= 0 and var six))
            {
                decoded[length++] = endOfRun;
                (place, count) = (0, 0);
            }
            else if (place++ >= skipped)
            {
                (bits, count) = ((bits << 6) | six, count + 6);
                if (count < 8) continue;
                count -= 8;
                decoded[length++] = (char)((bits >> count) & 0xFF);
            }
        }

        return decoded[..length];
    }

    private static int Base64(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => -1,
    };

    private static bool HasKey(ReadOnlySpan<char> octets)
    {
        for (var at = octets.IndexOf('\x30'); at >= 0; at = octets.IndexOf('\x30'))
        {
            if (IsKey(InSequence(octets[at..]))) return true;
            octets = octets[(at + 1)..];
        }

        return false;
    }

    // A certificate or a request for one does not match: its version is not followed by an algorithm.
    private static bool IsKey(ReadOnlySpan<char> content) => content switch
    {
        ['\x02', '\x01', '\x00' or '\x01', '\x02', ..] => true, // PKCS#1: version, modulus
        ['\x02', '\x01', '\x01', '\x04', ..] => true, // SEC1: version, private key
        ['\x02', '\x01', '\x00' or '\x01' or '\x03', .. var next] => InSequence(next) is ['\x06', ..], // PKCS#8 and #12: version, type
        // Encrypted PKCS#8: an encryption of PKCS#5 or PKCS#12
        _ => InSequence(content) is ['\x06', _, '\x2A', '\x86', '\x48', '\x86', '\xF7', '\x0D', '\x01', '\x05' or '\x0C', ..],
    };

    // The content of a DER sequence, of which the end may be missing; nothing if there is no sequence.
    private static ReadOnlySpan<char> InSequence(ReadOnlySpan<char> octets) => octets switch
    {
        ['\x30', < '\x80', .. var content] => content,
        ['\x30', '\x81', _, .. var content] => content,
        ['\x30', '\x82', _, _, .. var content] => content,
        _ => [],
    };

    private static bool HasDataUrl(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf(";base64,", StringComparison.OrdinalIgnoreCase);
        if (end < 0) return false;
        var start = text[..end].LastIndexOf("data:", StringComparison.OrdinalIgnoreCase);
        return start >= 0 && !text[start..end].ContainsAny(EndsOfUrl);
    }

    // A password may hold a slash that is not escaped. Digits between colon and slash are a port.
    private static bool HasCredentials(ReadOnlySpan<char> text) => AnyUrl(text, static (userInfo, slash) =>
    {
        var authority = slash < 0 ? userInfo : userInfo[..slash];
        authority = authority[(authority.LastIndexOf(']') + 1)..];
        var colon = authority.IndexOf(':');
        return colon >= 0 && (slash < 0 || authority[(colon + 1)..].ContainsAnyExceptInRange('0', '9'));
    });

    // Applies the test to what precedes the last @ of each URL, and to the place of its first slash, question mark or hash.
    private static bool AnyUrl(ReadOnlySpan<char> text, Func<ReadOnlySpan<char>, int, bool> test)
    {
        var rest = text.StartsWith("//") ? text[2..] : After(text);
        for (; rest.Length > 0; rest = After(rest))
        {
            var end = rest.IndexOfAny(EndsOfUrl);
            var url = end < 0 ? rest : rest[..end];
            var at = url.LastIndexOf('@');
            if (at >= 0 && test(url[..at], url[..at].IndexOfAny("/?#"))) return true;
        }

        return false;
    }

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> text)
    {
        const string start = "://";
        var at = text.IndexOf(start, StringComparison.Ordinal);
        return at < 0 ? [] : text[(at + start.Length)..];
    }
}
