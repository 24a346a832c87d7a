using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>The whole service in this process, on a free loopback port, with real clients. Nothing in it is replaced.</summary>
internal sealed class TestService : RunningService
{
    private readonly WebApplication app;

    // A service that listens everywhere is called on loopback.
    private TestService(WebApplication app, string database, HttpMessageHandler? handler)
        : base(app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal), database, handler) => this.app = app;

    /// <summary>A setting for an address of HTTP/1.1: of another host than that of HTTP/2, because both ports are free ones.</summary>
    public const string WithHttp1 = "Http:Url=http://127.0.0.2:0";

    /// <summary>Where it serves HTTP/1.1.</summary>
    public string HttpAddress => app.Urls.Last();

    /// <summary>Its service provider, for state that is not visible from outside.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>A service on a database of its own, or on the one given; further settings as <c>Name=value</c>.</summary>
    public static async Task<TestService> Start(string? database = null, Uri? rabbitMq = null, params string[] settings)
    {
        var servers = await Servers.Get();
        database ??= await servers.NewDatabase();
        var started = await StartCold(
            database, [.. Settings(database, rabbitMq ?? servers.RabbitMq), .. settings.Select(setting => $"--{setting}")]);
        return await started.Ready();
    }

    /// <summary>
    /// A service that authenticates its callers by tokens, and by client certificates if it has TLS; its clients are admins.
    /// </summary>
    public static async Task<TestService> StartSecure(TestIssuer issuer, TestCertificates? tls = null, params string[] settings)
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        string[] secure = [.. issuer.Settings, .. tls?.Settings ?? [], .. settings];
        var started = await StartCold(
            database, [.. Settings(database, servers.RabbitMq), .. secure.Select(setting => $"--{setting}")],
            new Credentials(issuer.Token("admin", "admin"), tls?.Handler()));
        return await started.Ready();
    }

    /// <summary>A service that listens, and may not be ready yet.</summary>
    public static async Task<TestService> StartCold(string database) =>
        await StartCold(database, Settings(database, (await Servers.Get()).RabbitMq));

    /// <summary>A service that reaches its servers through the given proxies.</summary>
    public static async Task<TestService> Behind(TcpProxy? postgres = null, TcpProxy? rabbitMq = null, string? database = null)
    {
        var servers = await Servers.Get();
        database ??= await servers.NewDatabase();
        // Its log would be full of expected errors.
        var silent = new[] { "Default", "VirtualServers", "Marten", "JasperFx", "MassTransit", "Microsoft.AspNetCore" }
            .Select(category => $"--Logging:LogLevel:{category}=None");
        var started = await StartCold(
            database,
            [.. Settings(Servers.Through(postgres, database), Servers.Through(rabbitMq, servers.RabbitMq)), .. silent]);
        return await started.Ready();
    }

    internal static string[] Settings(string database, Uri rabbitMq) =>
    [
        $"--ConnectionStrings:Postgres={database}", $"--RabbitMq:Uri={rabbitMq}", "--urls=http://127.0.0.1:0",
        "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:VirtualServers=Error", "--Logging:LogLevel:MassTransit=Critical",
    ];

    private static async Task<TestService> StartCold(string database, string[] arguments, HttpMessageHandler? handler = null)
    {
        var app = Composition.Build(arguments);
        await Preparation.Prepare(app);
        await app.StartAsync();
        return new(app, database, handler);
    }

    // A caller waits until a service is ready, too.
    private async Task<TestService> Ready()
    {
        await Reports("readiness", HealthCheckResponse.Types.ServingStatus.Serving);
        return this;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
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
        await TestInventory.Register(Service);
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();
}
