using System.Globalization;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Security;

/// <summary>
/// What one caller, one connection and one statement may use, so that none of them takes the service away from the others: the section
/// <c>Limits</c> of the configuration, read once at the start. docs/configuration.md lists the settings.
/// </summary>
public sealed class Limits
{
    /// <summary>The settings of the section.</summary>
    internal static readonly IReadOnlySet<string> Names = new HashSet<string>(
        typeof(Limits).GetProperties().Select(limit => limit.Name), StringComparer.OrdinalIgnoreCase);

    public Limits(IConfiguration configuration)
    {
        var section = configuration.GetSection("Limits");
        var mistakes = new Mistakes();
        foreach (var unknown in section.GetChildren().Where(setting => !Names.Contains(setting.Key)))
            mistakes.Add($"Limits:{unknown.Key} is not a setting: use {string.Join(", ", Names)}");
        Calls = mistakes.Read(() => Number(section, nameof(Calls), 2_000, 10, 1_000_000));
        CallsPerCaller = mistakes.Read(() => Number(section, nameof(CallsPerCaller), 500, 10, 1_000_000));
        // The warm-up is a caller like any other, with 144 calls.
        CallsPerSecond = mistakes.Read(() => Number(section, nameof(CallsPerSecond), 100_000, 200, 10_000_000));
        CallsPerSecondPerCaller = mistakes.Read(() => Number(section, nameof(CallsPerSecondPerCaller), 20_000, 200, 10_000_000));
        Deadline = mistakes.Read(() => Span(section, nameof(Deadline), Seconds(60), Seconds(1), Seconds(3600)));
        StatementTimeout = mistakes.Read(() => Span(section, nameof(StatementTimeout), Seconds(30), Seconds(1), Seconds(3600)));
        LockTimeout = mistakes.Read(() => Span(section, nameof(LockTimeout), Seconds(10), Seconds(1), Seconds(3600)));
        Connections = mistakes.Read(() => Number(section, nameof(Connections), 2_000, 10, 1_000_000));
        ConnectionsPerAddress = mistakes.Read(() => Number(section, nameof(ConnectionsPerAddress), 500, 10, 1_000_000));
        StreamsPerConnection = mistakes.Read(() => Number(section, nameof(StreamsPerConnection), 100, 1, 10_000));
        HeaderBytes = mistakes.Read(() => Number(section, nameof(HeaderBytes), 32 * 1024, 4 * 1024, 1024 * 1024));
        mistakes.Throw();
    }

    /// <summary>Calls in progress, of all callers.</summary>
    public int Calls { get; }

    /// <summary>Calls in progress of one caller.</summary>
    public int CallsPerCaller { get; }

    /// <summary>Calls that begin in a second, of all callers.</summary>
    public int CallsPerSecond { get; }

    /// <summary>Calls of one caller that begin in a second.</summary>
    public int CallsPerSecondPerCaller { get; }

    /// <summary>The longest deadline of a call that is no stream, and the deadline of one without.</summary>
    public TimeSpan Deadline { get; }

    /// <summary>The longest time for one statement of the database.</summary>
    public TimeSpan StatementTimeout { get; }

    /// <summary>The longest time that a statement waits for one lock.</summary>
    public TimeSpan LockTimeout { get; }

    /// <summary>Open connections, of all addresses.</summary>
    public int Connections { get; }

    /// <summary>Open connections of one remote address.</summary>
    public int ConnectionsPerAddress { get; }

    /// <summary>Calls in progress on one connection; more wait at the caller.</summary>
    public int StreamsPerConnection { get; }

    /// <summary>The size of all headers of a request, names included.</summary>
    public int HeaderBytes { get; }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static int Number(IConfiguration section, string name, int usual, int min, int max)
    {
        var text = section[name];
        if (string.IsNullOrWhiteSpace(text)) return usual;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new StartupException($"Limits:{name} \"{text}\" is not a number from {min} to {max}: write it like {usual}");
    }

    private static TimeSpan Span(IConfiguration section, string name, TimeSpan usual, TimeSpan min, TimeSpan max)
    {
        var text = section[name];
        if (string.IsNullOrWhiteSpace(text)) return usual;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span >= min && span <= max
            ? span
            : throw new StartupException($"Limits:{name} \"{text}\" is not a time span from {min:c} to {max:c}: write it like {usual:c}");
    }
}
