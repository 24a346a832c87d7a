using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>A server in a process of its own.</summary>
internal sealed class Child : IAsyncDisposable
{
    // In a line of text or of JSON.
    private static readonly Regex Listening = new("Now listening on: (http[^\\s\"]+)");

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly ConcurrentQueue<string> last = new();
    private readonly TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<string> answer = new();

    private Child(Process process)
    {
        this.process = process;
        _ = Read(process.StandardOutput);
        _ = Read(process.StandardError);
    }

    /// <summary>Starts a .NET program that listens.</summary>
    public static async Task<(Child Child, string Address)> Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(program)!,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var child = new Child(Process.Start(start)!);
        _ = child.process.WaitForExitAsync().ContinueWith(
            _ => child.address.TrySetException(new InvalidOperationException($"{program} has ended: {child.Output}")),
            TaskScheduler.Default);
        try
        {
            return (child, await child.address.Task.WaitAsync(Timeout));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>The resident memory of the process.</summary>
    public double ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    private string Output => string.Join('\n', last);

    /// <summary>All bytes that the process has allocated; only for the modes of this program.</summary>
    public async Task<long> Allocated()
    {
        answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await process.StandardInput.WriteLineAsync(AllocatedBytes.Question);
        return long.Parse(await answer.Task.WaitAsync(Timeout));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(20)));
            if (!process.HasExited) process.Kill();
        }

        process.Dispose();
    }

    private async Task Read(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (Listening.Match(line) is { Success: true } found) address.TrySetResult(found.Groups[1].Value);
            if (line.Split(AllocatedBytes.Answer) is ["", var bytes]) answer.TrySetResult(bytes);
            last.Enqueue(line);
            if (last.Count > 40) last.TryDequeue(out _);
        }
    }
}
