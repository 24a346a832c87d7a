using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Tests;

/// <summary>Errors of Marten's daemon that the shutdown causes are not logged; all others are.</summary>
public sealed class DaemonLogTests : ILoggerProvider, ILogger
{
    private readonly List<string> lines = [];
    private readonly ApplicationLifetime service = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly DaemonLog log;

    public DaemonLogTests() => log = new DaemonLog(new LoggerFactory([this]), service);

    [Fact]
    public void Every_error_is_logged_while_the_service_runs()
    {
        service.NotifyStarted();
        Report("interrupted", new TaskCanceledException());
        Report("failed", new InvalidOperationException());
        Report("started");
        Assert.Equal(["interrupted", "failed", "started"], lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_interruptions_are_omitted_when_the_service_stops_or_fails_to_start(bool stops)
    {
        if (stops)
        {
            service.NotifyStarted();
            service.StopApplication();
        }

        Report("interrupted", new OperationCanceledException());
        Report("interrupted", new TaskCanceledException());
        Report("failed", new InvalidOperationException());
        Report("stopped");
        Assert.Equal(["failed", "stopped"], lines);
    }

    private void Report(string what, Exception? exception = null) => log.Log(LogLevel.Error, default, what, exception, (state, _) => state);

    ILogger ILoggerProvider.CreateLogger(string categoryName)
    {
        // As Marten names it, so that the configured levels hold.
        Assert.Equal("Marten.Events.Daemon.Coordination.ProjectionCoordinator", categoryName);
        return this;
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        lines.Add(formatter(state, exception));

    void IDisposable.Dispose()
    {
    }
}
