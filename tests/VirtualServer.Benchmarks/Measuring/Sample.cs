namespace VirtualServers.Benchmarks.Measuring;

/// <summary>The result of one contender in one round.</summary>
/// <param name="Value">In the unit of its row.</param>
/// <param name="P50">Half of the calls took no longer, in milliseconds.</param>
/// <param name="P99">99 of 100 calls took no longer.</param>
internal sealed record Sample(double Value, double? P50 = null, double? P99 = null)
{
    /// <summary>The number of connections, if the contender chose it.</summary>
    public int? Connections { get; init; }

    /// <summary>A rate of calls that took so many milliseconds each.</summary>
    public static Sample Rate(double perSecond, List<double> milliseconds)
    {
        milliseconds.Sort();
        return new(perSecond, Percentile(milliseconds, 50), Percentile(milliseconds, 99));
    }

    /// <summary>Times, of which the median counts.</summary>
    public static Sample Times(List<double> milliseconds)
    {
        milliseconds.Sort();
        return new(Percentile(milliseconds, 50), Percentile(milliseconds, 50), Percentile(milliseconds, 99));
    }

    private static double Percentile(List<double> sorted, int percent) =>
        sorted.Count == 0
            ? throw new InvalidOperationException("nothing was measured")
            : sorted[(int)Math.Ceiling(sorted.Count * percent / 100.0) - 1];
}
