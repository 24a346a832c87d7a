using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Service.Store;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Concurrent commands share a transaction; a rejected command or a lost race does not fail the others.</summary>
public sealed class GroupCommitTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    // The number of transactions that the service has open at once.
    private const int Writers = 2;

    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Commands_that_wait_for_the_database_share_the_next_transaction_each_with_its_own_provenance()
    {
        var drafts = await Drafts(20);
        var created = await WhileBlocked<CreateVirtualServerResponse>(
            () => [.. drafts.Select((draft, i) => service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = draft, Reason = $"reason {i}" },
                new Metadata { { "x-actor", $"actor {i}" }, { "x-correlation-id", $"correlation {i}" } }).ResponseAsync)]);

        var servers = (await Task.WhenAll(created)).Select(answer => answer.VirtualServer).ToList();
        Assert.Equal(1, await Transactions(servers));
        foreach (var (server, i) in servers.Select((server, i) => (server, i)))
        {
            var happened = Assert.Single(await service.History(server.Id));
            Assert.Equal(($"actor {i}", $"correlation {i}", $"reason {i}"), (happened.Actor, happened.CorrelationId, happened.Reason));
            Assert.Equal(server, await service.Get(server.Id));
        }
    }

    [Fact]
    public async Task A_command_that_loses_a_race_within_its_transaction_fails_alone()
    {
        var drafts = await Drafts(20);
        drafts[7].Name = drafts[3].Name;
        (drafts[15].Vip, drafts[15].Port, drafts[15].Protocol) = (drafts[11].Vip, drafts[11].Port, drafts[11].Protocol);

        var calls = await WhileBlocked<CreateVirtualServerResponse>(() =>
            [.. drafts.Select(draft => service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }).ResponseAsync)]);
        await Task.WhenAll(calls.Select(call => call.ContinueWith(_ => { })));

        foreach (var (one, other, reason) in new[] { (3, 7, "NAME_TAKEN"), (11, 15, "LISTENER_TAKEN") })
        {
            Assert.True(calls[one].IsCompletedSuccessfully ^ calls[other].IsCompletedSuccessfully);
            var lost = await Assert.ThrowsAsync<RpcException>(() => calls[one].IsCompletedSuccessfully ? calls[other] : calls[one]);
            Assert.Equal(
                (StatusCode.AlreadyExists, reason),
                (lost.StatusCode, lost.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason));
        }

        Assert.All(Enumerable.Range(0, 20).Except([3, 7, 11, 15]), i =>
            Assert.True(calls[i].IsCompletedSuccessfully, $"{i}: {calls[i].Exception}"));
    }

    [Fact]
    public async Task A_reference_deleted_in_the_same_transaction_is_never_left_dangling()
    {
        var (drafts, pool) = (await Drafts(6), await service.Add(Domain.Kind.LoadBalancerPool, "pool"));
        drafts[2].LoadBalancerPool = pool;

        Task<LoadBalancerPool>? deletion = null;
        var calls = await WhileBlocked(() =>
        {
            List<Task<CreateVirtualServerResponse>> creates =
            [
                .. drafts.Select(draft => service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }).ResponseAsync),
            ];
            deletion = Delete(pool);
            return creates;
        }, more: 1);
        await Task.WhenAll([.. calls.Select(call => call.ContinueWith(_ => { })), deletion!.ContinueWith(_ => { })]);

        Assert.True(calls[2].IsCompletedSuccessfully ^ deletion.IsCompletedSuccessfully);
        var lost = await Assert.ThrowsAsync<RpcException>(() => calls[2].IsCompletedSuccessfully ? deletion : calls[2]);
        Assert.Equal(StatusCode.FailedPrecondition, lost.StatusCode);
        Assert.All(Enumerable.Range(0, 6).Except([2]), i => Assert.True(calls[i].IsCompletedSuccessfully, $"{i}: {calls[i].Exception}"));
    }

    [Fact]
    public async Task Commands_for_one_object_are_applied_in_order_and_none_is_lost()
    {
        var server = await TestInventory.Create(service);

        await Task.WhenAll(Enumerable.Range(1, 100).Select(port => service.Update(server.Id, new() { Port = port })));

        var history = await service.History(server.Id);
        Assert.Equal(Enumerable.Range(1, 101), history.Select(happened => (int)happened.Version));
        // Each began where the one before it ended.
        var ports = history.Skip(1).Select(happened => happened.Data.GetProperty("listener")).Select(change => (
            Was: change.GetProperty("was").GetProperty("port").GetInt32(),
            Is: change.GetProperty("is").GetProperty("port").GetInt32())).ToList();
        Assert.Equal(ports.Skip(1).Select(change => change.Was), ports.SkipLast(1).Select(change => change.Is));
        Assert.Equal(Enumerable.Range(1, 100), ports.Select(change => change.Is).Order());
    }

    // Sends commands while a lock on the directory blocks every writer. Reads go on, so all commands are decided and wait to be stored
    // together.
    private async Task<IReadOnlyList<Task<T>>> WhileBlocked<T>(Func<IReadOnlyList<Task<T>>> send, int more = 0)
    {
        var (held, commits) = (await Drafts(Writers), service.Services.GetRequiredService<Commits>());
        await using var hold = await HeldLock.Take(service, "lock table registry.directory in exclusive mode");
        var stopped = held.Select(draft => service.Create(draft)).ToList();
        await hold.Blocks(waiting => waiting == Writers);
        var sent = send();
        await Eventually.Get("commands that are decided", () => Task.FromResult(commits.Waiting), waiting => waiting == sent.Count + more);
        await hold.Release();
        await Task.WhenAll(stopped);
        return sent;
    }

    private async Task<IReadOnlyList<V1.VirtualServer>> Drafts(int count)
    {
        var drafts = new List<V1.VirtualServer>();
        for (var i = 0; i < count; i++) drafts.Add(await TestInventory.Draft(service));
        return drafts;
    }

    private async Task<LoadBalancerPool> Delete(Reference pool) =>
        (await service.Pools.DeleteLoadBalancerPoolAsync(new() { Id = pool.Id })).LoadBalancerPool;

    // How many transactions stored them.
    private Task<long> Transactions(IEnumerable<V1.VirtualServer> servers)
    {
        var ids = string.Join(", ", servers.Select(server => $"'{server.Id}'"));
        return service.Scalar<long>($"select count(distinct xmin::text) from registry.virtual_servers where id in ({ids})");
    }
}
