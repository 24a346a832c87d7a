using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>
/// How long before its expiration date a certificate profile causes a condition: <c>Registry:ExpirationWarning</c> (30 days by default).
/// </summary>
public sealed class ExpirationWarning(IConfiguration configuration, TimeProvider clock)
{
    private static readonly TimeSpan Max = TimeSpan.FromDays(3650);

    private readonly TimeSpan ahead = Read(configuration);

    /// <summary>Now, and the time until which an expiration date counts as near.</summary>
    public (DateTimeOffset Now, DateTimeOffset Soon) Times
    {
        get
        {
            var now = clock.GetUtcNow();
            return (now, now + ahead);
        }
    }

    /// <summary>The times as arguments of a statement.</summary>
    public ExpirationWindow Window => WindowAt(null);

    /// <summary>The same as of a past time; now without one.</summary>
    public ExpirationWindow WindowAt(DateTimeOffset? time)
    {
        var (now, soon) = time is { } past ? (past, past + ahead) : Times;
        return new(new Value<DateTimeOffset>(now), new Value<DateTimeOffset>(soon));
    }

    private static TimeSpan Read(IConfiguration configuration)
    {
        const string setting = "Registry:ExpirationWarning";
        var text = configuration[setting];
        if (string.IsNullOrWhiteSpace(text)) return TimeSpan.FromDays(30);
        return TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var asked)
            && asked >= TimeSpan.Zero && asked <= Max
            ? asked
            : throw new StartupException($"{setting} {text} is not a time span of 0 to {Max.TotalDays} days: write 30 days as 30.00:00:00");
    }
}
