using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// The log levels by category: <c>Logging:LogLevel:*</c>, and <c>Logging:Console:LogLevel:*</c>, which is for the console alone.
/// </summary>
public static class LogLevels
{
    private static readonly string[] Sections = ["Logging:LogLevel", "Logging:Console:LogLevel"];

    /// <summary>.NET would report a wrong level by a stack trace.</summary>
    public static void Read(IConfiguration configuration)
    {
        foreach (var level in Sections.SelectMany(section => configuration.GetSection(section).GetChildren()))
        {
            if (!Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out var known) || !Enum.IsDefined(known))
                throw new StartupException(
                    $"{level.Path} \"{level.Value}\" is not a log level: use {string.Join(", ", Enum.GetNames<LogLevel>())}");
        }
    }
}
