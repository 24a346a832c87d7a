using System.Diagnostics;
using System.Globalization;
using Npgsql;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Faults.Servers;

/// <summary>A PostgreSQL and a RabbitMQ of the run, which it stops, freezes and starts again.</summary>
internal sealed class PrivateServers : IAsyncDisposable
{
    private const string Script = "tests/VirtualServer.Service.Tests/Harness/private-servers.sh";

    private readonly Process script;
    private readonly SemaphoreSlim turn = new(1);

    private PrivateServers(Process script) => this.script = script;

    public ServerProcess Postgres { get; private set; } = null!;

    public ServerProcess RabbitMq { get; private set; } = null!;

    /// <summary>The connection string to the database of the run.</summary>
    public string Database { get; private set; } = "";

    public Uri Broker { get; private set; } = null!;

    public static async Task<PrivateServers> Start(Settings settings)
    {
        var root = Path.GetDirectoryName(Path.GetFullPath(settings.Deploy))!;
        var start = new ProcessStartInfo("bash", [Path.Combine(root, Script), Path.GetFullPath(settings.Deploy), settings.Data])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        var servers = new PrivateServers(Process.Start(start)!);
        try
        {
            var postgres = "";
            (servers.Postgres, postgres) = await servers.Started();
            (servers.RabbitMq, var broker) = await servers.Started();
            servers.Broker = new(broker);
            servers.Database = await Create($"faults_{DateTime.UtcNow:yyyyMMddHHmmss}", postgres);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <param name="signal">INT ends the sessions in order, QUIT like a crash.</param>
    public Task StopPostgres(string signal) => Do($"stop postgres {signal}");

    public async Task StartPostgres()
    {
        using var _ = await Turn();
        await script.StandardInput.WriteLineAsync("start postgres");
        (Postgres, var _) = await Started();
    }

    /// <param name="signal">TERM or KILL.</param>
    public Task StopRabbitMq(string signal) => Do($"stop rabbitmq {signal}");

    public async Task StartRabbitMq()
    {
        using var _ = await Turn();
        await script.StandardInput.WriteLineAsync("start rabbitmq");
        (RabbitMq, var _) = await Started();
    }

    /// <summary>Sets the fraction of the memory that RabbitMQ may use. A small one raises its alarm, which blocks publishers.</summary>
    public Task LimitMemory(double fraction) => Do(string.Create(CultureInfo.InvariantCulture, $"memory {fraction}"));

    /// <summary>A connection to the database of the run, around the proxies of the nodes.</summary>
    public async Task<NpgsqlConnection> Connect(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        script.StandardInput.Close();
        await script.WaitForExitAsync();
        script.Dispose();
        turn.Dispose();
    }

    private static async Task<string> Create(string name, string postgres)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(postgres)
        {
            Database = name, MaxPoolSize = 30, Timeout = 5, Pooling = true, ApplicationName = "faults",
        }.ConnectionString;
    }

    private async Task Do(string command)
    {
        using var _ = await Turn();
        await script.StandardInput.WriteLineAsync(command);
        var answer = await script.StandardOutput.ReadLineAsync();
        if (answer != "done") throw new InvalidOperationException($"the servers answered to {command}: {answer ?? "nothing"}");
    }

    private async Task<(ServerProcess Process, string Address)> Started()
    {
        var line = await script.StandardOutput.ReadLineAsync();
        return line?.Split(' ', 2) is [var id, var address]
            ? (new(int.Parse(id, CultureInfo.InvariantCulture)), address)
            : throw new InvalidOperationException($"a server did not start: {line ?? "its script has ended"}");
    }

    private async Task<Held> Turn()
    {
        await turn.WaitAsync();
        return new(turn);
    }

    private sealed class Held(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
