using VirtualServers.Service.Tests.Harness;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace VirtualServers.Service.Tests;

/// <summary>
/// RabbitMQ is unreachable for a while: commands are accepted all the time, and their changes are announced when it is back.
/// </summary>
[Trait("Category", "Messaging")]
public sealed class BrokerAwayTests : IAsyncLifetime
{
    private TcpProxy broker = null!;
    private ForeignConsumer consumer = null!;

    public async Task InitializeAsync()
    {
        broker = (await Servers.Get()).RabbitMqProxy();
        consumer = await ForeignConsumer.Start();
    }

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        await consumer.DisposeAsync();
    }

    [Fact]
    public async Task Changes_made_while_the_broker_is_away_are_announced_in_order_when_it_is_back()
    {
        await using var service = await TestService.Behind(rabbitMq: broker);
        await TestInventory.Register(service);
        var server = await TestInventory.Create(service);
        await consumer.Receive(1, server.Id);

        broker.Cut();
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        await service.VirtualServers.UpdateVirtualServerAsync(new() { Id = server.Id, VirtualServer = new() { Port = 8443 } });
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        Assert.Single(consumer.About(server.Id));
        broker.Restore();

        // If the cut preceded the broker's confirmation of the first announcement, that one is repeated under the same id.
        var stored = await service.Committed(server.Id);
        Assert.Equal(stored, await consumer.Receive(change => change.Id == server.Id, stored));
    }

    [Fact]
    public async Task Health_names_the_broker_while_it_is_away_and_the_service_stays_ready()
    {
        await using var service = await TestService.Behind(rabbitMq: broker);
        await service.Reports("rabbitmq", Serving);

        broker.Cut();
        await service.Reports("rabbitmq", NotServing);
        foreach (var name in new[] { "", "readiness", "liveness", "postgresql" })
            Assert.Equal((name, Serving), (name, await service.Status(name)));

        broker.Restore();
        await service.Reports("rabbitmq", Serving);
    }

    [Fact]
    public async Task A_service_that_starts_without_the_broker_accepts_commands_and_announces_them_later()
    {
        broker.Cut();
        await using var service = await TestService.Behind(rabbitMq: broker);
        await TestInventory.Register(service);
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        Assert.Equal((NotServing, Serving), (await service.Status("rabbitmq"), await service.Status("readiness")));
        Assert.Empty(consumer.About(server.Id));

        broker.Restore();

        var announced = await consumer.Receive(2, server.Id);
        Assert.Equal((await service.Committed(server.Id)).Select(stored => stored.EventId), announced.Select(a => a.MessageId));
        await service.Reports("rabbitmq", Serving);
    }

    [Fact]
    public async Task Health_reports_a_change_that_waits_longer_than_a_minute_until_it_is_announced()
    {
        await using var service = await TestService.Behind(rabbitMq: broker);
        await TestInventory.Register(service);
        await consumer.Receive(1, (await TestInventory.Create(service)).Id);
        // Instead of waiting, moves the time of all stored events. The age of announced events does not matter.
        async Task Happened(string then) =>
            await service.Rows(
                $"update registry.mt_events set timestamp = now() + interval '{then}' returning seq_id",
                row => row.GetInt64(0));
        await Happened("-1 hour");
        await service.Reports("announcements", Serving);

        broker.Cut();
        var server = await TestInventory.Create(service);
        await Happened("1 hour");
        Assert.Equal(Serving, await service.Status("announcements"));
        await Happened("-61 seconds");
        await service.Reports("announcements", NotServing);
        Assert.Equal((Serving, Serving), (await service.Status("readiness"), await service.Status("postgresql")));
        Assert.Empty(consumer.About(server.Id));

        broker.Restore();
        await consumer.Receive(1, server.Id);
        await service.Reports("announcements", Serving);
    }
}
