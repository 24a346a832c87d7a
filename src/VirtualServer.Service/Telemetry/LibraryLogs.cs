using MassTransit;
using RabbitMQ.Client.Exceptions;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// The logs of Marten, MassTransit and the drivers. While a server is away, each of them reports every attempt with a stack trace; the
/// checks of health (HealthLog.cs) have one line for it. Such a report becomes a line of level Debug without its stack trace, and every
/// other one is logged as it is.
/// </summary>
public sealed class LibraryLogs(ILoggerFactory inner) : ILoggerFactory
{
    private static readonly string[] Libraries = ["Marten", "JasperFx", "Weasel", "MassTransit", "Npgsql"];

    public ILogger CreateLogger(string categoryName) =>
        Array.Exists(Libraries, name => categoryName == name || categoryName.StartsWith($"{name}.", StringComparison.Ordinal))
            ? new Foreseeing(inner.CreateLogger(categoryName))
            : inner.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    /// <summary>
    /// Whether a server that is away, a connection that broke, or a cancellation is the reason: what is being published is cancelled when a
    /// node leads no more.
    /// </summary>
    public static bool IsForeseen(Exception? exception) => exception switch
    {
        null => false,
        _ when Outage.Caused(exception) => true,
        RabbitMQClientException or ConnectionException or System.Net.Sockets.SocketException or IOException => true,
        OperationCanceledException => true,
        AggregateException several => several.InnerExceptions.Any(IsForeseen),
        _ => IsForeseen(exception.InnerException),
    };

    private sealed class Foreseeing(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsForeseen(exception)) inner.Log(logLevel, eventId, state, exception, formatter);
            else if (inner.IsEnabled(LogLevel.Debug))
                Telemetry.Log.Foreseen(inner, formatter(state, exception), exception!.GetBaseException().Message);
        }
    }
}
