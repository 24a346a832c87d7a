namespace VirtualServers.Service.Views;

/// <summary>How long before its expiration date a certificate profile is told about: <c>Registry:ExpirationWarning</c> (30 days).</summary>
public sealed class ExpirationWarning(IConfiguration configuration, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly TimeSpan ahead = Read(configuration);

    /// <summary>Now, and until when an expiration date is near.</summary>
    public (DateTimeOffset Now, DateTimeOffset Soon) Window
    {
        get
        {
            var now = clock.GetUtcNow();
            return (now, now + ahead);
        }
    }

    private static TimeSpan Read(IConfiguration configuration)
    {
        const string setting = "Registry:ExpirationWarning";
        var text = configuration[setting];
        if (string.IsNullOrWhiteSpace(text)) return TimeSpan.FromDays(30);
        return TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var asked) && asked >= TimeSpan.Zero && asked <= Longest
            ? asked
            : throw new StartupException($"{setting} {text} is not a time span of 0 to {Longest.TotalDays} days: write 30 days like 30.00:00:00");
    }
}
