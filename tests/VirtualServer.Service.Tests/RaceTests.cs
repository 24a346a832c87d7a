using Grpc.Core;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>Uniqueness under concurrent commands: the database decides every race.</summary>
public sealed class RaceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Racers = 50;
    private const string Tombstones = "mt_events where type = 'tombstone'";

    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Case_3_of_fifty_concurrent_creates_of_one_name_exactly_one_wins()
    {
        var name = TestInventory.Unique("raced");
        var drafts = new List<V1.VirtualServer>();
        for (var i = 0; i < Racers; i++) drafts.Add(await TestInventory.Draft(service, name));

        await ExactlyOneWins(drafts, "NAME_TAKEN");
    }

    [Fact]
    public async Task Case_15_of_fifty_concurrent_creates_of_one_listener_exactly_one_wins()
    {
        var first = await TestInventory.Draft(service);
        var drafts = Enumerable.Range(0, Racers).Select(_ => new V1.VirtualServer(first) { Name = TestInventory.Unique("raced") }).ToList();

        await ExactlyOneWins(drafts, "LISTENER_TAKEN");
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task A_race_lost_in_the_store_does_not_delay_later_announcements()
    {
        await using var consumer = await ForeignConsumer.Start("virtual_server.*");
        var draft = await TestInventory.Draft(service);

        // Another transaction takes the name after the facts were gathered, and commits before this create can.
        await using var other = await HeldLock.Take(
            service,
            $"""
            insert into registry.directory (id, kind, scope, name, living)
            values ('{Guid.NewGuid()}', 'virtual_server', '', '{draft.Name}', true)
            """);
        var tombstones = await service.Count(Tombstones);
        var create = service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft });
        await other.Blocks(waiting => waiting == 1);
        await other.Commit();
        await Refusal.Of(create, StatusCode.AlreadyExists, "NAME_TAKEN");
        // In the background, the store keeps a tombstone at the sequence number of the rejected command.
        await Eventually.Get("a tombstone", () => service.Count(Tombstones), count => count > tombstones);

        var later = await TestInventory.Create(service);

        Assert.Equal(later.Id, (await consumer.Receive(1, later.Id))[0].Change.Id);
    }

    [Fact]
    public async Task All_concurrent_updates_of_a_hot_object_succeed()
    {
        var hot = await TestInventory.Create(service);
        const int updaters = 32;
        const int each = 5;

        await Task.WhenAll(Enumerable.Range(0, updaters).Select(async updater =>
        {
            for (var i = 0; i < each; i++)
            {
                await service.VirtualServers.UpdateVirtualServerAsync(new()
                {
                    Id = hot.Id,
                    VirtualServer = new() { Description = $"{updater} was here, {i}" },
                    UpdateMask = new() { Paths = { "description" } },
                });
            }
        }));

        Assert.Equal(1 + (updaters * each), await service.Events(hot.Id));
    }

    private async Task ExactlyOneWins(IReadOnlyList<V1.VirtualServer> drafts, string reason)
    {
        var streams = await service.Scalar<long>("select count(*) from registry.mt_streams where type = 'virtual_server'");
        var outcomes = await Task.WhenAll(drafts.Select(Try));

        var winner = Assert.Single(outcomes, outcome => outcome.Won is not null).Won!;
        Assert.All(outcomes.Where(outcome => outcome.Lost is not null), outcome =>
        {
            var status = outcome.Lost!.GetRpcStatus()!;
            Assert.Equal((StatusCode.AlreadyExists, reason), (outcome.Lost!.StatusCode, status.GetDetail<Google.Rpc.ErrorInfo>().Reason));
            Assert.Equal(winner.Id, status.GetDetail<Google.Rpc.ResourceInfo>().ResourceName);
        });
        Assert.Equal(streams + 1, await service.Scalar<long>("select count(*) from registry.mt_streams where type = 'virtual_server'"));
        Assert.Equal(1, await service.Events(winner.Id));
    }

    private async Task<(V1.VirtualServer? Won, RpcException? Lost)> Try(V1.VirtualServer draft)
    {
        try
        {
            return ((await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer, null);
        }
        catch (RpcException exception)
        {
            return (null, exception);
        }
    }
}
