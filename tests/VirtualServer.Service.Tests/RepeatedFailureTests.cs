using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Tests.Harness;
using static Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace VirtualServers.Service.Tests;

/// <summary>A failure that repeats has a line when it begins, one a minute, and one when it has ended.</summary>
public sealed class RepeatedFailureTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly LogLines log = new();
    private readonly LoggerFactory loggers;
    private readonly RepeatedFailure failure;

    public RepeatedFailureTests()
    {
        loggers = new([log]);
        failure = new("Writing", clock, loggers.CreateLogger("x"));
    }

    public void Dispose()
    {
        failure.Dispose();
        loggers.Dispose();
    }

    [Fact]
    public void Any_number_of_failures_are_a_line_at_the_beginning_one_a_minute_and_one_at_the_end()
    {
        for (var second = 0; second < 150; second++)
        {
            failure.Failed("no room");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        failure.Succeeded();
        clock.Advance(TimeSpan.FromSeconds(2));

        Is(
            "Warning: Writing fails: no room",
            "Warning: Writing has been failing for 00:01:00, 59 times since the last line: no room",
            "Warning: Writing has been failing for 00:02:00, 60 times since the last line: no room",
            "Information: Writing succeeds again after 00:02:29 and 150 failures");
    }

    [Fact]
    public void A_success_among_failures_does_not_end_it()
    {
        for (var second = 0; second < 50; second++)
        {
            failure.Failed("busy");
            failure.Succeeded();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromMinutes(5));

        Is("Warning: Writing fails: busy", "Information: Writing succeeds again after 00:00:49 and 50 failures");
    }

    [Fact]
    public void What_does_not_fail_says_nothing_and_a_minute_without_failures_neither()
    {
        failure.Succeeded();
        failure.Failed("away");
        clock.Advance(TimeSpan.FromMinutes(10));

        Is("Warning: Writing fails: away");
        Assert.True(failure.IsOn);
    }

    [Fact]
    public async Task A_check_that_fails_is_told_once_and_those_that_need_PostgreSQL_only_while_it_is_there()
    {
        using var health = new HealthLog(clock, new Logger<HealthLog>(loggers));
        await Report((Health.PostgreSql, Healthy, ""), (Health.RabbitMq, Healthy, ""), (Health.WarmUp, Unhealthy, "cold"));
        for (var i = 0; i < 3; i++)
            await Report((Health.PostgreSql, Unhealthy, "PostgreSQL is away: refused"), (Health.Disk, Unhealthy, "unknown"));
        await Report((Health.PostgreSql, Degraded, "PostgreSQL is slow"), (Health.Disk, Unhealthy, "full"));
        await Report((Health.PostgreSql, Healthy, ""), (Health.Disk, Healthy, ""));
        clock.Advance(TimeSpan.FromSeconds(5));

        Is(
            "Warning: The check postgresql fails: PostgreSQL is away: refused",
            "Warning: The check disk fails: full",
            "Information: The check postgresql succeeds again after 00:00:00 and 4 failures",
            "Information: The check disk succeeds again after 00:00:00 and 1 failures");

        Task Report(params (string Name, HealthStatus Status, string Sentence)[] entries) => health.PublishAsync(
            new(
                entries.ToDictionary(
                    entry => entry.Name, entry => new HealthReportEntry(entry.Status, entry.Sentence, TimeSpan.Zero, null, null)),
                TimeSpan.Zero),
            CancellationToken.None);
    }

    private void Is(params string[] lines) => Assert.Equal(lines, log.All.Select(line => line[(line.IndexOf(' ') + 1)..].Trim()));
}
