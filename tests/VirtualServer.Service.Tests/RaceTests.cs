using Grpc.Core;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>What must hold however many commands run at once: the database settles every race.</summary>
public sealed class RaceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Racers = 50;

    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Case_3_of_fifty_racing_creates_of_one_name_exactly_one_wins()
    {
        var name = TestInventory.Unique("raced");
        var drafts = new List<V1.VirtualServer>();
        for (var i = 0; i < Racers; i++) drafts.Add(await TestInventory.Draft(service, name));

        await ExactlyOneWins(drafts, "NAME_TAKEN");
    }

    [Fact]
    public async Task Case_15_of_fifty_racing_creates_of_one_listener_exactly_one_wins()
    {
        var first = await TestInventory.Draft(service);
        var drafts = Enumerable.Range(0, Racers).Select(_ => new V1.VirtualServer(first) { Name = TestInventory.Unique("raced") }).ToList();

        await ExactlyOneWins(drafts, "LISTENER_TAKEN");
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
