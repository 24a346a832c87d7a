using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using VirtualServers.Domain;
using VirtualServers.Service.Api;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;

namespace VirtualServers.Service.Http;

/// <summary>The origins whose pages may call the service from a browser (CORS): the setting <c>Http:Origins</c>; none by default.</summary>
public static class Origins
{
    private const string Setting = "Http:Origins";

    // A browser asks again after this time.
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    /// <summary>The origins.</summary>
    public static IReadOnlyList<string> Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Setting);
        if (section.Value is { Length: > 0 } text)
            throw new StartupException($"{Setting} {text.InQuotes} is no list: write {Setting}:0={text}");
        return [.. section.GetChildren().Select(Read)];
    }

    /// <summary>Lets pages of the origins send what a call has, and read what an answer has.</summary>
    public static void Allow(CorsPolicyBuilder policy, IReadOnlyList<string> origins) => policy
        .WithOrigins([.. origins]).AllowAnyHeader().AllowAnyMethod().SetPreflightMaxAge(PreflightAge)
        .WithExposedHeaders(
            Failures.StatusHeader, Failures.MessageHeader, JsonStatus.DetailsHeader, Caller.CorrelationHeader, HeaderNames.RetryAfter,
            HeaderNames.Allow, HeaderNames.WWWAuthenticate);

    private static string Read(IConfigurationSection item) =>
        Uri.TryCreate(item.Value, UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https"
        && origin.GetLeftPart(UriPartial.Authority) == item.Value
            ? item.Value
            : throw new StartupException(
                $"{item.Path} {(item.Value ?? "").InQuotes} is not an origin: write scheme, host and port, like https://ui.example.org");
}
