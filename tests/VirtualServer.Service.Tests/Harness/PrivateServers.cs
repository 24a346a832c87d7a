using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// A PostgreSQL and a RabbitMQ of their own for the tests of one class, which freeze them (SIGSTOP) and let them run again (SIGCONT). They
/// are processes of this machine, because a process in a container cannot be frozen from outside.
/// </summary>
public sealed class PrivateServers : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("vsgrpc-frozen-").FullName;
    private Process script = null!;
    private string postgres = "";
    private int databases;

    /// <summary>Why the servers cannot be started here; null when they can.</summary>
    public static string? Missing =>
        Directory.Exists("/usr/lib/postgresql") && Directory.Exists("/usr/lib/rabbitmq/lib")
            ? null
            : "PostgreSQL and RabbitMQ are not installed on this machine, and servers in containers cannot be frozen";

    internal ServerProcess Postgres { get; private set; } = null!;

    internal ServerProcess RabbitMq { get; private set; } = null!;

    internal Uri Broker { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Missing is not null) return;
        // The servers run as other users when the tests run as root.
        using (var chmod = Process.Start("chmod", ["755", data])) await chmod.WaitForExitAsync();
        var deploy = Path.Combine(Repository.Root, "deploy");
        var path = Path.Combine(Repository.Root, "tests", "VirtualServer.Service.Tests", "Harness", "private-servers.sh");
        var start = new ProcessStartInfo("bash", [path, deploy, Path.Combine(data, "servers")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        foreach (var name in new[] { "ConnectionStrings__Postgres", "RabbitMq__Uri" }) start.Environment.Remove(name);
        script = Process.Start(start)!;
        (Postgres, postgres) = await Server();
        (RabbitMq, var broker) = await Server();
        Broker = new Uri(broker);
    }

    public async Task DisposeAsync()
    {
        if (Missing is not null) return;
        await Postgres.Continue();
        await RabbitMq.Continue();
        script.StandardInput.Close();
        await Eventually.Ends("the end of the servers", script.WaitForExitAsync());
        script.Dispose();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>A connection string to a new database without anything.</summary>
    internal async Task<string> NewDatabase()
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(postgres) { Database = name, MaxPoolSize = 30 }.ConnectionString;
    }

    /// <summary>Sets the fraction of the memory that RabbitMQ may use. A small one raises its alarm, which blocks publishers.</summary>
    internal async Task LimitMemory(double fraction)
    {
        await script.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"memory {fraction}"));
        Assert.Equal("done", await Eventually.Ends("rabbitmqctl", script.StandardOutput.ReadLineAsync()));
    }

    private async Task<(ServerProcess Process, string Address)> Server()
    {
        var line = await Eventually.Ends("a server", script.StandardOutput.ReadLineAsync());
        Assert.True(line?.Split(' ', 2).Length == 2, $"the servers did not start: {line}");
        var parts = line!.Split(' ', 2);
        return (new(int.Parse(parts[0], CultureInfo.InvariantCulture)), parts[1]);
    }
}

/// <summary>A test that freezes servers; skipped where that is impossible.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FreezingFactAttribute : FactAttribute
{
    public FreezingFactAttribute() => Skip = PrivateServers.Missing;
}
