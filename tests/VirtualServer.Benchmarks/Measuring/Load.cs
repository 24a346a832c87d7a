using System.Diagnostics;

namespace VirtualServers.Benchmarks.Measuring;

/// <summary>Concurrent callers, each of which repeats its call as soon as it is answered, at least once.</summary>
internal static class Load
{
    /// <param name="call">A call by the caller with the given number.</param>
    public static async Task<(Sample Sample, int Calls)> Of(int callers, TimeSpan span, Func<int, Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => Caller(caller))));
        var elapsed = Stopwatch.GetElapsedTime(start);
        var all = times.SelectMany(own => own).ToList();
        return (Sample.Rate(all.Count / elapsed.TotalSeconds, all), all.Count);

        async Task<List<double>> Caller(int number)
        {
            var own = new List<double>(100_000);
            do
            {
                var began = Stopwatch.GetTimestamp();
                await call(number);
                own.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            while (Stopwatch.GetElapsedTime(start) < span);

            return own;
        }
    }
}
