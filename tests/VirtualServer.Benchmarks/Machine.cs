using System.Runtime.InteropServices;
using System.Text.Json;
using Marten;
using Npgsql;
using RabbitMQ.Client;

namespace VirtualServers.Benchmarks;

/// <summary>The machine and the software versions of a run.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyList<(string Name, string Value)>> Describe(Settings settings) =>
    [
        ("date", $"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC"),
        (
            "machine",
            $"{Environment.ProcessorCount} cores ({Processor}), {MemoryGigabytes:0.0} GB; service, load and servers share it"),
        ("load before the run", (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]),
        ("git commit", settings.Commit),
        (".NET", RuntimeInformation.FrameworkDescription),
        ("PostgreSQL", await Postgres(settings)),
        ("RabbitMQ", await RabbitMq(settings)),
        ("Marten", $"{typeof(IDocumentStore).Assembly.GetName().Version!.ToString(3)}"),
        ("etcd", await Etcd(settings)),
        (
            "settings",
            $"{settings.Rounds} rounds of {settings.Span.TotalSeconds:0.#} s after {settings.WarmUp.TotalSeconds:0.#} s of warm-up, "
                + $"{settings.Objects:#,0} objects{(settings.Quick ? " (quick: to try the harness, the numbers say nothing)" : "")}"),
    ];

    private static async Task<string> Etcd(Settings settings)
    {
        if (settings.Etcd is not { } address) return "not installed, so it is no reference";
        using var client = new HttpClient();
        using var version = JsonDocument.Parse(await client.GetStringAsync($"{address}/version"));
        return version.RootElement.GetProperty("etcdserver").GetString()!;
    }

    private static string Processor => Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static double MemoryGigabytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;

    private static string? Line(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    private static async Task<string> Postgres(Settings settings)
    {
        await using var connection = new NpgsqlConnection(settings.Postgres);
        await connection.OpenAsync();
        var shown = new List<string>();
        foreach (var name in new[]
        {
            "server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size",
        })
        {
            await using var command = new NpgsqlCommand($"show {name}", connection);
            shown.Add($"{(name == "server_version" ? "" : $"{name} ")}{await command.ExecuteScalarAsync()}");
        }

        return string.Join(", ", shown);
    }

    private static async Task<string> RabbitMq(Settings settings)
    {
        await using var connection = await new ConnectionFactory { Uri = settings.RabbitMq }.CreateConnectionAsync();
        return connection.ServerProperties?["version"] is byte[] version ? System.Text.Encoding.UTF8.GetString(version) : "unknown";
    }
}
