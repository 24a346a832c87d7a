using System.Diagnostics;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Waits for a state that must be reached, up to a limit, which is not a measure of speed.</summary>
internal static class Eventually
{
    /// <summary>The limit: long enough for a busy machine.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Polls until a value is accepted; fails with the last value.</summary>
    public static async Task<T> Get<T>(string what, Func<Task<T>> read, Func<T, bool> accept, Func<T, string>? show = null)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await read();
            if (accept(seen)) return seen;
            if (Stopwatch.GetElapsedTime(since) > Timeout)
                Assert.Fail($"{what}: not within {Timeout.TotalSeconds} s; seen last: {(show is null ? $"{seen}" : show(seen))}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>The same for a synchronous read.</summary>
    public static Task<T> Get<T>(string what, Func<T> read, Func<T, bool> accept, Func<T, string>? show = null) =>
        Get(what, () => Task.FromResult(read()), accept, show);

    /// <summary>Waits until the condition holds.</summary>
    public static Task IsSo(string what, Func<Task<bool>> read) => Get(what, read, isSo => isSo);

    /// <summary>The result of a task that must end.</summary>
    public static async Task<T> Ends<T>(string what, Task<T> task)
    {
        if (await Task.WhenAny(task, Task.Delay(Timeout)) != task) Assert.Fail($"{what}: not within {Timeout.TotalSeconds} s");
        return await task;
    }

    /// <summary>A task that must end.</summary>
    public static Task Ends(string what, Task task) => Ends(what, Awaited(task));

    private static async Task<bool> Awaited(Task task)
    {
        await task;
        return true;
    }
}
