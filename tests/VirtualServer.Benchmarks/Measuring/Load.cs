using System.Diagnostics;

namespace VirtualServers.Benchmarks.Measuring;

/// <summary>Callers that each call again as soon as they have their answer, once at least.</summary>
internal static class Load
{
    /// <param name="call">A call of the caller of this number.</param>
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
