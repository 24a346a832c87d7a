using Npgsql;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>Forgets answered request ids when they are older than <c>Registry:RequestRetention</c> (7 days; at least one).</summary>
public sealed class RequestRetention(NpgsqlDataSource source, IConfiguration configuration, TimeProvider clock, ILogger<RequestRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Least = TimeSpan.FromDays(1);
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var asked = configuration.GetValue("Registry:RequestRetention", TimeSpan.FromDays(7));
        var age = asked < Least ? Least : asked;
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do await Forget(age, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task Forget(TimeSpan age, CancellationToken cancellation)
    {
        try
        {
            await using var command = source.CreateCommand($"delete from {EventStore.Schema}.requests where time < $1");
            command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() - age });
            var count = await command.ExecuteNonQueryAsync(cancellation);
            if (count > 0) Log.RequestsForgotten(logger, count, age);
        }
        catch (NpgsqlException exception)
        {
            Log.RequestsNotForgotten(logger, exception.Message);
        }
    }
}
