using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Batched look-ups.</summary>
public sealed class SharedLookupTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Batched_calls_each_receive_their_own_answer()
    {
        var known = new List<V1.VirtualServer>();
        for (var i = 0; i < 12; i++) known.Add(await TestInventory.Create(service));
        var deleted = known[^1];
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = deleted.Id });
        known.Remove(deleted);
        var draft = await TestInventory.Draft(service);

        // The lock blocks the first look-ups, and all others wait for them.
        await using var hold = await HeldLock.Take(service, "lock table registry.directory in access exclusive mode");
        var gets = known.SelectMany(
            server => new[] { (server, Get(new() { Id = server.Id })), (server, Get(new() { Name = server.Name })) }).ToList();
        var monitor = service.Monitors.GetHealthCheckMonitorAsync(new() { Name = "no such monitor" }).ResponseAsync;
        Task<GetVirtualServerResponse>[] missing =
        [
            Get(new() { Id = deleted.Id }),
            Get(new() { Name = deleted.Name }),
            Get(new() { Id = $"{Guid.NewGuid()}" }),
        ];
        var taken = new V1.VirtualServer(draft) { Name = known[3].Name };
        var refused = service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = taken, ValidateOnly = true }).ResponseAsync;
        var accepted = service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft, ValidateOnly = true }).ResponseAsync;
        await hold.Blocks(waiting => waiting > 0);
        await hold.Release();

        foreach (var (server, got) in gets) Assert.Equal(server, (await got).VirtualServer);
        foreach (var call in missing) Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => monitor)).StatusCode);
        Assert.Contains(known[3].Id, (await Assert.ThrowsAsync<RpcException>(() => refused)).Status.Detail, StringComparison.Ordinal);
        Assert.Equal((draft.Name, draft.Vip.Name), ((await accepted).VirtualServer.Name, (await accepted).VirtualServer.Vip.Name));
    }

    private Task<GetVirtualServerResponse> Get(GetVirtualServerRequest request) =>
        service.VirtualServers.GetVirtualServerAsync(request).ResponseAsync;
}
