using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Api;

/// <summary>The addresses to listen on: the setting <c>Urls</c>.</summary>
public static class Addresses
{
    private const string Setting = "Urls";

    private static readonly string[] Everywhere = ["*", "+", "0.0.0.0", "[::]"];

    /// <summary>The addresses; at least one.</summary>
    public static IReadOnlyList<BindingAddress> Read(IConfiguration configuration)
    {
        var texts = (configuration[Setting] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (texts.Length == 0) throw new StartupException($"{Setting} is not set: give an address like http://127.0.0.1:5210");
        return [.. texts.Select(Read)];
    }

    /// <summary>Where a process on the same machine reaches the first of them.</summary>
    public static Uri Nearby(IConfiguration configuration)
    {
        var address = Read(configuration)[0];
        return new($"{address.Scheme}://{(Everywhere.Contains(address.Host) ? "localhost" : address.Host)}:{address.Port}");
    }

    private static BindingAddress Read(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            if (address.Scheme is "http" or "https" && address.PathBase.Length == 0 && address.Port is >= 0 and <= 65535) return address;
        }
        catch (FormatException)
        {
            // Not even the form of an address.
        }

        throw new StartupException($"{Setting} \"{text}\" is not an address to listen on: write it like http://127.0.0.1:5210");
    }
}
