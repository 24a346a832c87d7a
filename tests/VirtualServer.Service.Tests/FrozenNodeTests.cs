using Grpc.Core;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>A node that is frozen, or that cannot read changes, while the others go on.</summary>
public sealed class FrozenNodeTests
{
    [Fact]
    [Trait("Category", "Messaging")]
    public async Task When_the_node_that_leads_is_frozen_another_one_announces()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        await using var consumer = await ForeignConsumer.Start();
        await using var leading = await ServiceProcess.Start(database, servers.RabbitMq);
        await Eventually.IsSo("leading", () => Task.FromResult(leading.Output.Contains("This node leads", StringComparison.Ordinal)));
        await using var other = await ServiceProcess.Start(database, servers.RabbitMq);
        await TestInventory.Register(other);
        var frozen = new ServerProcess(leading.Id);
        await frozen.Freeze();
        try
        {
            var server = await TestInventory.Create(other);
            await consumer.Receive(1, server.Id);
        }
        finally
        {
            await frozen.Continue();
        }

        // The node that was frozen goes on where it was, and finds that it leads no more.
        var last = await TestInventory.Create(other);
        await consumer.Receive(1, last.Id);
        var stored = await other.Committed();
        var ids = stored.Select(one => one.ObjectId).ToHashSet();
        var announced = await consumer.Receive(change => ids.Contains(change.Id), stored);
        foreach (var id in ids) Assert.Equal(stored.Where(one => one.ObjectId == id), announced.Where(one => one.ObjectId == id));
    }

    [Fact]
    public async Task A_node_that_cannot_read_changes_does_not_take_the_token_of_another_one_for_that_of_a_restored_database()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        await using var proxy = servers.PostgresProxy();
        await using var ahead = await TestService.Start(database);
        await using var behind = await TestService.Behind(proxy, database: database);
        await TestInventory.Register(ahead);
        await using var keepsReading = await Watching.Open(behind);
        await using var watch = await Watching.Open(ahead);
        proxy.Cut();
        var server = await TestInventory.Create(ahead);
        // The watch may begin a moment before it was asked for, with changes that both nodes know.
        while ((await watch.Changes(1))[0].Change.Id != server.Id)
        {
        }

        using var call = behind.Changes.WatchChanges(new() { Token = watch.Token });
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
    }
}
