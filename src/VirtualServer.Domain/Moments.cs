using System.Globalization;

namespace VirtualServers.Domain;

/// <summary>Formats times for messages, as JSON has them.</summary>
public static class Moments
{
    extension(DateTimeOffset time)
    {
        /// <summary>The time in UTC, in microseconds: <c>2026-01-31T12:00:00.25Z</c>.</summary>
        public string InUtc => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
    }
}
