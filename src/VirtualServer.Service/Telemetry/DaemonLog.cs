using Marten.Events.Daemon.Coordination;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// What Marten's daemon logs. Whatever it is doing at the moment the service stops (or can't start after all) is cancelled, and now and
/// then it reports just that as an error, with a trace. Such a report is left out; while the service runs, and of everything else, none is.
/// </summary>
public sealed class DaemonLog(ILoggerFactory loggers, IHostApplicationLifetime service) : ILogger<ProjectionCoordinator>
{
    private readonly ILogger inner = loggers.CreateLogger(typeof(ProjectionCoordinator).FullName!);

    private bool Runs => service.ApplicationStarted.IsCancellationRequested && !service.ApplicationStopping.IsCancellationRequested;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is OperationCanceledException && !Runs) return;
        inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
