using System.Collections.Concurrent;
using System.Diagnostics;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A run of a program that follows changes, and writes a line for each.</summary>
internal sealed class Follower : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Task reading;

    private Follower(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(Read(process.StandardOutput), Read(process.StandardError));
    }

    public string Output => string.Join('\n', lines);

    public static Follower Start(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // A machine with a newer runtime of .NET only runs programs in that.
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        return new(Process.Start(start)!);
    }

    public IReadOnlyList<string> Lines(string text) => [.. lines.Where(line => line.Contains(text, StringComparison.Ordinal))];

    public Task Said(string type, string id, int version) => Said($"{type} {id} version {version}");

    public async Task Said(string text)
    {
        await Eventually.Get($"\"{text}\"", () => Output, said => process.HasExited || said.Contains(text, StringComparison.Ordinal));
        Assert.False(process.HasExited, Output);
    }

    public Task Kill()
    {
        process.Kill(entireProcessTree: true);
        return Eventually.Ends("the end of the consumer", Task.WhenAll(process.WaitForExitAsync(), reading));
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        process.Dispose();
    }

    private async Task Read(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line) lines.Enqueue(line);
    }
}
