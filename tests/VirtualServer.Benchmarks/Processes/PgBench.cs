using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Service.Projections;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>
/// PostgreSQL's own load generator: one prepared statement per transaction, on the number of connections at which it is fastest. That
/// number depends on the machine: the same script can be slower with 64 connections than with one.
/// </summary>
/// <param name="script">In pgbench's language. The variable <c>connections</c> is their number.</param>
/// <param name="variables">Other variables of a run.</param>
internal sealed partial class PgBench(
    Func<Task<Database>> database, Func<Task<string>> script, Func<IEnumerable<(string Name, long Value)>> variables)
{
    private static readonly int[] Connections = [1, 2, 4, 8, 16, 32, 64];

    // pgbench supports only whole seconds, and the first may pass until all connections are open.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    private int fastest;

    /// <summary>Its rate on the fastest number of connections, which the first measurement finds.</summary>
    public async Task<Sample> Measure(TimeSpan span)
    {
        if (fastest == 0)
        {
            var rates = new List<(int Connections, double Value)>();
            foreach (var connections in Connections) rates.Add((connections, (await Run(connections, Shortest)).Value));
            fastest = rates.MaxBy(rate => rate.Value).Connections;
        }

        return await Run(fastest, span);
    }

    private async Task<Sample> Run(int connections, TimeSpan span)
    {
        var (target, statements) = (await database(), await script());
        var folder = Directory.CreateTempSubdirectory("vsgrpc-pgbench-");
        try
        {
            var file = Path.Combine(folder.FullName, "script.sql");
            await File.WriteAllTextAsync(file, statements);
            var at = new NpgsqlConnectionStringBuilder(target.ConnectionString);
            var start = new ProcessStartInfo("pgbench",
            [
                "--no-vacuum",
                "--protocol=prepared",
                $"--client={connections}",
                $"--jobs={Math.Min(connections, Environment.ProcessorCount)}",
                $"--time={(int)Math.Round(Math.Max(span.TotalSeconds, Shortest.TotalSeconds))}",
                $"--file={file}",
                "--log",
                $"--log-prefix={Path.Combine(folder.FullName, "log")}",
                $"--define=connections={connections}",
                .. variables().Select(variable => $"--define={variable.Name}={variable.Value}"),
                $"--host={at.Host}",
                $"--port={at.Port}",
                $"--username={at.Username}",
                at.Database!,
            ]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PGPASSWORD"] = at.Password;
            // The database refuses the events of sessions that do not tell the versions of the read models that they write.
            start.Environment["PGOPTIONS"] = $"-c {ReadModelVersions.SessionParameter}";
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            if (process.ExitCode != 0 || Tps().Match(await output) is not { Success: true } tps)
                throw new InvalidOperationException($"pgbench failed: {await output}{await errors}");
            // client, number of the transaction, microseconds, …
            var times = Directory.GetFiles(folder.FullName, "log*").SelectMany(File.ReadLines)
                .Select(line => double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture) / 1000).ToList();
            return Sample.Rate(double.Parse(tps.Groups[1].Value, CultureInfo.InvariantCulture), times) with { Connections = connections };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"tps = ([0-9.]+) \(without initial connection time\)")]
    private static partial Regex Tps();
}
