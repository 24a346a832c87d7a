using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// What every program that follows changes must do, in any language. The program gets a broker, which can be cut off, a queue and a
/// database of its own.
/// </summary>
internal sealed class FollowedRegistry : IAsyncDisposable
{
    private readonly string queue = $"test-{Guid.NewGuid():N}";
    private readonly Func<Uri, string, string, Follower> program;
    private readonly string database;
    private readonly TcpProxy proxy;
    private readonly Uri broker;
    private readonly IConnection connection;
    private readonly IChannel channel;

    private FollowedRegistry(
        Func<Uri, string, string, Follower> program, string database, TcpProxy proxy, Uri broker, IConnection connection,
        IChannel channel) =>
        (this.program, this.database, this.proxy, this.broker, this.connection, this.channel) =
        (program, database, proxy, broker, connection, channel);

    /// <param name="program">Starts the program with a broker, a queue and a database.</param>
    public static async Task<FollowedRegistry> By(Func<Uri, string, string, Follower> program)
    {
        var servers = await Servers.Get();
        var proxy = servers.RabbitMqProxy();
        var connection = await new ConnectionFactory { Uri = servers.RabbitMq }.CreateConnectionAsync();
        return new(
            program, await servers.EmptyDatabase(), proxy, Servers.Through(proxy, servers.RabbitMq), connection,
            await connection.CreateChannelAsync());
    }

    /// <summary>Each change is processed once and in order, over cuts, restarts and repetitions.</summary>
    /// <param name="lost">What the program says when it has lost the connection; null if it says nothing.</param>
    public async Task ProcessesEachChangeOnce(RunningService service, string? lost = "reconnecting after")
    {
        await using var foreign = await ForeignConsumer.Start("virtual_server.#");
        string id;
        await using (var first = Start())
        {
            await Consumers(1, first);
            id = (await TestInventory.Create(service)).Id;
            await first.Said("virtual_server.created", id, 1);

            proxy.Cut();
            await service.VirtualServers.DisableVirtualServerAsync(new() { Id = id });
            if (lost is not null) await first.Said(lost);
            proxy.Restore();
            await first.Said("virtual_server.disabled", id, 2);

            // As after an outage of the broker.
            await Repeat(await foreign.Receive(2, id));
            await service.VirtualServers.EnableVirtualServerAsync(new() { Id = id });
            await first.Said("virtual_server.enabled", id, 3);
            Assert.Equal(3, first.Lines(id).Count);

            // News of a condition have the version of a change that was processed.
            await service.VirtualServers.UpdateVirtualServerAsync(new()
            {
                Id = id, VirtualServer = new() { SslOffload = true }, UpdateMask = new() { Paths = { "ssl_offload" } },
            });
            await first.Said("virtual_server.condition_raised", id, 4);

            // It says a change before it commits it, and a later one after that.
            await first.Said("virtual_server.created", (await TestInventory.Create(service)).Id, 1);
        }

        // Changes while no consumer runs wait in the queue. The next one knows what has been processed.
        await Consumers(0);
        await Repeat(await foreign.Receive(4, id));
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = id });
        await using var second = Start();
        await second.Said("virtual_server.deleted", id, 5);
        Assert.Empty(second.Lines(id).Except(second.Lines(" version 5 ")));
    }

    /// <summary>A restored registry is noticed, and its changes are not dropped for their old sequences.</summary>
    public async Task NoticesARestoredRegistry()
    {
        var servers = await Servers.Get();
        await using var foreign = await ForeignConsumer.Start("virtual_server.#");
        string original, id;
        await using var follower = Start();
        await using (var service = await TestService.Start())
        {
            original = service.Database;
            await TestInventory.Register(service);
            await Consumers(1, follower);
            id = (await TestInventory.Create(service)).Id;
            await follower.Said("virtual_server.created", id, 1);
            await Eventually.IsSo("a checkpoint", async () => await service.Scalar<long>(
                "select coalesce(max(last_seq_id), 0) from registry.mt_event_progression") > 0);
        }

        NpgsqlConnection.ClearAllPools();
        var copy = await servers.Copy(original);
        await using (var service = await TestService.Start(original))
        {
            await service.VirtualServers.DisableVirtualServerAsync(new() { Id = id });
            await service.VirtualServers.EnableVirtualServerAsync(new() { Id = id });
            await follower.Said("virtual_server.enabled", id, 3);
        }

        await using var restored = await TestService.Start(copy);
        await restored.VirtualServers.DeleteVirtualServerAsync(new() { Id = id });
        await follower.Said("virtual_server.deleted", id, 2);
        var epoch = await restored.Scalar<Guid>("select id from registry.epoch order by number desc limit 1");
        Assert.Single(follower.Lines($"begins epoch {epoch}"));

        // What the lost registry has announced comes again, late.
        var told = follower.Lines(id).Count;
        await Repeat(await foreign.Receive(4, id));
        await follower.Said("virtual_server.created", (await TestInventory.Create(restored)).Id, 1);
        Assert.Equal(told, follower.Lines(id).Count);
        Assert.Single(follower.Lines($"begins epoch {epoch}"));
    }

    /// <summary>Of two consumers on one queue, one receives everything until it ends.</summary>
    public async Task HasOneActiveConsumer(RunningService service)
    {
        await using var first = Start();
        await Consumers(1, first);
        var received = new ConcurrentQueue<string>();
        var standby = new AsyncEventingBasicConsumer(channel);
        standby.ReceivedAsync += (_, message) =>
        {
            received.Enqueue(Encoding.UTF8.GetString(message.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, standby);

        for (var i = 0; i < 4; i++) await first.Said("virtual_server.created", (await TestInventory.Create(service)).Id, 1);
        Assert.Empty(received);

        await first.Kill();
        var id = (await TestInventory.Create(service)).Id;
        await Eventually.Get(
            "a change after the end of the first",
            () => received,
            changes => changes.Any(change => change.Contains(id, StringComparison.Ordinal)));
    }

    public async ValueTask DisposeAsync()
    {
        await channel.QueueDeleteAsync(queue);
        await channel.ExchangeDeleteAsync(queue); // MassTransit has one for each queue
        await channel.DisposeAsync();
        await connection.DisposeAsync();
        await proxy.DisposeAsync();
    }

    private Follower Start() => program(broker, queue, database);

    // The same messages once more, to this queue alone.
    private async Task Repeat(IEnumerable<Announcement> announcements)
    {
        var json = new BasicProperties { ContentType = "application/json" };
        foreach (var announced in announcements)
            await channel.BasicPublishAsync("", queue, mandatory: true, json, Encoding.UTF8.GetBytes(announced.Body));
    }

    // Until then, the queue is not bound, and changes pass it by.
    private async Task Consumers(uint count, Follower? follower = null) => await Eventually.Get(
        $"{count} consumers on the queue",
        async () =>
        {
            // The broker closes a channel that asks for a queue that does not exist, so each look has its own.
            await using var look = await connection.CreateChannelAsync();
            try
            {
                return (await look.QueueDeclarePassiveAsync(queue)).ConsumerCount;
            }
            catch (OperationInterruptedException)
            {
                return uint.MaxValue;
            }
        },
        seen => seen == count,
        seen => $"{seen}; {follower?.Output}");
}
