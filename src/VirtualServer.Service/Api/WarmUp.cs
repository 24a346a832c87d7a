using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using VirtualServers.V1;
using CallOptions = Grpc.Core.CallOptions;

namespace VirtualServers.Service.Api;

/// <summary>
/// Calls the service once it listens, as its callers will, and stores nothing: the code is compiled, the connections are open and the
/// statements are prepared before the service is ready. The first calls of a cold service would miss their deadlines.
/// </summary>
public sealed class WarmUp(
    IServer server, Gate gate, Rehearsal rehearsal, IHostApplicationLifetime service, TimeProvider clock, ILogger<WarmUp> logger,
    ServerCertificate? certificate = null)
    : BackgroundService, IHealthCheck
{
    // Several at a time open several connections; a statement is prepared when a connection executes it for the second time.
    private const int Callers = 4;
    private const int Rounds = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RepeatedFailure failure = new("The warm-up", clock, logger);
    private volatile bool isWarm;

    public override void Dispose()
    {
        base.Dispose();
        failure.Dispose();
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(isWarm ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the service is warming up"));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Started(stoppingToken);
            while (!await Try(stoppingToken)) await Task.Delay(Pause, clock, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task Started(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource();
        await using var registration = service.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    private async Task<bool> Try(CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        try
        {
            using var channel = OwnChannel();
            for (var round = 0; round < Rounds; round++)
                await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Call(channel, cancellation)));
            for (var round = 0; round < Rounds; round++)
                await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => rehearsal.Run()));
        }
        catch (Exception exception) when (exception is RpcException || Outage.Caused(exception))
        {
            cancellation.ThrowIfCancellationRequested();
            // The addresses of the service are closed before its work is cancelled.
            if (service.ApplicationStopping.IsCancellationRequested) return false;
            var sentence = exception is RpcException call ? $"{call.StatusCode} {call.Status.Detail}" : exception.Message;
            failure.Failed($"{sentence}; the service is not ready until it succeeds");
            return false;
        }

        failure.Succeeded();
        isWarm = true;
        Log.Warm(logger, clock.GetElapsedTime(since));
        return true;
    }

    // The certificate need not name the loopback address, so it is compared instead.
    private GrpcChannel OwnChannel()
    {
        var address = BindingAddress.Parse(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var host = IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip) ? address.Host : "localhost";
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => certificate!.Is(shown);
        return GrpcChannel.ForAddress(
            $"{address.Scheme}://{host}:{address.Port}", new() { HttpHandler = handler, DisposeHttpClient = true });
    }

    // Commands and reads of every kind that succeed whatever is stored.
    private async Task Call(GrpcChannel channel, CancellationToken cancellation)
    {
        var metadata = new Metadata { { Caller.ActorHeader, "warm-up" }, { "authorization", gate.OwnCredentials } };
        var options = new CallOptions(metadata, DateTime.UtcNow + Deadline, cancellation);
        var nothing = $"warm-up {Guid.NewGuid()}";
        var servers = new VirtualServerService.VirtualServerServiceClient(channel);
        await servers.ListVirtualServersAsync(new() { PageSize = 1 }, options);
        await servers.SummarizeVirtualServersAsync(new(), options);
        await servers.DeleteVirtualServerAsync(new() { Name = nothing, AllowMissing = true, ValidateOnly = true }, options);
        var pools = new LoadBalancerPoolService.LoadBalancerPoolServiceClient(channel);
        await pools.ListLoadBalancerPoolsAsync(new() { PageSize = 1 }, options);
        await pools.DeleteLoadBalancerPoolAsync(new() { Name = nothing, AllowMissing = true, ValidateOnly = true }, options);
        var monitors = new HealthCheckMonitorService.HealthCheckMonitorServiceClient(channel);
        await monitors.ListHealthCheckMonitorsAsync(new() { PageSize = 1 }, options);
        await monitors.CreateHealthCheckMonitorAsync(
            new() { HealthCheckMonitor = new() { Name = nothing }, ValidateOnly = true }, options);
        var profiles = new CertificateProfileService.CertificateProfileServiceClient(channel);
        await profiles.ListCertificateProfilesAsync(new() { PageSize = 1 }, options);
        await profiles.DeleteCertificateProfileAsync(new() { Name = nothing, AllowMissing = true, ValidateOnly = true }, options);
        var inventory = new InventoryService.InventoryServiceClient(channel);
        await inventory.ListInventoryObjectsAsync(new() { Kind = Kind.Device, PageSize = 1 }, options);
        await inventory.UpsertInventoryObjectAsync(
            new() { InventoryObject = new() { Device = new() { Name = nothing } }, ValidateOnly = true }, options);
    }
}
