using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// Each log entry as one line for people: time in UTC, level, category and message. An exception follows. The formatter of .NET writes two
/// lines, or runs the lines of an exception together.
/// </summary>
public sealed class TextLines() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "virtualserver-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var time = DateTime.UtcNow.ToString("HH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        // A text of a caller or of a server must not look like another line.
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception).ReplaceLineEndings(" ");
        textWriter.WriteLine($"{time} {Level(logEntry.LogLevel)} {logEntry.Category}: {message}");
        if (logEntry.Exception is { } exception) textWriter.WriteLine(exception);
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
