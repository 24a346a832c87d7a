using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using VirtualServers.Contracts;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>What consumers bind their queues by, on a real broker, and what real messages of every type look like.</summary>
// A test of this collection deletes the headers exchange, to which the others are bound.
[Collection("headers exchange")]
[Trait("Category", "Messaging")]
public sealed class RoutingTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_queue_bound_to_a_tenant_receives_what_the_tenant_has_and_what_leaves_it()
    {
        var (tenant, other) = (await Register(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } }),
            await Register(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } }));
        await using var queue = await BoundQueue.ByHeaders(
            new() { ["x-match"] = "all", ["kind"] = "virtual_server", ["tenant"] = tenant },
            new() { ["x-match"] = "all", ["kind"] = "virtual_server", ["tenant-before"] = tenant });

        var draft = await TestInventory.Draft(service);
        draft.Tenant = new() { Id = tenant };
        var server = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        await TestInventory.Create(service);
        await Update(server.Id, new() { Port = 8443 }, "port");
        await Update(server.Id, new() { Tenant = new() { Id = other } }, "tenant");
        await Update(server.Id, new() { Port = 9443 }, "port");
        await Update(server.Id, new() { Tenant = new() { Id = tenant } }, "tenant");

        var received = await queue.Receive(4);
        Assert.All(received, change => Assert.Equal(server.Id, change.Id));
        Assert.Equal([1, 2, 3, 5], received.Select(change => change.Version));
    }

    [Fact]
    public async Task A_queue_bound_to_a_placement_receives_what_is_placed_there_and_what_leaves_it()
    {
        var device = await Register(new() { Device = new() { Name = TestInventory.Unique("lb") } });
        await using var queue = await BoundQueue.ByHeaders(new() { ["placement"] = device }, new() { ["placement-before"] = device });

        var draft = await TestInventory.Draft(service);
        draft.Device = new() { Id = device };
        var server = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        await TestInventory.Create(service);
        await Update(server.Id, new() { CloudService = new() { Name = "cloud-1" } }, "cloud_service");
        await Update(server.Id, new() { Port = 9443 }, "port");
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        var again = new V1.VirtualServer(draft)
        {
            Name = TestInventory.Unique("web"), Vip = new() { Name = await TestInventory.NewAddress(service) },
        };
        var last = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = again })).VirtualServer;

        var received = await queue.Receive(3);
        Assert.Equal([(server.Id, 1), (server.Id, 2), (last.Id, 1)], received.Select(change => (change.Id, change.Version)));
    }

    [Fact]
    public async Task A_broker_that_has_lost_its_exchanges_gets_them_again_when_the_service_connects()
    {
        await using var proxy = (await Servers.Get()).RabbitMqProxy();
        await using var behind = await TestService.Behind(rabbitMq: proxy);
        await TestInventory.Register(behind);
        await using var connection = await new ConnectionFactory { Uri = (await Servers.Get()).RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        proxy.Cut();
        // As after a restart of a broker without its data, but other tests use the topic exchange.
        await channel.ExchangeDeleteAsync(ChangeAnnouncement.HeadersExchange);
        var server = await TestInventory.Create(behind);
        proxy.Restore();

        await Eventually.IsSo("the exchange", async () =>
        {
            await using var look = await connection.CreateChannelAsync();
            try
            {
                await look.ExchangeDeclarePassiveAsync(ChangeAnnouncement.HeadersExchange);
                return true;
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                return false;
            }
        });
        await using var queue = await BoundQueue.ByHeaders(new Dictionary<string, object?> { ["placement"] = server.Device.Id });
        await behind.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        await Eventually.IsSo(
            "the change", async () => (await queue.Receive(1)).Any(change => change.Type == "virtual_server.disabled"));
    }

    [Fact]
    public async Task The_schema_describes_a_real_message_of_every_type()
    {
        await using var all = await TestService.Start();
        await using var consumer = await ForeignConsumer.Start();
        await TestInventory.Register(all);
        foreach (var mutation in Mutations.Names) await all.Send((await Mutations.Prepare(all, mutation)).Request);
        var server = await TestInventory.Create(all);
        foreach (var (offload, news) in new[] { (true, "virtual_server.condition_raised"), (false, "virtual_server.condition_cleared") })
        {
            await all.VirtualServers.UpdateVirtualServerAsync(new()
            {
                Id = server.Id, VirtualServer = new() { SslOffload = offload }, UpdateMask = new() { Paths = { "ssl_offload" } },
            });
            // A condition that ends before it is told is no news.
            await Eventually.IsSo(news, () => Task.FromResult(
                consumer.News(change => change.Id == server.Id && change.Type == news).Count > 0));
        }

        var epoch = $"{await all.Scalar<Guid>("select id from registry.epoch order by number desc limit 1")}";
        var types = Store.StoredEvents.Told.Select(stored => stored.Name).ToHashSet();
        var received = await Eventually.Get(
            "a message of every type",
            () => consumer.Every(change => change.Epoch == epoch),
            messages => types.IsSubsetOf(messages.Select(message => message.Change.Type)),
            messages => string.Join(", ", types.Except(messages.Select(message => message.Change.Type))));
        Assert.All(received, message => Assert.Equal([], ChangeFlaws.Of(message.Body)));
        Assert.All(received, message => Assert.Equal([], ChangeFlaws.Of(message.Body, message.Headers)));
    }

    [Fact]
    public async Task The_exchanges_and_queues_of_the_AsyncAPI_document_are_those_of_the_broker()
    {
        await using var connection = await new ConnectionFactory { Uri = (await Servers.Get()).RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var channels = JsonNode.Parse(AsyncApi.Text)!["channels"]!.AsObject();
        var exchanges = channels.Select(one => one.Value!["bindings"]!["amqp"]!["exchange"]).OfType<JsonObject>().ToList();
        Assert.Equal(2, exchanges.Count);
        foreach (var exchange in exchanges)
        {
            // RabbitMQ refuses a declaration that differs from the exchange.
            await channel.ExchangeDeclareAsync(
                (string)exchange["name"]!, (string)exchange["type"]!, (bool)exchange["durable"]!, (bool)exchange["autoDelete"]!);
            await using var other = await connection.CreateChannelAsync();
            await Assert.ThrowsAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(() => other.ExchangeDeclareAsync(
                (string)exchange["name"]!, (string)exchange["type"]!, durable: false, autoDelete: true));
        }

        var queue = channels["queue"]!["bindings"]!["amqp"]!["queue"]!;
        var arguments = channels["queue"]!["x-queue-arguments"]!.AsObject().ToDictionary(
            argument => argument.Key, argument => argument.Value!.GetValueKind() is JsonValueKind.String
                ? (object?)(string)argument.Value! : (bool)argument.Value!);
        var name = TestInventory.Unique("queue");
        await channel.QueueDeclareAsync(
            name, (bool)queue["durable"]!, (bool)queue["exclusive"]!, (bool)queue["autoDelete"]!, arguments);
        await channel.QueueDeleteAsync(name);
    }

    [Fact]
    public async Task A_queue_bound_to_both_exchanges_receives_a_change_once_from_the_topic_exchange()
    {
        await using var connection = await new ConnectionFactory { Uri = (await Servers.Get()).RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var server = await TestInventory.Create(service);
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, ChangeAnnouncement.Exchange, "virtual_server.#");
        await channel.QueueBindAsync(
            queue, ChangeAnnouncement.HeadersExchange, "", new Dictionary<string, object?> { ["placement"] = server.Device.Id });
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = server.Id });

        var received = new List<string>();
        await Eventually.IsSo("both changes", async () =>
        {
            while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
            {
                if (!Encoding.UTF8.GetString(message.Body.Span).Contains(server.Id, StringComparison.Ordinal)) continue;
                if (message.RoutingKey is "virtual_server.disabled" or "virtual_server.enabled")
                    received.Add($"{message.Exchange} {message.RoutingKey}");
            }

            return received.Count >= 2;
        });
        Assert.Equal(
            [$"{ChangeAnnouncement.Exchange} virtual_server.disabled", $"{ChangeAnnouncement.Exchange} virtual_server.enabled"], received);
    }

    private async Task<string> Register(InventoryObject known) => (await service.Upsert(known)).Id;

    private async Task Update(string id, V1.VirtualServer wanted, string path) => await service.VirtualServers.UpdateVirtualServerAsync(
        new() { Id = id, VirtualServer = wanted, UpdateMask = new() { Paths = { path } } });

    /// <summary>An exclusive queue bound by headers.</summary>
    private sealed class BoundQueue(IConnection connection, IChannel channel, string queue) : IAsyncDisposable
    {
        private readonly List<Change> received = [];

        public static async Task<BoundQueue> ByHeaders(params Dictionary<string, object?>[] bindings)
        {
            var connection = await new ConnectionFactory { Uri = (await Servers.Get()).RabbitMq }.CreateConnectionAsync();
            var channel = await connection.CreateChannelAsync();
            var queue = (await channel.QueueDeclareAsync()).QueueName;
            foreach (var binding in bindings) await channel.QueueBindAsync(queue, ChangeAnnouncement.HeadersExchange, "", binding);
            return new(connection, channel, queue);
        }

        // All that have come, once there are this many.
        public async Task<IReadOnlyList<Change>> Receive(int count)
        {
            await Eventually.IsSo($"{count} messages", async () =>
            {
                while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
                    received.Add(Google.Protobuf.JsonParser.Default.Parse<Change>(Encoding.UTF8.GetString(message.Body.Span)));
                return received.Count >= count;
            });
            return received;
        }

        public async ValueTask DisposeAsync()
        {
            await channel.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
