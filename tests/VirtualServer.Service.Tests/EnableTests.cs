using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>EnableVirtualServer and DisableVirtualServer.</summary>
public sealed class EnableTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Case_20_disabling_twice_is_one_event_and_so_is_enabling()
    {
        var known = await TestInventory.Create(service);
        var disabled = (await service.VirtualServers.DisableVirtualServerAsync(new() { Name = known.Name })).VirtualServer;
        Assert.Equal(new(known) { Enabled = false, Version = 2, Etag = disabled.Etag, UpdateTime = disabled.UpdateTime }, disabled);
        Assert.Equal(disabled, (await service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id })).VirtualServer);
        Assert.Equal(disabled, await service.Get(known.Id));

        var enabled = (await service.VirtualServers.EnableVirtualServerAsync(new() { Id = known.Id })).VirtualServer;
        Assert.Equal(new(known) { Version = 3, Etag = enabled.Etag, UpdateTime = enabled.UpdateTime }, enabled);
        Assert.Equal(enabled, (await service.VirtualServers.EnableVirtualServerAsync(new() { Name = known.Name })).VirtualServer);
        Assert.Equal(["virtual_server.created", "virtual_server.disabled", "virtual_server.enabled"], await service.EventTypes(known.Id));
    }

    [Fact]
    public async Task Twenty_concurrent_disables_are_one_event()
    {
        var known = await TestInventory.Create(service);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(async _ => (await service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id })).VirtualServer));
        Assert.Single(answers.Distinct());
        Assert.Equal(2, await service.Events(known.Id));
    }

    [Fact]
    public async Task A_disabled_virtual_server_keeps_name_and_listener()
    {
        var known = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id });
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = new(known) { Id = "" } }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
        Assert.Equal(["NAME_TAKEN", "LISTENER_TAKEN"], refusal.Reasons.Distinct());
    }

    [Fact]
    public async Task A_missing_virtual_server_cannot_be_enabled_or_disabled()
    {
        var deleted = await TestInventory.Create(service);
        await service.Delete(deleted.Id);
        foreach (var (id, name) in new[]
        {
            (deleted.Id, ""),
            ("", deleted.Name),
            (Guid.CreateVersion7().ToString(), ""),
            ("", "nobody"),
            (deleted.Device.Id, ""),
        })
        {
            var enable = id.Length > 0 ? new EnableVirtualServerRequest { Id = id } : new() { Name = name };
            var disable = id.Length > 0 ? new DisableVirtualServerRequest { Id = id } : new() { Name = name };
            await Refusal.Of(service.VirtualServers.EnableVirtualServerAsync(enable), StatusCode.NotFound, "NOT_FOUND");
            await Refusal.Of(service.VirtualServers.DisableVirtualServerAsync(disable), StatusCode.NotFound, "NOT_FOUND");
        }

        Assert.Equal(2, await service.Events(deleted.Id));
    }
}
