using System.Collections.Concurrent;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>
/// The secrets that the service is configured with are in none of its outputs: log, traces, metrics, process arguments, details of errors,
/// tables. Failures of every kind are provoked, because messages of failures are where secrets leak.
/// </summary>
public sealed class NoSecretLeaksTests
{
    [Fact]
    public async Task No_configured_secret_is_in_any_output()
    {
        var servers = await Servers.Get();
        await using var collector = await Collector.Start();
        await using var postgres = servers.PostgresProxy();
        await using var broker = servers.RabbitMqProxy();
        var database = await servers.NewDatabase();
        var settings = new Secrets(Servers.Through(postgres, database), Servers.Through(broker, servers.RabbitMq));
        var outputs = new List<string>();

        await using (var service = await ServiceProcess.Start(settings.Environment(collector)))
        {
            await TestInventory.Register(service);
            var server = await TestInventory.Create(service);
            outputs.Add(await File.ReadAllTextAsync($"/proc/{service.Id}/cmdline"));
            outputs.AddRange(await Fail(service));
            postgres.Cut();
            broker.Cut();
            outputs.AddRange(await Fail(service));
            postgres.Restore();
            await Eventually.IsSo("a service that stores again", async () => await Succeeds(
                service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id })));
            outputs.Add(await service.Tables());
            var (_, output) = await service.Terminate();
            outputs.Add(output);
        }

        // A start with passwords that the servers refuse, and one with settings that cannot be read.
        broker.Restore();
        foreach (var environment in settings.Wrong().Select(wrong => wrong.Environment(collector)))
            outputs.Add((await ServiceProcess.Ends(environment)).Output);
        await using (var refused = await ServiceProcess.Start(settings.WithWrongBroker().Environment(collector)))
        {
            await refused.Reports("rabbitmq", Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.NotServing);
            outputs.Add((await refused.Terminate()).Output);
        }

        // Each place was written to, so that the search below means something.
        Assert.Contains(outputs, output => output.Contains("VirtualServer.Service.dll", StringComparison.Ordinal));
        Assert.Contains(outputs, output => output.Contains("STORE_UNAVAILABLE", StringComparison.Ordinal));
        Assert.Contains(outputs, output => output.Contains("password authentication failed", StringComparison.Ordinal));
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], collector.Paths.Order(StringComparer.Ordinal));
        foreach (var (name, secret) in settings.Planted)
        {
            Assert.All(outputs, output => Assert.False(output.Contains(secret, StringComparison.Ordinal), $"{name} is in: {output}"));
            Assert.All(collector.Received, received => Assert.False(
                Encoding.Latin1.GetString(received.Bytes).Contains(secret, StringComparison.Ordinal), $"{name} is in {received.Path}"));
        }
    }

    // Calls that fail in different ways: the status, the details and the trailers of each.
    private static async Task<IReadOnlyList<string>> Fail(ServiceProcess service)
    {
        var told = new List<string>();
        using var raw = new RawCalls(service.Address);
        told.Add($"{await raw.Send("/virtualserver.v1.VirtualServerService/GetVirtualServer", Frame.Of([255, 255, 255]).ToArray())}");
        told.Add($"{await raw.Send("/virtualserver.v1.VirtualServerService/NoMethod", Frame.Of([]).ToArray())}");
        await Tell(service.VirtualServers.GetVirtualServerAsync(new() { Id = "no id" }));
        await Tell(service.VirtualServers.GetVirtualServerAsync(new() { Name = "nobody" }));
        await Tell(service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = new() { Name = "\0", Port = 70000 } }));
        await Tell(service.VirtualServers.ListVirtualServersAsync(new() { PageToken = "forged" }));
        return told;

        async Task Tell<T>(AsyncUnaryCall<T> call)
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
            told.Add($"{failure.Status} {failure.GetRpcStatus()} {string.Join(' ', failure.Trailers.Select(entry => entry.Key))}");
        }
    }

    private static async Task<bool> Succeeds<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    /// <summary>
    /// The secrets of a run, and the environment that configures the service with them. A further secret (a token, a key) is an entry of
    /// <see cref="Planted"/> and of <see cref="Environment"/>.
    /// </summary>
    private sealed record Secrets(string Database, Uri Broker)
    {
        private const string WrongPassword = "a1b2c3d4wrong5e6f7a8b9";

        public IReadOnlyList<(string Name, string Secret)> Planted =>
        [
            ("the password of PostgreSQL", new NpgsqlConnectionStringBuilder(Database).Password!),
            ("the password of RabbitMQ", Broker.UserInfo.Split(':')[1]),
            ("a wrong password", WrongPassword),
        ];

        public Dictionary<string, string> Environment(Collector collector) => new(ServiceProcess.Settings(Database, Broker))
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["Logging__LogLevel__Default"] = "Debug",
            ["Logging__LogLevel__Npgsql"] = "Debug",
            ["Logging__LogLevel__MassTransit"] = "Debug",
            ["Logging__LogLevel__Marten"] = "Debug",
        };

        /// <summary>Settings with which the service does not start.</summary>
        public IEnumerable<Secrets> Wrong() =>
        [
            this with { Database = new NpgsqlConnectionStringBuilder(Database) { Password = WrongPassword }.ConnectionString },
            this with { Database = $"{Database};Pasword={WrongPassword}" },
            this with { Broker = new Uri($"http://user:{WrongPassword}@127.0.0.1/") },
        ];

        public Secrets WithWrongBroker() => this with { Broker = new UriBuilder(Broker) { Password = WrongPassword }.Uri };
    }

    /// <summary>Receives what the service exports by OTLP.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, byte[] Bytes)> received = new();
        private readonly WebApplication app;

        private Collector(WebApplication app) => this.app = app;

        public string Address => app.Urls.Single();

        public IReadOnlyList<(string Path, byte[] Bytes)> Received => [.. received];

        public IEnumerable<string> Paths => received.Select(one => one.Path).Distinct();

        public static async Task<Collector> Start()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var collector = new Collector(builder.Build());
            collector.app.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                collector.received.Enqueue((http.Request.Path.Value!, body.ToArray()));
            });
            await collector.app.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
