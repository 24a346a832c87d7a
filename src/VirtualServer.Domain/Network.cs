using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace VirtualServers.Domain;

/// <summary>
/// Parses addresses and prefixes and formats them in canonical form: dotted decimal for IPv4, RFC 5952 for IPv6. An IPv4-mapped IPv6
/// address (::ffff:0:0/96) is the IPv4 address.
/// </summary>
public static class Network
{
    private const int MappedLength = 96;

    // The prefixes that embed IPv4 addresses in their last 32 bits: IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765), and the
    // well-known prefix of NAT64 (RFC 6052).
    private static readonly ushort[][] EmbeddingIpv4 = [[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0xffff, 0], [0x64, 0xff9b, 0, 0, 0, 0]];

    /// <summary>The canonical form of an IP address; null, with an error message, when the text is not an address.</summary>
    public static string? Address(string text, out string error)
    {
        error = $"{text.InQuotes} is not an IP address: write it like 192.0.2.10 or 2001:db8::10, without port or zone, "
            + "and without prefix length other than /32 (IPv4) or /128 (IPv6)";
        return Parse(text) is var (bits, length) && length == bits.Length * 8 ? Format(bits) : null;
    }

    /// <summary>The canonical form of a prefix in CIDR notation; null, with an error message, when the text is not a prefix.</summary>
    public static string? Prefix(string text, out string error)
    {
        error = $"{text.InQuotes} is not a prefix: write it like 192.0.2.0/24 or 2001:db8::/32";
        if (!text.Contains('/', StringComparison.Ordinal) || Parse(text) is not var (bits, length)) return null;

        var network = (byte[])bits.Clone();
        for (var bit = length; bit < network.Length * 8; bit++) network[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        if (network.AsSpan().SequenceEqual(bits)) return $"{Format(network)}/{length}";
        error = $"{text.InQuotes} has bits set beyond its length: use {Format(network)}/{length}";
        return null;
    }

    // The bits of an address, and the length that follows it; without one, the length of the address itself.
    private static (byte[] Bits, int Length)? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (ParseAddress(slash < 0 ? text : text[..slash]) is not { } address) return null;
        var bits = address.GetAddressBytes();
        var digits = slash < 0 ? $"{bits.Length * 8}" : text[(slash + 1)..];
        if (digits is "" or { Length: > 3 } or ['0', _, ..] || !digits.All(char.IsAsciiDigit)) return null;
        var length = int.Parse(digits, CultureInfo.InvariantCulture);
        return length > bits.Length * 8 ? null
            : address.IsIPv4MappedToIPv6 && length >= MappedLength ? (bits[(MappedLength / 8)..], length - MappedLength)
            : (bits, length);
    }

    // IPAddress.TryParse is more lenient than IPAM: it takes "1" for 0.0.0.1 and 010.0.0.1 for octal, and accepts IPv6 zones and brackets.
    private static IPAddress? ParseAddress(string text) => IPAddress.TryParse(text, out var address) && address.AddressFamily switch
    {
        AddressFamily.InterNetwork => address.ToString() == text,
        AddressFamily.InterNetworkV6 => text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.'),
        _ => false,
    } ? address : null;

    // IPAddress.ToString writes a dotted tail for other IPv6 addresses too, such as those of ISATAP.
    private static string Format(byte[] bits)
    {
        if (bits.Length == 4) return string.Join('.', bits);
        ushort[] groups = [.. Enumerable.Range(0, 8).Select(i => (ushort)((bits[2 * i] << 8) | bits[(2 * i) + 1]))];
        string[] texts = [.. groups.Select(group => group.ToString("x", CultureInfo.InvariantCulture))];
        if (groups[6] != 0 && EmbeddingIpv4.Any(prefix => groups.AsSpan(0, 6).SequenceEqual(prefix)))
            texts = [.. texts[..6], string.Join('.', bits[12..])];

        // "::" stands for the longest run of zeros, the first of several, and never for a single one.
        var (start, count) = LongestRunOfZeros(groups);
        return count < 2 ? string.Join(':', texts) : $"{string.Join(':', texts[..start])}::{string.Join(':', texts[(start + count)..])}";
    }

    private static (int Start, int Count) LongestRunOfZeros(ushort[] groups)
    {
        var (longest, run) = ((Start: 0, Count: 0), (Start: 0, Count: 0));
        for (var i = 0; i < groups.Length; i++)
        {
            run = groups[i] != 0 ? (i + 1, 0) : (run.Start, run.Count + 1);
            if (run.Count > longest.Count) longest = run;
        }

        return longest;
    }
}
