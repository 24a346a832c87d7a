using System.Net;
using System.Net.Sockets;

namespace VirtualServers.Domain;

/// <summary>Parses addresses and prefixes and formats them in canonical form: dotted decimal, or RFC 5952 for IPv6.</summary>
public static class Network
{
    /// <summary>The canonical form of an IP address; null, with an error message, when the text is not an address.</summary>
    public static string? Address(string text, out string error)
    {
        error = $"{text.InQuotes} is not an IP address: write it like 192.0.2.10 or 2001:db8::10, without prefix length, port or zone";
        return Parse(text)?.ToString();
    }

    /// <summary>The canonical form of a prefix in CIDR notation; null, with an error message, when the text is not a prefix.</summary>
    public static string? Prefix(string text, out string error)
    {
        error = $"{text.InQuotes} is not a prefix: write it like 192.0.2.0/24 or 2001:db8::/32";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Parse(text[..slash]) is not { } address) return null;

        var digits = text[(slash + 1)..];
        var bits = address.GetAddressBytes();
        if (digits is "" or { Length: > 3 } or ['0', _, ..] || !digits.All(char.IsAsciiDigit)) return null;
        var length = int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        if (length > bits.Length * 8) return null;

        for (var bit = length; bit < bits.Length * 8; bit++) bits[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        var network = new IPAddress(bits);
        if (network.Equals(address)) return $"{network}/{length}";
        error = $"{text.InQuotes} has bits set beyond its length: use {network}/{length}";
        return null;
    }

    // IPAddress.TryParse is more lenient than IPAM: it takes "1" for 0.0.0.1 and 010.0.0.1 for octal, and accepts IPv6 zones and brackets.
    private static IPAddress? Parse(string text) => IPAddress.TryParse(text, out var address) && address.AddressFamily switch
    {
        AddressFamily.InterNetwork => address.ToString() == text,
        AddressFamily.InterNetworkV6 => text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.'),
        _ => false,
    } ? address : null;
}
