using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>PostgreSQL's own load generator: one prepared statement per transaction, on as many connections as there are callers.</summary>
internal static partial class PgBench
{
    /// <param name="script">In pgbench's language.</param>
    public static async Task<Sample> Run(
        Database database,
        int connections,
        TimeSpan span,
        string script,
        params IEnumerable<(string Name, long Value)> variables)
    {
        var folder = Directory.CreateTempSubdirectory("vsgrpc-pgbench-");
        try
        {
            var file = Path.Combine(folder.FullName, "script.sql");
            await File.WriteAllTextAsync(file, script);
            var at = new NpgsqlConnectionStringBuilder(database.ConnectionString);
            // pgbench supports only whole seconds, and the first may pass until all connections are open.
            var start = new ProcessStartInfo("pgbench",
            [
                "--no-vacuum",
                "--protocol=prepared",
                $"--client={connections}",
                $"--jobs={Math.Min(connections, Environment.ProcessorCount)}",
                $"--time={Math.Max(2, (int)Math.Round(span.TotalSeconds))}",
                $"--file={file}",
                "--log",
                $"--log-prefix={Path.Combine(folder.FullName, "log")}",
                .. variables.Select(variable => $"--define={variable.Name}={variable.Value}"),
                $"--host={at.Host}",
                $"--port={at.Port}",
                $"--username={at.Username}",
                at.Database!,
            ]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PGPASSWORD"] = at.Password;
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            if (process.ExitCode != 0 || Tps().Match(await output) is not { Success: true } tps)
                throw new InvalidOperationException($"pgbench failed: {await output}{await errors}");
            // client, number of the transaction, microseconds, …
            var times = Directory.GetFiles(folder.FullName, "log*").SelectMany(File.ReadLines)
                .Select(line => double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture) / 1000).ToList();
            return Sample.Rate(double.Parse(tps.Groups[1].Value, CultureInfo.InvariantCulture), times);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"tps = ([0-9.]+) \(without initial connection time\)")]
    private static partial Regex Tps();
}
