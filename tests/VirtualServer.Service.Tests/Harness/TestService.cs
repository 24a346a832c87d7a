using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using VirtualServers.Service.Store;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>The whole service in this process, on a free loopback port, with real clients. Nothing in it is replaced.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication app;

    private TestService(WebApplication app, string database)
    {
        (this.app, Database) = (app, database);
        Address = app.Urls.Single();
        Channel = GrpcChannel.ForAddress(Address);
        VirtualServers = new(Channel);
        Inventory = new(Channel);
        Health = new(Channel);
    }

    public string Address { get; }

    /// <summary>The connection string of its database.</summary>
    public string Database { get; }

    public GrpcChannel Channel { get; }

    public VirtualServerService.VirtualServerServiceClient VirtualServers { get; }

    public InventoryService.InventoryServiceClient Inventory { get; }

    public Health.HealthClient Health { get; }

    /// <summary>Its container, for what can't be seen from outside.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>A service on a database of its own, or on the one given; further settings as <c>Name=value</c>.</summary>
    public static async Task<TestService> Start(string? database = null, Uri? rabbitMq = null, params string[] settings)
    {
        var servers = await Servers.Get();
        database ??= await servers.NewDatabase();
        string[] arguments = [.. Settings(database, rabbitMq ?? servers.RabbitMq), .. settings.Select(setting => $"--{setting}")];
        var app = Composition.Build(arguments);
        await DatabaseSchema.Prepare(app);
        await app.StartAsync();
        return new(app, database);
    }

    internal static string[] Settings(string database, Uri rabbitMq) =>
    [
        $"--ConnectionStrings:Postgres={database}", $"--RabbitMq:Uri={rabbitMq}", "--urls=http://127.0.0.1:0",
        "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:VirtualServers=Error", "--Logging:LogLevel:MassTransit=Critical",
    ];

    /// <summary>A single value from its database, by a statement of the test's own.</summary>
    public async Task<T> Scalar<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>How many events are stored for an object.</summary>
    public Task<long> Events(string id) => Scalar<long>($"select count(*) from registry.mt_events where stream_id = '{Guid.Parse(id)}'");

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>One service for all tests of a class, with a small inventory.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    internal TestService Service { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Service = await TestService.Start();
        await TestInventory.Register(Service.Inventory);
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();
}
