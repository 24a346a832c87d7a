using System.Net;
using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// A caller that misbehaves is refused, and another one is served meanwhile: each call of the other one succeeds. The two have different
/// addresses of loopback.
/// </summary>
public sealed class LimitTests
{
    private const string Polite = "127.0.0.1", Flooding = "127.0.0.2";
    private const int ServedCalls = 200;

    [Fact]
    public async Task A_caller_that_floods_is_refused_and_another_one_is_served()
    {
        await using var service = await TestService.Start(settings: ["Limits:CallsPerSecondPerCaller=200"]);
        await TestInventory.Register(service);
        var log = LogLines.Of(service);
        using var flooder = new CallerAt(Flooding, service.Address);

        var flood = Task.WhenAll(Enumerable.Range(0, 32).Select(_ => flooder.Floods(calls: 100)));
        var known = await TestInventory.Create(service);
        await IsServed(service, known.Id, calls: 100);
        var refused = (await flood).SelectMany(told => told).ToList();

        Assert.NotEmpty(refused);
        Assert.All(refused, failure =>
        {
            Assert.Equal((StatusCode.ResourceExhausted, "RATE_LIMITED"), (failure.StatusCode, ReasonOf(failure)));
            Assert.Equal($"the caller \"{Flooding}\" exceeds 200 calls in a second: send fewer", failure.Status.Detail);
            Assert.True(failure.GetRpcStatus()!.GetDetail<RetryInfo>().RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        });
        // The flood does not fill the log.
        Assert.InRange(log.With("RATE_LIMITED").Count, 0, refused.Count / 4);
    }

    [Fact]
    public async Task A_caller_that_opens_thousands_of_streams_is_refused_and_another_one_is_served()
    {
        const int streams = 10_000;
        await using var service = await TestService.Start(settings: ["Limits:CallsPerCaller=50", "Limits:ConnectionsPerAddress=150"]);
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);
        using var opener = new CallerAt(Flooding, service.Address);

        var opened = Enumerable.Range(0, streams).Select(_ => opener.Inventory.UpsertInventoryObjects()).ToList();
        // Each stream that is not admitted ends by itself; the others stay open.
        var ended = opened.Select(stream => Refused(stream)).ToList();
        await Eventually.Get(
            "the streams that have ended because they have no place",
            () => ended.Count(end => end.IsCompleted),
            count => count >= streams - 50);
        await IsServed(service, known.Id, ServedCalls);

        // HTTP/2 also ends whole connections of a caller that has this many streams ended; their other streams end with them.
        var refused = (await Task.WhenAll(ended.Where(end => end.IsCompleted))).CountBy(end => end).ToDictionary();
        Assert.True(refused.GetValueOrDefault("ResourceExhausted TOO_MANY_CALLS") > 1000, string.Join(", ", refused));
        Assert.DoesNotContain("OK", refused.Keys);

        // A place becomes free when its stream ends.
        foreach (var stream in opened) stream.Dispose();
        await Eventually.IsSo("a place for the caller", async () =>
        {
            try
            {
                await opener.Servers.GetVirtualServerAsync(new() { Id = known.Id });
                return true;
            }
            catch (RpcException full) when (full.StatusCode is StatusCode.ResourceExhausted)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task A_caller_that_opens_very_many_connections_is_disconnected_and_another_one_connects()
    {
        await using var service = await TestService.Start(settings: ["Limits:ConnectionsPerAddress=20", "Limits:Connections=60"]);
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);
        var sockets = new List<TcpClient>();
        try
        {
            for (var count = 0; count < 200; count++) sockets.Add(await Connect(Flooding, service.Address));
            // The end of a connection is read as the end of its stream; those with a place get the settings of HTTP/2.
            var closed = await Task.WhenAll(sockets.Select(IsClosed));
            Assert.Equal(180, closed.Count(isClosed => isClosed));

            for (var channel = 0; channel < 10; channel++)
            {
                using var another = new CallerAt(Polite, service.Address);
                await another.Servers.GetVirtualServerAsync(new() { Id = known.Id });
            }
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    [Fact]
    public async Task Headers_of_a_megabyte_are_refused_and_another_caller_is_served()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);
        using var sender = new CallerAt(Flooding, service.Address);

        var sending = Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            var large = new Metadata { { "authorization", new string('x', 1024 * 1024) } };
            return (await Assert.ThrowsAsync<RpcException>(async () =>
                await sender.Servers.GetVirtualServerAsync(new() { Id = known.Id }, large))).StatusCode;
        }));
        await IsServed(service, known.Id, ServedCalls);

