using System.Diagnostics;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Waits for a state that must be reached, up to a limit, which is not a measure of speed.</summary>
internal static class Eventually
{
    /// <summary>The limit: long enough for a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Polls until a value is accepted; fails with the last value.</summary>
    public static async Task<T> Get<T>(string what, Func<Task<T>> look, Func<T, bool> willDo, Func<T, string>? show = null)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (willDo(seen)) return seen;
            if (Stopwatch.GetElapsedTime(since) > Patience)
                Assert.Fail($"{what}: not within {Patience.TotalSeconds} s; seen last: {(show is null ? $"{seen}" : show(seen))}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>The same for a synchronous read.</summary>
    public static Task<T> Get<T>(string what, Func<T> look, Func<T, bool> willDo, Func<T, string>? show = null) =>
        Get(what, () => Task.FromResult(look()), willDo, show);

    /// <summary>Waits until the condition holds.</summary>
    public static Task IsSo(string what, Func<Task<bool>> look) => Get(what, look, isSo => isSo);

    /// <summary>The result of a task that must end.</summary>
    public static async Task<T> Ends<T>(string what, Task<T> task)
    {
        if (await Task.WhenAny(task, Task.Delay(Patience)) != task) Assert.Fail($"{what}: not within {Patience.TotalSeconds} s");
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
