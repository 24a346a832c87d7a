using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using RabbitMQ.Client;
using VirtualServers.Contracts;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Xunit.Abstractions;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace VirtualServers.Service.Tests;

/// <summary>
/// Servers that accept connections and do not answer: frozen processes, and a broker that blocks or refuses what is published. Calls and
/// health are answered in time, and nothing is lost.
/// </summary>
public sealed class FrozenServerTests(PrivateServers servers, ITestOutputHelper output) : IClassFixture<PrivateServers>, IAsyncLifetime
{
    // Far more than an answer takes on a busy machine; without limits of its own, the service would answer only after the freeze.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    private ServiceProcess service = null!;

    public async Task InitializeAsync()
    {
        if (PrivateServers.Missing is not null) return;
        service = await ServiceProcess.Start(await servers.NewDatabase(), servers.Broker);
        await service.Reports("readiness", Serving);
        await TestInventory.Register(service);
    }

    public async Task DisposeAsync()
    {
        if (PrivateServers.Missing is not null) return;
        await servers.Postgres.Continue();
        await servers.RabbitMq.Continue();
        await service.DisposeAsync();
    }

    [FreezingFact]
    public async Task While_PostgreSQL_is_frozen_commands_end_UNAVAILABLE_in_time_and_health_answers()
    {
        var requests = new List<CreateVirtualServerRequest>();
        for (var i = 0; i < 40; i++)
            requests.Add(new() { VirtualServer = await TestInventory.Draft(service), RequestId = $"{Guid.NewGuid()}" });

        await servers.Postgres.Freeze();
        var (since, slowest) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        // In flight when the server freezes, waiting behind those, and later.
        var commands = requests.Take(30).Select(request => Unavailable(request)).ToList();
        var reads = Enumerable.Range(0, 10).Select(_ => UnavailableRead()).ToList();
        // The driver would wait for the server to cancel these.
        var impatient = Enumerable.Range(0, 30).Select(_ => Assert.ThrowsAsync<RpcException>(async () =>
            await service.VirtualServers.ListVirtualServersAsync(new(), deadline: DateTime.UtcNow.AddSeconds(1)))).ToList();
        while (Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(20))
        {
            foreach (var name in new[] { "liveness", "readiness", "", "postgresql", "announcements", "rabbitmq" })
            {
                var asked = Stopwatch.GetTimestamp();
                var status = await service.Health.CheckAsync(new() { Service = name }, deadline: DateTime.UtcNow + CallLimit);
                var took = Stopwatch.GetElapsedTime(asked);
                slowest = took > slowest ? took : slowest;
                var expected = name is "liveness" or "rabbitmq" ? Serving : NotServing;
                Assert.True(expected == status.Status, $"{name} {status.Status} after {Stopwatch.GetElapsedTime(since)}");
            }

            await Task.Delay(200);
        }

        await Task.WhenAll([.. commands, .. reads, .. impatient]);
        output.WriteLine($"PostgreSQL frozen: the slowest answer of health took {slowest}");
        // The silence is known now: nobody waits for it.
        foreach (var request in requests.Skip(30)) await Unavailable(request);

        await servers.Postgres.Continue();
        await service.Reports("readiness", Serving);
        // Stored or not, each is stored once.
        foreach (var request in requests)
        {
            var answer = (await service.VirtualServers.CreateVirtualServerAsync(request)).VirtualServer;
            Assert.Equal((request.VirtualServer.Name, 1), (answer.Name, answer.Version));
            Assert.Equal(1, await service.Events(answer.Id));
        }
    }

    [FreezingFact]
    public async Task A_call_that_waited_for_its_turn_with_a_frozen_PostgreSQL_is_not_executed_later()
    {
        var drafts = new List<V1.VirtualServer>();
        for (var i = 0; i < 100; i++) drafts.Add(await TestInventory.Draft(service));

        await servers.Postgres.Freeze();
        await Task.WhenAll(drafts.Select(draft => Unavailable(new CreateVirtualServerRequest { VirtualServer = draft })));
        await servers.Postgres.Continue();
        await service.Reports("readiness", Serving);

        // At most the commands whose look-up was sent before the silence could have been stored.
        await TestInventory.Create(service);
        Assert.Equal(1, await service.Scalar<long>("select count(*) from registry.mt_events where type = 'virtual_server.created'"));
    }

    [FreezingFact]
    public async Task A_frozen_RabbitMQ_shows_and_no_change_is_lost()
    {
        await using var consumer = await ForeignConsumer.At(servers.Broker);
        var server = await TestInventory.Create(service);
        await consumer.Receive(1, server.Id);
        await service.Reports("rabbitmq", Serving);

        foreach (var isAnnouncing in new[] { false, true })
        {
            await servers.RabbitMq.Freeze();
            if (isAnnouncing) await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
            await ShowsInTime();
            Assert.Equal(Serving, await service.Status("readiness"));
            await servers.RabbitMq.Continue();
            await service.Reports("rabbitmq", Serving);
        }

        var stored = await service.Committed(server.Id);
        Assert.Equal(stored, await consumer.Receive(change => change.Id == server.Id, stored));
    }

