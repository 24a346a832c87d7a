using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using VirtualServers.Consumer;
using VirtualServers.Contracts;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Consumers in .NET: the package VsGrpc.Consumer, and MassTransit with the package of contracts alone.</summary>
// A test of this collection deletes the headers exchange, to which the others are bound.
[Collection("headers exchange")]
[Trait("Category", "Messaging")]
public sealed class DotNetConsumerTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private readonly TestService service = fixture.Service;
    private readonly string queue = $"test-{Guid.NewGuid():N}";
    private readonly Seen seen = new();
    private Uri broker = null!;

    public async Task InitializeAsync() => broker = (await Servers.Get()).RabbitMq;

    // The queue of a consumer is durable, and MassTransit declares an exchange for each.
    public async Task DisposeAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in new[] { queue, $"{queue}-2" })
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }

    [Fact]
    public async Task A_subscription_receives_changes_in_order_and_keeps_them_while_it_does_not_run()
    {
        V1.VirtualServer server;
        using (var host = await Start(bus => bus.AddVirtualServerChanges<Handler>(queue, changes => changes.OfTypes("virtual_server.#"))))
        {
            server = await TestInventory.Create(service);
            await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id, Reason = "maintenance" });
            var changes = await seen.Receive(server.Id, 2);
            Assert.Equal(["virtual_server.created", "virtual_server.disabled"], changes.Select(change => change.Type));
            Assert.Equal((server, "maintenance"), (changes[0].After.VirtualServer, changes[1].Reason));
            await host.StopAsync();
        }

        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        using var again = await Start(bus => bus.AddVirtualServerChanges<Handler>(queue, changes => changes.OfTypes("virtual_server.#")));
        Assert.Equal("virtual_server.deleted", (await seen.Receive(server.Id, 3))[2].Type);
        await again.StopAsync();

        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        // It would be refused if the queue were of another kind.
        await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true });
    }

    [Fact]
    public async Task A_change_that_fails_is_processed_again_before_the_later_ones()
    {
        using var host = await Start(bus => bus.AddVirtualServerChanges<Handler>(queue, changes => changes.OfTypes("virtual_server.#")));
        seen.Fails = change => change.Type == "virtual_server.created" && seen.Attempts(change) < 3;
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });

        var changes = await seen.Receive(server.Id, 2);

        Assert.Equal(["virtual_server.created", "virtual_server.disabled"], changes.Select(change => change.Type));
        Assert.Equal(3, seen.Attempts(changes[0]));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_change_that_fails_until_the_end_of_the_program_returns_to_the_queue()
    {
        V1.VirtualServer server;
        using (var host = await Start(bus => bus.AddVirtualServerChanges<Handler>(queue, changes => changes.OfTypes("virtual_server.#"))))
        {
            // The queue has the changes of other tests, too: one that fails would keep the others back.
            var name = TestInventory.Unique("failing");
            seen.Fails = change => change.Name == name;
            server = await TestInventory.Create(service, name);
            await Eventually.IsSo("an attempt", () => Task.FromResult(seen.Tried(server.Id)));
            await host.StopAsync();
        }

        seen.Fails = _ => false;
        using var again = await Start(bus => bus.AddVirtualServerChanges<Handler>(queue, changes => changes.OfTypes("virtual_server.#")));
        Assert.Single(await seen.Receive(server.Id, 1));
        await again.StopAsync();
    }

    [Fact]
    public async Task Subscriptions_by_tenant_and_placement_receive_what_they_are_bound_to()
    {
        var tenant = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        var device = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("lb") } });
        using var host = await Start(bus =>
        {
            bus.AddVirtualServerChanges<Handler>(queue, changes => changes.OfTenant(Guid.Parse(tenant.Id), Kind.VirtualServer));
            bus.AddVirtualServerChanges<OtherHandler>($"{queue}-2", changes => changes.AtPlacement(Guid.Parse(device.Id)));
        });
        var draft = await TestInventory.Draft(service);
        (draft.Tenant, draft.Device) = (new() { Id = tenant.Id }, new() { Id = device.Id });
        var server = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        var other = await TestInventory.Create(service);

        // Each queue has the change once, and remembers it for itself.
        await seen.Receive(server.Id, 2);
        await host.StopAsync();
        Assert.Equal(2, seen.Of(server.Id).Count);
        Assert.Empty(seen.Of(other.Id));
        Assert.Equal(2, seen.Epochs);
    }

    [Fact]
    public void A_handler_has_one_queue() =>
        Assert.Throws<ConfigurationException>(() => new ServiceCollection().AddMassTransit(bus =>
        {
            bus.AddVirtualServerChanges<Handler>(queue);
            bus.AddVirtualServerChanges<Handler>("another");
        }));

    [Fact]
    public async Task In_memory_a_change_is_seen_after_its_work_and_recognized_by_epoch_and_sequence()
    {
        var (memory, processed) = (new SeenInMemory(), new List<string>());
        Task Process(Change change) => memory.ProcessOnce(
            "q", change,
            isNewEpoch =>
            {
                if (change.Name == "bad") throw new InvalidOperationException("bad");
                processed.Add($"{change.Epoch}{change.Id}{change.Sequence}{(isNewEpoch ? "!" : "")}");
                return Task.CompletedTask;
            },
            CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Process(new() { Epoch = "e", Id = "a", Sequence = 5, Name = "bad" }));
        foreach (var (epoch, id, sequence) in new[]
        {
            ("e", "a", 5), ("e", "a", 5), ("e", "a", 7), ("e", "a", 6), ("e", "b", 6), ("f", "a", 6), ("e", "a", 7), ("f", "a", 6),
        })
        {
            await Process(new() { Epoch = epoch, Id = id, Sequence = sequence });
        }

        Assert.Equal(["ea5!", "ea7", "eb6", "fa6!"], processed);
    }

    // Without the package VsGrpc.Consumer.
    [Fact]
    public async Task A_MassTransit_consumer_receives_changes_as_messages_of_the_contracts()
    {
        using var host = await Start(bus => bus.AddConsumer<ChangeConsumer>(), (context, rabbit) =>
            rabbit.ReceiveEndpoint(queue, endpoint =>
            {
                endpoint.UseRawJsonDeserializer(); // the body is the change itself, without MassTransit's envelope
                endpoint.ConfigureConsumeTopology = false; // and comes from this exchange, not from one named like the type
                endpoint.Bind(ChangeAnnouncement.Exchange, exchange =>
                    (exchange.ExchangeType, exchange.RoutingKey) = ("topic", "virtual_server.#"));
                endpoint.ConcurrentMessageLimit = 1; // one after another, in order
                endpoint.ConfigureConsumer<ChangeConsumer>(context);
            }));

        var server = await TestInventory.Create(service);
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });

        var changes = await seen.Receive(server.Id, 2);
        await host.StopAsync();
        Assert.Equal(["virtual_server.created", "virtual_server.deleted"], changes.Select(change => change.Type));
    }

    private async Task<IHost> Start(
        Action<IBusRegistrationConfigurator> subscribe,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(seen);
        // Otherwise it starts in the background, and messages published before its queue is bound are lost.
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            subscribe(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(broker);
                if (configure is null) rabbit.ConfigureEndpoints(context);
                else configure(context, rabbit);
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private class Handler(Seen seen) : IChangeHandler
    {
        public Task Handle(Change change, CancellationToken cancellation)
        {
            seen.Try(change);
            return Task.CompletedTask;
        }

        public Task BeginEpoch(string epoch, CancellationToken cancellation)
        {
            seen.Begin();
            return Task.CompletedTask;
        }
    }

    private sealed class OtherHandler(Seen seen) : Handler(seen);

    private sealed class ChangeConsumer(Seen seen) : IConsumer<ChangeAnnouncement>
    {
        public Task Consume(ConsumeContext<ChangeAnnouncement> context)
        {
            seen.Try(context.Message.Change);
            return Task.CompletedTask;
        }
    }

    // What the handlers of a test have seen.
    private sealed class Seen
    {
        private readonly ConcurrentQueue<Change> tried = new(), processed = new();
        private int epochs;

        public Func<Change, bool> Fails { get; set; } = _ => false;

        public int Epochs => epochs;

        public void Begin() => Interlocked.Increment(ref epochs);

        public void Try(Change change)
        {
            tried.Enqueue(change);
            if (Fails(change)) throw new InvalidOperationException("a failure of the test");
            processed.Enqueue(change);
        }

        public bool Tried(string id) => tried.Any(change => change.Id == id);

        public int Attempts(Change change) => tried.Count(one => one.EventId == change.EventId);

        public IReadOnlyList<Change> Of(string id) => [.. processed.Where(change => change.Id == id)];

        public Task<IReadOnlyList<Change>> Receive(string id, int count) =>
            Eventually.Get($"{count} changes", () => Of(id), found => found.Count >= count, found => $"{found.Count}");
    }
}
