using System.Net;
using System.Net.Sockets;

namespace VirtualServers.Domain;

/// <summary>Reads addresses and prefixes, and spells each in one canonical way: dotted decimal, or RFC 5952 for IPv6.</summary>
public static class Network
{
    /// <summary>The canonical spelling of an IP address; null, and what is wrong, when the text is not one.</summary>
    public static string? Address(string text, out string wrong)
    {
        wrong = $"{text.InQuotes} is not an IP address: write it like 192.0.2.10 or 2001:db8::10, without prefix length, port or zone";
        return Parse(text) is { } address ? Spell(address) : null;
    }

    /// <summary>The canonical spelling of a prefix in CIDR notation; null, and what is wrong, when the text is not one.</summary>
    public static string? Prefix(string text, out string wrong)
    {
        wrong = $"{text.InQuotes} is not a prefix: write it like 192.0.2.0/24 or 2001:db8::/32";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Parse(text[..slash]) is not { } address) return null;

        var digits = text[(slash + 1)..];
        var bits = address.GetAddressBytes();
        if (digits.Length is 0 or > 3 || digits.Any(digit => !char.IsAsciiDigit(digit)) || (digits.Length > 1 && digits[0] == '0')) return null;
        var length = int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        if (length > bits.Length * 8) return null;

        for (var bit = length; bit < bits.Length * 8; bit++) bits[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        var network = new IPAddress(bits);
        if (network.Equals(address)) return $"{Spell(network)}/{length}";
        wrong = $"{text.InQuotes} has bits set beyond its length: the prefix that holds it is {Spell(network)}/{length}";
        return null;
    }

    // IPAddress takes more than people mean: "1" is 0.0.0.1 to it, 010.0.0.1 is octal, and IPv6 may have a zone or brackets.
    private static IPAddress? Parse(string text) => IPAddress.TryParse(text, out var address) && address.AddressFamily switch
    {
        AddressFamily.InterNetwork => address.ToString() == text,
        AddressFamily.InterNetworkV6 => text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.'),
        _ => false,
    } ? address : null;

    private static string Spell(IPAddress address) => address.ToString();
}