    [FreezingFact]
    public async Task A_memory_alarm_of_RabbitMQ_shows_also_when_nothing_is_announced()
    {
        await service.Reports("announcements", Serving);
        await service.Reports("rabbitmq", Serving);
        await servers.LimitMemory(0.00001);
        try
        {
            await ShowsInTime();
            Assert.Equal(Serving, await service.Status("readiness"));
            await TestInventory.Create(service);
        }
        finally
        {
            await servers.LimitMemory(0.4);
        }

        await service.Reports("rabbitmq", Serving);
    }

    [FreezingFact]
    public async Task A_queue_that_refuses_changes_holds_up_only_the_objects_that_it_refuses_also_after_a_takeover()
    {
        await using var consumer = await ForeignConsumer.At(servers.Broker);
        var (held, other) = (await TestInventory.Create(service), await TestInventory.Create(service));
        await consumer.Receive(1, other.Id);
        await using var connection = await new ConnectionFactory { Uri = servers.Broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("full", true, false, false, new Dictionary<string, object?>
        {
            ["x-max-length"] = 1, ["x-overflow"] = "reject-publish",
        });
        await channel.QueueBindAsync("full", ChangeAnnouncement.Exchange, "virtual_server.disabled");
        await channel.BasicPublishAsync("", "full", new byte[1]);

        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = held.Id });
        await Parked(1);
        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = held.Id });
        await service.VirtualServers.UpdateVirtualServerAsync(new() { Id = other.Id, VirtualServer = new() { Port = 8443 } });
        await Parked(2);

        // The other object goes on; the refused one waits, in order.
        await consumer.Receive(2, other.Id);
        Assert.DoesNotContain("virtual_server.enabled", consumer.About(held.Id).Select(a => a.Change.Type));
        await Eventually.Get("the line of the refusal", () => Lines("are refused by a queue"), count => count == 1);
        await service.Rows("update registry.mt_events set timestamp = now() - interval '2 minutes' returning seq_id", row => row);
        await service.Reports("announcements", NotServing);
        await Eventually.Get(
            "the line of health", () => Lines($"first virtual_server.disabled of {held.Id}"), count => count > 0);
        Assert.Equal((Serving, Serving), (await service.Status("rabbitmq"), await service.Status("readiness")));

        // Another node takes over.
        var next = await ServiceProcess.Start(service.Database, servers.Broker);
        await next.Reports("readiness", Serving);
        await service.Kill();
        await service.DisposeAsync();
        service = next;
        await service.VirtualServers.UpdateVirtualServerAsync(new() { Id = held.Id, VirtualServer = new() { Port = 8443 } });
        await service.VirtualServers.UpdateVirtualServerAsync(new() { Id = other.Id, VirtualServer = new() { Port = 9443 } });
        await consumer.Receive(3, other.Id);
        await Parked(3);
        Assert.DoesNotContain("virtual_server.enabled", consumer.About(held.Id).Select(a => a.Change.Type));

        await channel.QueueDeleteAsync("full");
        await Parked(0);
        foreach (var id in new[] { held.Id, other.Id })
        {
            var stored = await service.Committed(id);
            Assert.Equal(stored, await consumer.Receive(change => change.Id == id, stored));
        }

        await service.Reports("announcements", Serving);
    }

    private int Lines(string text) => service.Output.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));

    private Task<long> Parked(long count) => Eventually.Get(
        "parked changes", () => service.Scalar<long>("select count(*) from registry.parked_announcements"), seen => seen == count);

    private async Task ShowsInTime()
    {
        var since = Stopwatch.GetTimestamp();
        await service.Reports("rabbitmq", NotServing);
        var took = Stopwatch.GetElapsedTime(since);
        output.WriteLine($"RabbitMQ frozen or blocked: shown after {took}");
    }

    private Task Unavailable(CreateVirtualServerRequest request) =>
        Unavailable(deadline => service.VirtualServers.CreateVirtualServerAsync(request, deadline: deadline));

    private Task UnavailableRead() => Unavailable(deadline => service.VirtualServers.ListVirtualServersAsync(new(), deadline: deadline));

    // The deadline would end the call otherwise.
    private async Task Unavailable<T>(Func<DateTime, AsyncUnaryCall<T>> call)
    {
        var since = Stopwatch.GetTimestamp();
        var refusal = await Refusal.Of(call(DateTime.UtcNow + CallLimit), StatusCode.Unavailable, "STORE_UNAVAILABLE");
        output.WriteLine($"UNAVAILABLE after {Stopwatch.GetElapsedTime(since)}");
        Assert.Contains("with the same request_id", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.Status.GetDetail<RetryInfo>());
    }
}
