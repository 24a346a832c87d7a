using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Npgsql;
using VirtualServers.Benchmarks.Data;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>The service as it is deployed, in a process of its own.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly GrpcChannel channel;
    private readonly Database database;

    private ServiceUnderTest(Child child, string address, Database database, string? token)
    {
        (Child, this.database) = (child, database);
        channel = Channels.To(address);
        var calls = token is null ? channel.CreateCallInvoker() : Sending(token);
        (Servers, Pools, Profiles, Inventory) = (new(calls), new(calls), new(calls), new(calls));
        (History, Usages, Changes) = (new(calls), new(calls), new(calls));
    }

    public Child Child { get; }

    public VirtualServerService.VirtualServerServiceClient Servers { get; }

    public LoadBalancerPoolService.LoadBalancerPoolServiceClient Pools { get; }

    public CertificateProfileService.CertificateProfileServiceClient Profiles { get; }

    public InventoryService.InventoryServiceClient Inventory { get; }

    public HistoryService.HistoryServiceClient History { get; }

    public UsageService.UsageServiceClient Usages { get; }

    public ChangeService.ChangeServiceClient Changes { get; }

    /// <summary>Calls that send a token.</summary>
    public CallInvoker Sending(string token) => channel.Intercept(metadata =>
    {
        metadata.Add("authorization", $"Bearer {token}");
        return metadata;
    });

    /// <summary>A service on a database, ready to be called.</summary>
    public static Task<ServiceUnderTest> Start(Settings settings, Database database, string environment = "Production") =>
        Start(settings, settings.Service, [], database, environment);

    /// <summary>The same with authentication; its clients send a token of the issuer with each call.</summary>
    public static Task<ServiceUnderTest> StartSecure(Settings settings, Database database, Issuer issuer) =>
        Start(settings, settings.Service, [], database, "Production", issuer);

    /// <summary>The same in a process that reports its allocated bytes.</summary>
    public static Task<ServiceUnderTest> StartHosted(Settings settings, Database database) =>
        Start(settings, typeof(HostedServer).Assembly.Location, ["hosted"], database, "Production");

    /// <summary>
    /// Waits until every committed event is announced and the checkpoint is stored, so that the next measurement is not affected.
    /// </summary>
    public async Task Drain()
    {
        var since = Stopwatch.GetTimestamp();
        while (await database.Scalar<long>(
            """
            select coalesce((select max(seq_id) from registry.mt_events), 0)
                - coalesce((select last_seq_id from registry.mt_event_progression where name = 'announcements:All'), 0)
            """) > 0)
        {
            if (Stopwatch.GetElapsedTime(since) > Timeout) throw new TimeoutException("announcements do not end");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        await Child.DisposeAsync();
    }

    private static async Task<ServiceUnderTest> Start(
        Settings settings,
        string program,
        IEnumerable<string> arguments,
        Database database,
        string environment,
        Issuer? issuer = null)
    {
        var (child, address) = await Child.Start(program, arguments, new Dictionary<string, string>
        {
            ["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(settings.Postgres)
            {
                Database = database.Name,
            }.ConnectionString,
            ["RabbitMq__Uri"] = settings.RabbitMq.ToString(),
            ["DOTNET_ENVIRONMENT"] = environment,
            // One caller measures what the service can do: its calls are counted, and not refused.
            ["Limits__CallsPerSecond"] = "10000000",
            ["Limits__CallsPerSecondPerCaller"] = "10000000",
            ["Limits__CallsPerCaller"] = "5000",
            ["Limits__Calls"] = "5000",
            ["DOTNET_gcServer"] = "1", // as the service's own settings say, which a hosting program would not have
        }.Concat(issuer?.Settings ?? new Dictionary<string, string>()).ToDictionary());
        var service = new ServiceUnderTest(child, address, database, issuer?.Token());
        var health = new Health.HealthClient(service.channel);
        while ((await health.CheckAsync(new() { Service = "readiness" })).Status != HealthCheckResponse.Types.ServingStatus.Serving)
            await Task.Delay(5);
        return service;
    }
}
