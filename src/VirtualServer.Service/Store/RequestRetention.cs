using Npgsql;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>Deletes answered request ids older than <c>Registry:RequestRetention</c> (7 days by default, at least one).</summary>
public sealed class RequestRetention(
    NpgsqlDataSource source, IConfiguration configuration, TimeProvider clock, ILogger<RequestRetention> logger) : BackgroundService
{
    private static readonly TimeSpan MinAge = TimeSpan.FromDays(1);
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var asked = configuration.GetValue("Registry:RequestRetention", TimeSpan.FromDays(7));
        var age = asked < MinAge ? MinAge : asked;
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do await DeleteOlder(age, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task DeleteOlder(TimeSpan age, CancellationToken cancellation)
    {
        try
        {
            await using var command = RequestsTable.DeleteBefore(clock.GetUtcNow() - age).Command(source);
            var count = await command.ExecuteNonQueryAsync(cancellation);
            if (count > 0) Log.RequestsForgotten(logger, count, age);
        }
        catch (NpgsqlException exception)
        {
            Log.RequestsNotForgotten(logger, exception.Message);
        }
    }
}
