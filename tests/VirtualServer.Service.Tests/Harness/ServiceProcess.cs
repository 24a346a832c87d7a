using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// The service as it is deployed: a process of its own, configured by its environment. It can be killed, and its output can be read.
/// </summary>
internal sealed class ServiceProcess : RunningService
{
    /// <summary>The assembly of the service under test.</summary>
    public static readonly string ThisBuild = typeof(Composition).Assembly.Location;

    private readonly Run run;

    private ServiceProcess(Run run, string address, string database) : base(address, database) => this.run = run;

    public int Id => run.Process.Id;

    /// <summary>What it has written so far.</summary>
    public string Output => run.Output;

    /// <summary>A service that listens.</summary>
    public static Task<ServiceProcess> Start(string database, Uri rabbitMq, string environment = "Development") =>
        Start(Settings(database, rabbitMq, environment));

    /// <summary>A service that listens, with these settings.</summary>
    public static Task<ServiceProcess> Start(IReadOnlyDictionary<string, string> environment) => StartBuild(ThisBuild, environment);

    /// <summary>The same of a build, by its assembly.</summary>
    public static async Task<ServiceProcess> StartBuild(string assembly, IReadOnlyDictionary<string, string> environment)
    {
        var run = Begin(assembly, environment);
        var address =
            await Eventually.Get("a process that listens", () => run.Address, known => known is not null || run.HasEnded, _ => run.Output);
        Assert.True(address is not null, $"the process has ended: {run.Output}");
        return new(run, address, environment["ConnectionStrings__Postgres"]);
    }

    /// <summary>A process that must end by itself: its exit code and its output.</summary>
    public static Task<(int ExitCode, string Output)> Ends(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        BuildEnds(ThisBuild, environment, arguments);

    /// <summary>The same of a build, by its assembly.</summary>
    public static async Task<(int ExitCode, string Output)> BuildEnds(
        string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var run = Begin(assembly, environment, arguments);
        return (await run.End(), run.Output);
    }

    /// <summary>A process that is killed as soon as a condition holds; it must not end before.</summary>
    public static async Task KilledWhen(
        Func<Task<bool>> condition, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var run = Begin(ThisBuild, environment, arguments);
        await Eventually.IsSo("the moment of the kill", async () => run.HasEnded || await condition());
        Assert.False(run.HasEnded, run.Output);
        run.Process.Kill();
        await run.End();
    }

    /// <summary>The environment of a service.</summary>
    public static Dictionary<string, string> Settings(
        string database,
        Uri rabbitMq,
        string environment = "Development",
        string urls = "http://127.0.0.1:0") => new()
    {
        ["ConnectionStrings__Postgres"] = database,
        ["RabbitMq__Uri"] = rabbitMq.ToString(),
        ["DOTNET_ENVIRONMENT"] = environment,
        ["Urls"] = urls,
    };

    /// <summary>Kills the process, as a power failure does.</summary>
    public async Task Kill()
    {
        run.Process.Kill();
        await run.End();
    }

    /// <summary>Stops the process by SIGTERM, as an operator does: its exit code and its output.</summary>
    public async Task<(int ExitCode, string Output)> Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{run.Process.Id}"]);
        await kill.WaitForExitAsync();
        return (await run.End(), run.Output);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        run.Dispose();
    }

    private static Run Begin(string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Only the settings of the test apply, not those of the test run.
        var ours = start.Environment.Keys.Where(name =>
            name.Contains("__", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal));
        foreach (var name in ours.ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    private sealed class Run : IDisposable
    {
        // In a line of text or of JSON.
        private static readonly Regex Listening = new("Now listening on: (http[^\\s\"]+)");

        private readonly ConcurrentQueue<string> lines = new();
        private readonly Task reading;

        public Run(Process process)
        {
            Process = process;
            reading = Task.WhenAll(Read(process.StandardOutput), Read(process.StandardError));
        }

        public Process Process { get; }

        public string Output => string.Join('\n', lines);

        public string? Address => lines.Select(line => Listening.Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value;

        public bool HasEnded => Process.HasExited;

        public async Task<int> End()
        {
            await Eventually.Ends($"the end of the process, which said {Output}", Task.WhenAll(Process.WaitForExitAsync(), reading));
            return Process.ExitCode;
        }

        public void Dispose()
        {
            if (!Process.HasExited) Process.Kill();
            Process.Dispose();
        }

        private async Task Read(StreamReader output)
        {
            while (await output.ReadLineAsync() is { } line) lines.Enqueue(line);
        }
    }
}
