using Marten.Events.Daemon.Coordination;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// The log of Marten's daemon. The shutdown of the service, or a start that fails, cancels the work of the daemon, which sometimes reports
/// the cancellation as an error with a stack trace. Such a report is dropped; every other one is logged.
/// </summary>
public sealed class DaemonLog(ILoggerFactory loggers, IHostApplicationLifetime service) : ILogger<ProjectionCoordinator>
{
    private readonly ILogger inner = loggers.CreateLogger(typeof(ProjectionCoordinator).FullName!);

    private bool IsRunning => service.ApplicationStarted.IsCancellationRequested && !service.ApplicationStopping.IsCancellationRequested;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is OperationCanceledException && !IsRunning) return;
        inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
