using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Api;

/// <summary>
/// The addresses to listen on. With TLS, those of <c>Urls</c> serve HTTP/2 and HTTP/1.1, as each connection negotiates. Without TLS nothing
/// is negotiated: they serve HTTP/2, and <c>Http:Url</c> serves HTTP/1.1.
/// </summary>
public static class Addresses
{
    private const string Setting = "Urls", Http1Setting = "Http:Url";

    private static readonly string[] Everywhere = ["*", "+", "0.0.0.0", "[::]"];

    /// <summary>The addresses; at least one.</summary>
    public static IReadOnlyList<BindingAddress> Read(IConfiguration configuration)
    {
        var texts = (configuration[Setting] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (texts.Length == 0) throw new StartupException($"{Setting} is not set: give an address like http://127.0.0.1:5210");
        return [.. texts.Select(text => Read(Setting, text))];
    }

    /// <summary>The address of HTTP/1.1 without TLS; null without one.</summary>
    public static BindingAddress? ReadHttp1(IConfiguration configuration)
    {
        var text = configuration[Http1Setting];
        if (string.IsNullOrWhiteSpace(text)) return null;
        var address = Read(Http1Setting, text);
        if (address.Scheme != "http" || configuration["Security:Tls:CertificateFile"] is not null)
            throw new StartupException(
                $"{Http1Setting} is for a service without TLS, because with TLS the addresses of {Setting} serve HTTP/1.1: omit it, or "
                + "write http:// and omit Security:Tls");
        return Read(configuration).Contains(address)
            ? throw new StartupException($"{Http1Setting} \"{text}\" is an address of {Setting}, which serves HTTP/2: use another port")
            : address;
    }

    /// <summary>Makes the service listen on all of them; those of <c>Urls</c> come first.</summary>
    public static void Listen(WebApplication app)
    {
        if (ReadHttp1(app.Configuration) is not { } http1) return;
        foreach (var address in Read(app.Configuration).Append(http1)) app.Urls.Add(address.ToString());
    }

    /// <summary>The versions of HTTP of an endpoint.</summary>
    public static HttpProtocols Protocols(ListenOptions endpoint, BindingAddress? http1, bool hasTls) =>
        hasTls ? HttpProtocols.Http1AndHttp2
        : endpoint.IPEndPoint is { } place && http1 is not null && IsAt(place, http1) ? HttpProtocols.Http1
        : HttpProtocols.Http2;

    private static bool IsAt(IPEndPoint place, BindingAddress address) =>
        place.Port == address.Port
        && (IPAddress.TryParse(address.Host, out var ip) ? place.Address.Equals(ip) : IPAddress.IsLoopback(place.Address));

    /// <summary>Where a process on the same machine reaches the first of them.</summary>
    public static Uri Nearby(IConfiguration configuration)
    {
        var address = Read(configuration)[0];
        return new($"{address.Scheme}://{(Everywhere.Contains(address.Host) ? "localhost" : address.Host)}:{address.Port}");
    }

    private static BindingAddress Read(string setting, string text)
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

        throw new StartupException($"{setting} \"{text}\" is not an address to listen on: write it like http://127.0.0.1:5210");
    }
}
