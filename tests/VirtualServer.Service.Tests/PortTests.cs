using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>domain.md, section 1: unset and 0 are different ports, and no other number means unset.</summary>
public sealed class PortTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    // The service stores an unset port as -1, to keep the listener unique.
    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    [InlineData(int.MinValue)]
    public async Task Case_8_a_port_out_of_range_is_refused_for_its_range_only_and_finds_no_listener(int port)
    {
        var draft = await TestInventory.Draft(service);
        draft.ClearPort();
        var holder = await service.Create(draft);
        var same = new V1.VirtualServer(draft) { Name = TestInventory.Unique("web"), Port = port };

        OutOfRange(await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = same })));
        var other = await service.Create(new(same) { Port = 1 });
        OutOfRange(await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(other.Id, new() { Port = port }))));
        await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(other.Id, new(), "port")),
            StatusCode.AlreadyExists,
            "LISTENER_TAKEN");
        Assert.False((await service.Get(holder.Id)).HasPort);

        void OutOfRange(Refusal refusal)
        {
            Assert.Equal((StatusCode.InvalidArgument, "FIELD_INVALID"), (refusal.Code, refusal.Info.Reason));
            Assert.Equal([("virtual_server.port", "FIELD_INVALID")], refusal.Fields.Zip(refusal.Reasons));
            Assert.Null(refusal.Clash);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public async Task The_endpoint_of_a_member_has_a_port_in_range(int port)
    {
        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(
            new() { LoadBalancerPool = await TestInventory.Pool(service) })).LoadBalancerPool;
        var endpoint = new PoolMemberEndpoint { IpAddress = pool.Members[0].IpAddress, Port = port };
        foreach (var call in new[]
        {
            Refusal.Of(service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, Endpoint = endpoint })),
            Refusal.Of(service.Pools.UpdatePoolMemberAsync(new() { Id = pool.Id, Endpoint = endpoint, Member = new() { Label = "x" } })),
        })
        {
            var refusal = await call;
            Assert.Equal((StatusCode.InvalidArgument, "endpoint.port"), (refusal.Code, Assert.Single(refusal.Fields)));
        }
    }
}