        Assert.DoesNotContain(StatusCode.OK, await sending);
        // The same caller is served when it sends headers of a usual size.
        await sender.Servers.GetVirtualServerAsync(new() { Id = known.Id }, new Metadata { { "x-note", new string('x', 16 * 1024) } });
    }

    [Fact]
    public async Task All_callers_together_have_a_limit_and_health_answers_beyond_it()
    {
        await using var service = await TestService.Start(settings: ["Limits:Calls=10", "Limits:CallsPerCaller=10"]);
        using var opener = new CallerAt(Flooding, service.Address);
        var streams = Enumerable.Range(0, 10).Select(_ => opener.Inventory.UpsertInventoryObjects()).ToList();
        // Each has its place when the service has read from it.
        foreach (var stream in streams) await stream.RequestStream.WriteAsync(new() { Request = new() });

        await Eventually.IsSo("a service without a place", async () =>
        {
            try
            {
                await service.VirtualServers.ListVirtualServersAsync(new());
                return false;
            }
            catch (RpcException full)
            {
                Assert.Equal(
                    (StatusCode.ResourceExhausted, "TOO_MANY_CALLS", "the service has 10 calls in progress: retry later"),
                    (full.StatusCode, ReasonOf(full), full.Status.Detail));
                return true;
            }
        });
        Assert.Equal(Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving, await service.Status("readiness"));
        foreach (var stream in streams) stream.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3600)]
    public async Task A_call_ends_at_the_deadline_of_the_service(int? seconds)
    {
        await using var service = await TestService.Start(settings: ["Limits:Deadline=00:00:01"]);
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);
        DateTime? deadline = seconds is { } asked ? DateTime.UtcNow.AddSeconds(asked) : null;

        await using (await HeldLock.Take(service, "lock table registry.mt_streams in access exclusive mode"))
        {
            var call = service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id }, deadline: deadline);
            Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        }

        await service.VirtualServers.GetVirtualServerAsync(new() { Id = known.Id }, deadline: deadline);
    }

    [Fact]
    public async Task A_stream_outlives_the_deadline_of_the_service()
    {
        await using var service = await TestService.Start(settings: ["Limits:Deadline=00:00:01"]);
        using var stream = service.Inventory.UpsertInventoryObjects();
        await stream.RequestStream.WriteAsync(Upsert("lb-1"));
        // A unary call that begins later has met its deadline before.
        await using (await HeldLock.Take(service, "lock table registry.mt_streams in access exclusive mode"))
        {
            var call = service.Monitors.CreateHealthCheckMonitorAsync(new() { HealthCheckMonitor = new() { Name = "m" } });
            Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        }

        await stream.RequestStream.WriteAsync(Upsert("lb-2"));
        await stream.RequestStream.CompleteAsync();
        Assert.Equal(0, (await stream).RefusedCount);

        static UpsertInventoryObjectsRequest Upsert(string name) =>
            new() { Request = new() { InventoryObject = new() { Device = new() { Name = name } } } };
    }

    [Fact]
    public async Task A_lock_that_is_not_released_ends_the_call_and_not_the_service()
    {
        await using var service = await TestService.Start(settings: ["Limits:LockTimeout=00:00:01"]);
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);

        await using (await HeldLock.Take(service, "lock table registry.directory in access exclusive mode"))
        {
            var call = service.VirtualServers.GetVirtualServerAsync(new() { Id = known.Id });
            await Refusal.Of(call, StatusCode.Unavailable, "STORE_UNAVAILABLE");
        }

        await service.VirtualServers.GetVirtualServerAsync(new() { Id = known.Id });
    }

    [Fact]
    public async Task Every_connection_that_serves_has_the_time_limits_and_a_command_has_none()
    {
        var servers = await Servers.Get();
        await using var service = await TestService.Start(settings: ["Limits:StatementTimeout=00:00:21", "Limits:LockTimeout=00:00:12"]);
        var provider = service.Services;
        foreach (var source in new[] { Source<Npgsql.NpgsqlDataSource>(), Source<Store.PlannedReads>() })
            Assert.Equal("21s 12s", await TimesOf(source));
        Assert.Equal("0 0", await TimesOf(Source<Store.Maintenance>()));

        await using var command = Composition.Build(TestService.Settings(service.Database, servers.RabbitMq), serves: false);
        provider = command.Services;
        Assert.Equal("0 0", await TimesOf(Source<Npgsql.NpgsqlDataSource>()));

        Npgsql.NpgsqlDataSource Source<T>() => provider.GetService(typeof(T)) switch
        {
            Store.PlannedReads planned => planned.Source,
            Store.Maintenance maintenance => maintenance.Source,
            var source => (Npgsql.NpgsqlDataSource)source!,
        };
    }

    [Fact]
    public async Task The_leader_keeps_its_lock_beyond_the_time_limit_of_statements()
    {
        await using var service = await TestService.Start(settings: ["Limits:StatementTimeout=00:00:01"]);
        // A session that is ended by the limit is never older.
        await Eventually.IsSo("a leader whose session is older than the limit", () => service.Scalar<bool>(
            """
            select exists (
                select from pg_stat_activity s join pg_locks l on l.pid = s.pid and l.locktype = 'advisory' and l.granted
                where s.datname = current_database() and s.application_name like '%leader'
                    and s.backend_start < now() - interval '3 seconds')
            """));
    }

    [Theory]
    [InlineData("Calls=0", "Limits:Calls \"0\" is not a number from 10 to 1000000: write it like 2000")]
    [InlineData("CallsPerCaller=-1", "Limits:CallsPerCaller \"-1\" is not a number from 10 to 1000000: write it like 500")]
    [InlineData("CallsPerSecond=many", "Limits:CallsPerSecond \"many\" is not a number from 200 to 10000000: write it like 100000")]
    [InlineData(
        "CallsPerSecondPerCaller=1",
        "Limits:CallsPerSecondPerCaller \"1\" is not a number from 200 to 10000000: write it like 20000")]
    [InlineData("Deadline=0", "Limits:Deadline \"0\" is not a time span from 00:00:01 to 01:00:00: write it like 00:01:00")]
    [InlineData(
        "StatementTimeout=2.00:00:00",
        "Limits:StatementTimeout \"2.00:00:00\" is not a time span from 00:00:01 to 01:00:00: write it like 00:00:30")]
    [InlineData("LockTimeout=x", "Limits:LockTimeout \"x\" is not a time span from 00:00:01 to 01:00:00: write it like 00:00:10")]
    [InlineData("Connections=1", "Limits:Connections \"1\" is not a number from 10 to 1000000: write it like 2000")]
    [InlineData("ConnectionsPerAddress=1", "Limits:ConnectionsPerAddress \"1\" is not a number from 10 to 1000000: write it like 500")]
    [InlineData("StreamsPerConnection=0", "Limits:StreamsPerConnection \"0\" is not a number from 1 to 10000: write it like 100")]
    [InlineData("HeaderBytes=12", "Limits:HeaderBytes \"12\" is not a number from 4096 to 1048576: write it like 32768")]
    [InlineData("Cals=12", "Limits:Cals is not a setting: use Calls, ")]
    public async Task A_limit_out_of_range_is_named_in_one_sentence(string setting, string sentence)
    {
        var servers = await Servers.Get();
        var refused = Assert.Throws<Faults.StartupException>(() => Composition.Build(
            [.. TestService.Settings("Host=127.0.0.1;Username=x", servers.RabbitMq), $"--Limits:{setting}"]));
        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_limit_is_documented()
    {
        var documented = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));
        Assert.All(
            typeof(Security.Limits).GetProperties(),
            limit => Assert.Contains($"| `Limits:{limit.Name}` |", documented, StringComparison.Ordinal));
    }

    private static async Task IsServed(TestService service, string id, int calls)
    {
        for (var count = 0; count < calls; count++)
            Assert.Equal(id, (await service.VirtualServers.GetVirtualServerAsync(new() { Id = id })).VirtualServer.Id);
    }

    private static async Task<string> Refused(
        AsyncClientStreamingCall<UpsertInventoryObjectsRequest, UpsertInventoryObjectsResponse> stream)
    {
        try
        {
            await stream;
            return "OK";
        }
        catch (RpcException failure)
        {
            return $"{failure.StatusCode} {ReasonOf(failure) ?? failure.Status.Detail}";
        }
    }

    private static string? ReasonOf(RpcException failure) => failure.GetRpcStatus()?.GetDetail<ErrorInfo>().Reason;

    private static async Task<string> TimesOf(Npgsql.NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            "select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<TcpClient> Connect(string from, string address)
    {
        var to = new Uri(address);
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(to.Host, to.Port);
        return client;
    }

    private static async Task<bool> IsClosed(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
            return await Eventually.Ends("an answer", client.GetStream().ReadAsync(new byte[1]).AsTask()) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>A caller with an address of its own, and as many connections as it needs.</summary>
    private sealed class CallerAt : IDisposable
    {
        private readonly GrpcChannel channel;

        public CallerAt(string from, string address)
        {
            channel = GrpcChannel.ForAddress(address, new()
            {
                HttpHandler = new SocketsHttpHandler
                {
                    EnableMultipleHttp2Connections = true,
                    ConnectCallback = async (_, cancellation) =>
                        (await Connect(from, address).WaitAsync(cancellation)).GetStream(),
                },
                DisposeHttpClient = true,
                MaxRetryAttempts = null,
            });
            Servers = new(channel);
            Inventory = new(channel);
        }

        public VirtualServerService.VirtualServerServiceClient Servers { get; }

        public InventoryService.InventoryServiceClient Inventory { get; }

        /// <summary>Sends one call after the other, without a pause: the refusals.</summary>
        public async Task<IReadOnlyList<RpcException>> Floods(int calls)
        {
            var refused = new List<RpcException>();
            for (var count = 0; count < calls; count++)
            {
                try
                {
                    await Servers.ListVirtualServersAsync(new() { PageSize = 1 });
                }
                catch (RpcException failure)
                {
                    refused.Add(failure);
                }
            }

            return refused;
        }

        public void Dispose() => channel.Dispose();
    }
}
