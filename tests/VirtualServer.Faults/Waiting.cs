using System.Diagnostics;

namespace VirtualServers.Faults;

/// <summary>Waits for states that others bring about.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>How long it took until a condition held; null if it did not within the limit.</summary>
    public static async Task<TimeSpan?> Until(Func<bool> holds, TimeSpan limit, CancellationToken cancellation)
    {
        var since = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(since) > limit) return null;
            await Task.Delay(Pause, cancellation);
        }

        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>A pause that ends early, and without an exception, when the run is stopped.</summary>
    public static async Task For(TimeSpan time, CancellationToken cancellation) =>
        await Task.Delay(time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
