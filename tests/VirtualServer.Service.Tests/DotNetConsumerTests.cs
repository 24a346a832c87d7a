using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using VirtualServers.Contracts;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>A consumer in .NET, with MassTransit and the package of contracts, set up as the README shows it.</summary>
public sealed class DotNetConsumerTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_MassTransit_consumer_receives_changes_as_messages_of_the_contracts()
    {
        var (broker, queue) = ((await Servers.Get()).RabbitMq, $"test-{Guid.NewGuid():N}");
        var seen = new ConcurrentQueue<ConsumeContext<ChangeAnnouncement>>();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(seen);
        // Otherwise it starts in the background, and messages published before its queue is bound are lost.
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<ChangeConsumer>();
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(broker);
                rabbit.ReceiveEndpoint(queue, endpoint =>
                {
                    endpoint.UseRawJsonDeserializer(); // the body is the change itself, without MassTransit's envelope
                    endpoint.ConfigureConsumeTopology = false; // and comes from this exchange, not from one named like the type
                    endpoint.Bind(ChangeAnnouncement.Exchange, exchange =>
                        (exchange.ExchangeType, exchange.RoutingKey) = ("topic", "virtual_server.#"));
                    endpoint.ConcurrentMessageLimit = 1; // one after another, in order
                    endpoint.ConfigureConsumer<ChangeConsumer>(context);
                });
            });
        });
        using var host = builder.Build();
        await host.StartAsync();

        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id, Reason = "maintenance" });
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });

        var announced = await Eventually.Get(
            "three changes",
            () => seen.Where(message => message.Message.Change.Id == server.Id).ToList(),
            found => found.Count >= 3,
            found => $"{found.Count}");
        await host.StopAsync();
        await DeleteQueue(broker, queue);
        var changes = announced.Select(message => message.Message.Change).ToList();
        Assert.Equal(
            ["virtual_server.created", "virtual_server.disabled", "virtual_server.deleted"],
            changes.Select(change => change.Type));
        Assert.Equal(
            (await service.Committed(server.Id)).Select(stored => stored.EventId),
            announced.Select(message => $"{message.MessageId}"));
        Assert.Equal((server, "maintenance"), (changes[0].After.VirtualServer, changes[1].Reason));
    }

    // The queue of a consumer is durable, and MassTransit declares an exchange for each.
    private static async Task DeleteQueue(Uri broker, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(queue);
        await channel.ExchangeDeleteAsync(queue);
    }

    private sealed class ChangeConsumer(ConcurrentQueue<ConsumeContext<ChangeAnnouncement>> seen) : IConsumer<ChangeAnnouncement>
    {
        public Task Consume(ConsumeContext<ChangeAnnouncement> context)
        {
            seen.Enqueue(context);
            return Task.CompletedTask;
        }
    }
}
