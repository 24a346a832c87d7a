using System.Globalization;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>Deletes answered request ids older than <c>Registry:RequestRetention</c> (7 days by default, at least one).</summary>
public sealed class RequestRetention(
    NpgsqlDataSource source, IConfiguration configuration, TimeProvider clock, ILogger<RequestRetention> logger) : BackgroundService
{
    private const string Setting = "Registry:RequestRetention";

    private static readonly TimeSpan MinAge = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(3650);
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>The setting <c>Registry:RequestRetention</c>.</summary>
    public static TimeSpan Age(IConfiguration configuration)
    {
        var text = configuration[Setting];
        if (string.IsNullOrWhiteSpace(text)) return TimeSpan.FromDays(7);
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var age) && age >= MinAge && age <= MaxAge
            ? age
            : throw new StartupException(
                $"{Setting} {text} is not a time span of {MinAge.TotalDays} to {MaxAge.TotalDays} days: write 7 days as 7.00:00:00");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var age = Age(configuration);
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
