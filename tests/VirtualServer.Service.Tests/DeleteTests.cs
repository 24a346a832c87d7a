using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>DeleteVirtualServer and UndeleteVirtualServer, which keep the history.</summary>
public sealed class DeleteTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Case_21_get_and_list_omit_a_deleted_virtual_server_and_its_history_stays()
    {
        var known = await TestInventory.Create(service);
        var deleted = (await service.VirtualServers.DeleteVirtualServerAsync(new() { Name = known.Name })).VirtualServer;

        Assert.Equal(
            new(known) { Version = 2, Etag = deleted.Etag, UpdateTime = deleted.UpdateTime, DeleteTime = deleted.UpdateTime },
            deleted);
        Assert.NotEqual(known.Etag, deleted.Etag);
        await Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Id = known.Id }), StatusCode.NotFound, "NOT_FOUND");
        Assert.DoesNotContain(await All(false), listed => listed.Id == known.Id);
        Assert.Equal(deleted, Assert.Single(await All(true), listed => listed.Id == known.Id));
        Assert.Equal(["virtual_server.created", "virtual_server.deleted"], await service.EventTypes(known.Id));
    }

    [Fact]
    public async Task Case_21_delete_again_is_not_found_and_with_allow_missing_succeeds_with_an_empty_answer()
    {
        var known = await TestInventory.Create(service);
        await service.Delete(known.Id);
        var before = await service.Everything();

        foreach (var target in new DeleteVirtualServerRequest[]
        {
            new() { Id = known.Id },
            new() { Name = known.Name },
            new() { Name = "nobody" },
            new() { Id = Guid.CreateVersion7().ToString() },
            new() { Id = known.Device.Id },
        })
        {
            await Refusal.Of(service.VirtualServers.DeleteVirtualServerAsync(target), StatusCode.NotFound, "NOT_FOUND");
            Assert.Null((await service.VirtualServers.DeleteVirtualServerAsync(new(target) { AllowMissing = true })).VirtualServer);
        }

        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task Allow_missing_deletes_an_existing_virtual_server()
    {
        var known = await TestInventory.Create(service);
        Assert.NotNull(
            (await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = known.Id, AllowMissing = true })).VirtualServer.DeleteTime);
        await Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Id = known.Id }), StatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task A_delete_frees_name_and_listener_and_keeps_the_referenced_objects()
    {
        var address = await service.Upsert(new() { IpAddress = new() { Address = TestInventory.UniqueAddress() } });
        var draft = await TestInventory.Draft(service);
        draft.Vip = new() { Id = address.Id };
        var known = await service.Create(draft);
        await service.Delete(known.Id);

        Assert.Equal(address, (await service.Inventory.GetInventoryObjectAsync(new() { Id = address.Id })).InventoryObject);
        var successor = await service.Create(draft);
        await service.Delete(successor.Id);
        await service.Remove(address.Id);
    }

    [Fact]
    public async Task Undelete_restores_all_fields_and_references()
    {
        var draft = await TestInventory.Draft(service);
        (draft.Enabled, draft.Description, draft.Tenant) = (false, "as it was", new() { Name = "acme" });
        draft.Labels.Add("stage", "test");
        var known = await service.Create(draft);
        await service.Delete(known.Id);

        var undeleted = (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id })).VirtualServer;
        Assert.Equal(new(known) { Version = 3, Etag = undeleted.Etag, UpdateTime = undeleted.UpdateTime }, undeleted);
        Assert.Equal(undeleted, await service.Get(known.Id));
        Assert.Equal(["virtual_server.created", "virtual_server.deleted", "virtual_server.undeleted"], await service.EventTypes(known.Id));

        var refusal = await Refusal.Of(
            service.Inventory.RemoveInventoryObjectAsync(new() { Id = known.Vip.Id }),
            StatusCode.FailedPrecondition,
            "IN_USE");
        Assert.Equal(known.Id, refusal.Clash!.ResourceName);
    }

    [Fact]
    public async Task Undelete_of_a_live_virtual_server_changes_nothing()
    {
        var known = await TestInventory.Create(service);
        Assert.Equal(known, (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id })).VirtualServer);

        await service.Delete(known.Id);
        var undeleted = (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Name = known.Name })).VirtualServer;
        Assert.Equal(known.Id, undeleted.Id);
        Assert.Equal(undeleted, (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id })).VirtualServer);
        Assert.Equal(undeleted, (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Name = known.Name })).VirtualServer);
        Assert.Equal(3, await service.Events(known.Id));
    }

    [Fact]
    public async Task Undelete_by_name_finds_the_deleted_virtual_server_and_requires_the_id_when_several_match()
    {
        var first = await TestInventory.Create(service);
        await service.Delete(first.Id);
        var second = await TestInventory.Create(service, first.Name);

        // A live virtual server takes precedence over a deleted one, so a repeated undelete is idempotent.
        Assert.Equal(second, (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Name = first.Name })).VirtualServer);
        var taken = await Refusal.Of(
            service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = first.Id }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
        Assert.Equal(second.Id, taken.Clash!.ResourceName);

        await service.Delete(second.Id);
        var several = await Refusal.Of(
            service.VirtualServers.UndeleteVirtualServerAsync(new() { Name = first.Name }),
            StatusCode.FailedPrecondition,
            "REFERENCE_AMBIGUOUS");
        Assert.Contains("give the id", several.Message, StringComparison.Ordinal);

        Assert.Equal(first.Id, (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = first.Id })).VirtualServer.Id);
    }

    [Fact]
    public async Task Undelete_is_rejected_when_name_listener_or_references_are_no_longer_available()
    {
        var draft = await TestInventory.Draft(service);
        draft.Tenant = new() { Id = (await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } })).Id };
        draft.CloudService = new()
        {
            Id = (await service.Upsert(new() { CloudService = new() { Name = TestInventory.Unique("cloud") } })).Id,
        };
        var known = await service.Create(draft);
        await service.Delete(known.Id);

        var (name, listener) = (
            await TestInventory.Create(service, known.Name),
            await service.Create(new(draft) { Name = TestInventory.Unique("web"), Device = new() { Name = "lb-2" }, Tenant = null }));
        await service.Remove(known.Tenant.Id);
        await service.Remove(known.CloudService.Id);
        var before = await service.Everything();

        var refusal = await Refusal.Of(
            service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id }),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");
        Assert.Empty(refusal.Fields);
        Assert.Equal(
            new[]
            {
                ("LISTENER_TAKEN", listener.Id), ("NAME_TAKEN", name.Id),
                ("REFERENCE_NOT_FOUND", known.CloudService.Id), ("REFERENCE_NOT_FOUND", known.Tenant.Id),
            }.Order(),
            refusal.Preconditions.Order());
        foreach (var mentioned in new[] { name.Id, listener.Id, known.Tenant.Name, known.CloudService.Name })
            Assert.Contains(mentioned, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await service.Everything());

        await service.Delete(name.Id);
        await service.Delete(listener.Id);
        await service.Upsert(new() { Id = known.Tenant.Id, Tenant = new() { Name = TestInventory.Unique("returned") } });
        var last = await Refusal.Of(
            service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id }),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");
        Assert.Equal([("REFERENCE_NOT_FOUND", known.CloudService.Id)], last.Preconditions);

        await service.Upsert(new() { Id = known.CloudService.Id, CloudService = new() { Name = known.CloudService.Name } });
        var undeleted = (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id })).VirtualServer;
        Assert.StartsWith("returned", undeleted.Tenant.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undelete_of_an_unknown_virtual_server_is_not_found()
    {
        foreach (var target in new UndeleteVirtualServerRequest[]
        {
            new() { Id = Guid.CreateVersion7().ToString() },
            new() { Name = "nobody" },
        })
            await Refusal.Of(service.VirtualServers.UndeleteVirtualServerAsync(target), StatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task Delete_and_undelete_may_be_repeated()
    {
        var known = await TestInventory.Create(service);
        for (var round = 0; round < 3; round++)
        {
            await service.Delete(known.Id);
            await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id });
        }

        var read = await service.Get(known.Id);
        Assert.Equal(new(known) { Version = 7, Etag = read.Etag, UpdateTime = read.UpdateTime }, read);
        Assert.Equal(known.CreateTime, read.CreateTime);
    }

    private async Task<List<V1.VirtualServer>> All(bool deleted) =>
        [.. (await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1000, ShowDeleted = deleted })).VirtualServers];
}
