using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace VirtualServers.Service.Security;

/// <summary>
/// Keeps the service on loopback: it has no authentication yet, so nothing else may reach it. An address beyond loopback
/// stops it before it takes a call.
/// </summary>
public sealed class Loopback(IServer server) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var beyond = server.Features.Get<IServerAddressesFeature>()?.Addresses.Where(address => !IsLoopback(address)).ToList();
        return beyond is { Count: > 0 }
            ? throw new InvalidOperationException($"The service listens on {string.Join(", ", beyond)}, beyond loopback, and has no authentication: use http://127.0.0.1:PORT or http://[::1]:PORT")
            : Task.CompletedTask;
    }

    private static bool IsLoopback(string address) =>
        address.Contains("unix:", StringComparison.Ordinal)
        || (Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.IsLoopback || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip))));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
