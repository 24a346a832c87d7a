using System.Diagnostics;
using Npgsql;
using VirtualServers.Benchmarks.Data;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>A command of the service in a process of its own, until its end.</summary>
/// <param name="ExitCode">Of the process; 137 if it was killed.</param>
/// <param name="PeakMegabytes">The largest resident memory.</param>
/// <param name="Output">The lines that it printed.</param>
internal sealed record ServiceCommand(int ExitCode, TimeSpan Elapsed, double PeakMegabytes, IReadOnlyList<string> Output)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a command that must succeed.</summary>
    public static async Task<ServiceCommand> Expect(Settings settings, Database database, params IEnumerable<string> arguments)
    {
        var ended = await Run(settings, database, arguments);
        return ended.ExitCode == 0
            ? ended
            : throw new InvalidOperationException($"{string.Join(' ', arguments)} failed: {string.Join('\n', ended.Output)}");
    }

    /// <summary>Runs a command.</summary>
    /// <param name="isKilledAt">Whether the process is killed (SIGKILL) after it has printed a line.</param>
    public static async Task<ServiceCommand> Run(
        Settings settings, Database database, IEnumerable<string> arguments, Func<string, bool>? isKilledAt = null)
    {
        var start = new ProcessStartInfo("dotnet", [settings.Service, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(settings.Service)!,
        };
        start.Environment["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            Database = database.Name,
        }.ConnectionString;
        start.Environment["RabbitMq__Uri"] = settings.RabbitMq.ToString();
        var (began, lines) = (Stopwatch.GetTimestamp(), new List<string>());
        using var process = Process.Start(start)!;
        var read = Task.WhenAll(Read(process.StandardOutput), Read(process.StandardError));
        var peak = 0L;
        while (!process.HasExited)
        {
            process.Refresh();
            // The kernel keeps the peak, so nothing is missed between two looks.
            if (!process.HasExited) peak = Math.Max(peak, process.PeakWorkingSet64);
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(Period));
        }

        await read;
        return new(process.ExitCode, Stopwatch.GetElapsedTime(began), peak / 1024.0 / 1024.0, lines);

        async Task Read(StreamReader output)
        {
            while (await output.ReadLineAsync() is { } line)
            {
                lock (lines) lines.Add(line);
                if (isKilledAt?.Invoke(line) == true) process.Kill();
            }
        }
    }
}
