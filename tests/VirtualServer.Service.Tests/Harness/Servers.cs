using Microsoft.Extensions.Configuration;
using Npgsql;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// The real PostgreSQL and RabbitMQ that tests run on: those that the environment names (deploy/test starts private ones), otherwise
/// containers (deploy/README.md). Every service under test gets a database of its own, copied from one that has the schema.
/// </summary>
internal sealed class Servers
{
    private const string Template = "virtualserver_template";

    // The label by which deploy/test finds the containers of its run.
    private const string Run = "vsgrpc.run";

    private static readonly Lazy<Task<Servers>> Shared = new(Start);

    // The service owns the schema of its database, and nothing else.
    private readonly string role = $"virtualserver_{Environment.ProcessId}", password = $"{Guid.NewGuid():N}";
    private readonly string postgres;
    private int databases;

    private Servers(string postgres, Uri rabbitMq) => (this.postgres, RabbitMq) = (postgres, rabbitMq);

    /// <summary>Where the broker listens, with user and password.</summary>
    public Uri RabbitMq { get; }

    /// <summary>The servers, started for the first test that asks.</summary>
    public static Task<Servers> Get() => Shared.Value;

    /// <summary>A connection string to a new database that has the schema and nothing else.</summary>
    public async Task<string> NewDatabase()
    {
        var name = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";
        var database = await Create(name, $"create database {name} template {Template}_{Environment.ProcessId}");
        // Otherwise the service would notice that it is a copy, and begin the second epoch.
        await Execute("update registry.epoch set id = gen_random_uuid(), lineage = registry.lineage()", database);
        return database;
    }

    /// <summary>A connection string to a copy of a database that nobody is connected to.</summary>
    public async Task<string> Copy(string database)
    {
        var name = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";
        return await Create(name, $"create database {name} template {new NpgsqlConnectionStringBuilder(database).Database}");
    }

    /// <summary>A connection string to a new database without anything.</summary>
    public async Task<string> EmptyDatabase()
    {
        var name = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";
        return await Create(name, $"create database {name}");
    }

    /// <summary>A proxy in front of PostgreSQL.</summary>
    public TcpProxy PostgresProxy()
    {
        var settings = new NpgsqlConnectionStringBuilder(postgres);
        return TcpProxy.To(settings.Host!, settings.Port);
    }

    /// <summary>A proxy in front of RabbitMQ.</summary>
    public TcpProxy RabbitMqProxy() => TcpProxy.To(RabbitMq.Host, RabbitMq.IsDefaultPort || RabbitMq.Port < 0 ? 5672 : RabbitMq.Port);

    /// <summary>The same database by way of a proxy.</summary>
    public static string Through(TcpProxy? proxy, string database) => proxy is null
        ? database
        : new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = proxy.Port }.ConnectionString;

    /// <summary>The same broker by way of a proxy.</summary>
    public static Uri Through(TcpProxy? proxy, Uri broker) =>
        proxy is null ? broker : new UriBuilder(broker) { Host = "127.0.0.1", Port = proxy.Port }.Uri;

    /// <summary>Runs one statement as a role that may create databases and roles.</summary>
    public Task Execute(string sql) => Execute(sql, postgres);

    private static async Task Execute(string sql, string database)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> Create(string name, string sql)
    {
        await Execute(sql);
        await Execute($"grant create on database {name} to {role}");
        return new NpgsqlConnectionStringBuilder(postgres)
        {
            Database = name, Username = role, Password = password, MaxPoolSize = 30,
        }.ConnectionString;
    }

    private static async Task<Servers> Start()
    {
        var configured = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var (named, broker) = (configured.GetConnectionString("Postgres"), configured["RabbitMq:Uri"]);
        if (configured["VSGRPC_SERVERS"] == "docker" && (named ?? broker) is not null)
        {
            throw new InvalidOperationException(
                "VSGRPC_SERVERS is docker, and ConnectionStrings__Postgres or RabbitMq__Uri names another server: unset one of them");
        }

        var servers = new Servers(named ?? await Postgres(configured), new Uri(broker ?? await Broker(configured)));

        await servers.Execute($"create role {servers.role} login password '{servers.password}'");
        var name = $"{Template}_{Environment.ProcessId}";
        var template = new NpgsqlConnectionStringBuilder(await servers.Create(name, $"create database {name}"))
        {
            Pooling = false,
        }.ConnectionString;
        await CommandLine.Run(["schema", "apply", .. TestService.Settings(template, servers.RabbitMq)]);
        return servers;
    }

    private static async Task<string> Postgres(IConfiguration configured)
    {
        var container = new PostgreSqlBuilder(configured["VSGRPC_POSTGRES_IMAGE"] ?? "postgres:17-alpine")
            .WithLabel(Run, configured["VSGRPC_RUN"])
            .WithCommand("-c", "fsync=off", "-c", "max_connections=500")
            .Build();
        await container.StartAsync();
        return container.GetConnectionString();
    }

    private static async Task<string> Broker(IConfiguration configured)
    {
        var container = new RabbitMqBuilder(configured["VSGRPC_RABBITMQ_IMAGE"] ?? "rabbitmq:4-alpine")
            .WithLabel(Run, configured["VSGRPC_RUN"])
            .WithPassword($"{Guid.NewGuid():N}")
            .Build();
        await container.StartAsync();
        return container.GetConnectionString();
    }
}
