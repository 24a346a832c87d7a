namespace VirtualServers.Faults.Injection;

/// <summary>Durations of faults.</summary>
internal static class Pauses
{
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    public static TimeSpan Between(Random random, double least, double most) => Seconds(least + (random.NextDouble() * (most - least)));
}
