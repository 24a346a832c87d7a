namespace VirtualServers.Service.Telemetry;

/// <summary>Thins out log lines that a caller could otherwise cause in any number.</summary>
public sealed class OncePerSecond(TimeProvider clock)
{
    private long next = clock.GetTimestamp();

    /// <summary>Whether a second has passed since it was last so.</summary>
    public bool IsDue()
    {
        var (due, now) = (Interlocked.Read(ref next), clock.GetTimestamp());
        return now >= due && Interlocked.CompareExchange(ref next, now + clock.TimestampFrequency, due) == due;
    }
}
