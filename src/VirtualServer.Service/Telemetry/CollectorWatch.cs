using System.Net.Sockets;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// Says when the collector of <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> cannot be reached. The exporters of OpenTelemetry drop what they cannot
/// send, and say so nowhere. The service starts and serves without a collector.
/// </summary>
public sealed class CollectorWatch(Uri collector, TimeProvider clock, ILogger<CollectorWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly RepeatedFailure failure = new($"The export to OTEL_EXPORTER_OTLP_ENDPOINT {collector.Authority}", clock, logger);

    public override void Dispose()
    {
        base.Dispose();
        failure.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do await Connect(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task Connect(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(collector.DnsSafeHost, collector.Port, limit.Token);
            failure.Succeeded();
        }
        catch (Exception exception)
            when (!cancellation.IsCancellationRequested && exception is SocketException or OperationCanceledException)
        {
            var reason = exception is SocketException ? exception.Message : $"no connection within {Limit.TotalSeconds} s";
            failure.Failed($"{reason}; traces, metrics and logs are not exported");
        }
    }
}
