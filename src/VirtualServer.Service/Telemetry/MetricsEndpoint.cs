using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// The metrics for Prometheus, at <c>/metrics</c> of an address of their own: a scrape is HTTP/1.1 without credentials, while the addresses
/// of the calls have HTTP/2, TLS and authentication. Nothing else is served there.
/// </summary>
public sealed class MetricsEndpoint(IPEndPoint place, MeterProvider meters, ILogger<MetricsEndpoint> logger)
    : IHostedService, IAsyncDisposable
{
    private const string Url = "Metrics:Url", Beyond = "Metrics:BeyondLoopback";
    private const string Path = "/metrics";

    // Enough for several Prometheus servers.
    private const int MaxConnections = 20;

    private WebApplication? app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // An empty builder reads no settings and logs nothing, so it cannot listen anywhere else.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(place, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        app = builder.Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            meters, predicate: null, Path, configureBranchedPipeline: null, optionsName: null);
        await app.StartAsync(cancellationToken);
        Log.MetricsServed(logger, $"{app.Urls.Single()}{Path}");
    }

    public Task StopAsync(CancellationToken cancellationToken) => app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => app?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The setting <c>Metrics:Url</c>; null to serve no metrics.</summary>
    public static IPEndPoint? Address(IConfiguration configuration)
    {
        var text = configuration[Url];
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != "http" || url.PathAndQuery is not ("/" or Path)
            || Host(url) is not { } host)
            throw new StartupException($"{Url} \"{text}\" is not an address to listen on: write it like http://127.0.0.1:9464");
        return IPAddress.IsLoopback(host) || IsBeyondAllowed(configuration)
            ? new(host, url.Port)
            : throw new StartupException(
                $"{Url} \"{text}\" is beyond loopback, and metrics have no authentication: write http://127.0.0.1:{url.Port}, or set "
                + $"{Beyond}=true in a network that only Prometheus can reach");
    }

    /// <summary>The setting <c>Metrics:BeyondLoopback</c>.</summary>
    public static bool IsBeyondAllowed(IConfiguration configuration)
    {
        var text = configuration[Beyond];
        if (string.IsNullOrWhiteSpace(text)) return false;
        return bool.TryParse(text, out var allowed)
            ? allowed
            : throw new StartupException($"{Beyond} \"{text}\" is neither true nor false: write true or false");
    }

    // A name could lead anywhere, except for this one.
    private static IPAddress? Host(Uri url) =>
        url.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(url.DnsSafeHost, out var address) ? address : null;
}
