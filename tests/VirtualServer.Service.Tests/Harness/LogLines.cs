using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>What a service in this process logs, in every category.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>The lines so far: category, level and message.</summary>
    public IReadOnlyList<string> All => [.. lines];

    /// <summary>Starts to listen.</summary>
    public static LogLines Of(TestService service)
    {
        var lines = new LogLines();
        service.Services.GetRequiredService<ILoggerFactory>().AddProvider(lines);
        return lines;
    }

    /// <summary>The lines that contain a text.</summary>
    public IReadOnlyList<string> With(string text) => [.. lines.Where(line => line.Contains(text, StringComparison.Ordinal))];

    public ILogger CreateLogger(string categoryName) => new Category(categoryName, lines);

    public void Dispose()
    {
    }

    private sealed class Category(string name, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{name} {logLevel}: {formatter(state, exception)} {exception}");
    }
}
