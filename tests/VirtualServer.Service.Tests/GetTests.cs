using Grpc.Core;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>GetVirtualServer, by id or by name, returns the latest committed state.</summary>
public sealed class GetTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_virtual_server_is_found_by_id_and_by_name()
    {
        var created = await TestInventory.Create(service);
        Assert.Equal(created, await service.Get(created.Id));
        Assert.Equal(created, await service.Get(created.Id.ToUpperInvariant()));
        Assert.Equal(created, (await service.VirtualServers.GetVirtualServerAsync(new() { Name = created.Name })).VirtualServer);
    }

    [Fact]
    public async Task A_caller_reads_its_own_writes_immediately()
    {
        var (created, other) = (await TestInventory.Create(service), await TestService.Start(service.Database));
        await using (other)
        {
            for (var port = 1; port <= 20; port++)
            {
                var written = await (port % 2 == 0 ? service : other).Update(created.Id, new() { Port = port });
                Assert.Equal(written, await service.Get(created.Id));
                Assert.Equal(written, await other.Get(created.Id));
            }
        }
    }

    [Fact]
    public async Task An_unknown_virtual_server_is_not_found()
    {
        var device = await service.Upsert(new() { Device = new() { Name = "not-a-virtual-server" } });
        var created = await TestInventory.Create(service);

        foreach (var id in new[] { Guid.CreateVersion7().ToString(), device.Id })
        {
            var byId = await Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Id = id }), StatusCode.NotFound, "NOT_FOUND");
            Assert.Contains(id, byId.Message, StringComparison.Ordinal);
        }

        foreach (var name in new[] { "nobody", "not-a-virtual-server", created.Name.ToUpperInvariant(), new('n', 300), created.Vip.Name })
        {
            var byName = await Refusal.Of(
                service.VirtualServers.GetVirtualServerAsync(new() { Name = name }),
                StatusCode.NotFound,
                "NOT_FOUND");
            Assert.Contains(name.Length > 64 ? $"{name[..64]}…" : name, byName.Message, StringComparison.Ordinal);
            Assert.Empty(byName.Fields);
        }
    }

    [Fact]
    public async Task Case_21_a_deleted_virtual_server_is_not_found()
    {
        var deleted = await TestInventory.Create(service);
        await service.Delete(deleted.Id);
        await Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Id = deleted.Id }), StatusCode.NotFound, "NOT_FOUND");
        await Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Name = deleted.Name }), StatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task Names_of_references_are_current_at_the_time_of_reading()
    {
        var created = await TestInventory.Create(service);
        var tenant = await service.Upsert(new() { Tenant = new() { Name = "before" } });
        await service.Update(created.Id, new() { Tenant = new() { Id = tenant.Id } });

        await service.Upsert(new() { Id = tenant.Id, Tenant = new() { Name = "after" } });
        var read = await service.Get(created.Id);
        Assert.Equal(("after", 2), (read.Tenant.Name, read.Version));
    }
}
