using Microsoft.Extensions.Logging.Console;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Telemetry;

/// <summary>The form of the lines of the log: the setting <c>Logging:Format</c>.</summary>
public static class LogFormat
{
    private const string Setting = "Logging:Format";
    private const string Json = "json", Text = "text";

    /// <summary>Writes the log to standard output, and nowhere else: as JSON in production, and as text in development.</summary>
    /// <param name="serves">False for a command, whose output a person reads.</param>
    public static void AddLines(this ILoggingBuilder logging, IConfiguration configuration, IHostEnvironment environment, bool serves)
    {
        var isJson = IsJson(configuration) ?? (serves && !environment.IsDevelopment());
        logging.ClearProviders()
            .AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>()
            .AddConsoleFormatter<TextLines, ConsoleFormatterOptions>()
            .AddConsole(console => console.FormatterName = isJson ? JsonLines.FormatterName : TextLines.FormatterName);
    }

    /// <summary>The setting; null if it is not set.</summary>
    public static bool? IsJson(IConfiguration configuration) => configuration[Setting] switch
    {
        null or "" => null,
        Json => true,
        Text => false,
        var other => throw new StartupException($"{Setting} \"{other}\" is not a format: use {Json} or {Text}"),
    };
}
