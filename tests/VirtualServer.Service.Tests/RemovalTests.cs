using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>A referenced inventory object cannot be removed, and a removed object can be registered again.</summary>
public sealed class RemovalTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_removed_object_is_not_found_and_keeps_its_history()
    {
        var known = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        var removed = (await service.Inventory.RemoveInventoryObjectAsync(
            new() { Name = new() { Kind = Kind.Device, Name = known.Device.Name } })).InventoryObject;

        Assert.Equal(
            new(known) { Version = 2, Etag = removed.Etag, UpdateTime = removed.UpdateTime, DeleteTime = removed.UpdateTime },
            removed);
        await Refusal.Of(service.Inventory.GetInventoryObjectAsync(new() { Id = known.Id }), StatusCode.NotFound, "NOT_FOUND");
        await Refusal.Of(
            service.Inventory.GetInventoryObjectAsync(new() { Name = new() { Kind = Kind.Device, Name = known.Device.Name } }),
            StatusCode.NotFound,
            "NOT_FOUND");
        Assert.Equal(["inventory_object.registered", "inventory_object.removed"], await service.EventTypes(known.Id));
        Assert.Equal("inventory_object.removed", (await service.History(known.Id))[1].Type);
    }

    [Fact]
    public async Task Removing_again_is_not_found_and_with_allow_missing_succeeds_with_an_empty_answer()
    {
        var known = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        await service.Remove(known.Id);
        var virtualServer = await TestInventory.Create(service);
        var before = await service.Everything();

        foreach (var target in new RemoveInventoryObjectRequest[]
        {
            new() { Id = known.Id },
            new() { Name = new() { Kind = Kind.Device, Name = known.Device.Name } },
            new() { Id = Guid.CreateVersion7().ToString() },
            new() { Id = virtualServer.Id },
        })
        {
            await Refusal.Of(service.Inventory.RemoveInventoryObjectAsync(target), StatusCode.NotFound, "NOT_FOUND");
            Assert.Null((await service.Inventory.RemoveInventoryObjectAsync(new(target) { AllowMissing = true })).InventoryObject);
        }

        Assert.Equal(before, await service.Everything());
    }

    public static TheoryData<string> References =>
        ["vip", "source_nat_pool", "device", "device_redundancy_group", "virtual_chassis", "cloud_service", "tenant"];

    [Theory, MemberData(nameof(References))]
    public async Task Case_22_a_referenced_object_cannot_be_removed_until_the_reference_is_cleared(string reference)
    {
        var draft = await TestInventory.Draft(service);
        var target = await service.Upsert(reference switch
        {
            "vip" => new() { IpAddress = new() { Address = TestInventory.UniqueAddress() } },
            "source_nat_pool" => new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } },
            "device" => new() { Device = new() { Name = TestInventory.Unique("thing") } },
            "device_redundancy_group" => new() { DeviceRedundancyGroup = new() { Name = TestInventory.Unique("thing") } },
            "virtual_chassis" => new() { VirtualChassis = new() { Name = TestInventory.Unique("thing") } },
            "cloud_service" => new() { CloudService = new() { Name = TestInventory.Unique("thing") } },
            _ => new() { Tenant = new() { Name = TestInventory.Unique("thing") } },
        });
        V1.VirtualServer.Descriptor.FindFieldByName(reference).Accessor.SetValue(draft, new Reference { Id = target.Id });
        var user = await service.Create(draft);
        var before = await service.Everything();

        foreach (var allowMissing in new[] { false, true })
        {
            var refusal = await Refusal.Of(
                service.Inventory.RemoveInventoryObjectAsync(new() { Id = target.Id, AllowMissing = allowMissing }),
                StatusCode.FailedPrecondition,
                "IN_USE");
            Assert.Equal([("IN_USE", user.Id)], refusal.Preconditions);
            Assert.Equal(
                ("virtual server", user.Id, user.Name),
                (refusal.Clash!.ResourceType, refusal.Clash.ResourceName, refusal.Clash.Description));
            Assert.Contains($"\"{user.Name}\" ({user.Id}) as {reference}", refusal.Message, StringComparison.Ordinal);
            var (kind, name) = (reference == "vip" ? "IP address" : reference == "source_nat_pool" ? "prefix" : reference.Replace('_', ' '),
                ((Reference)V1.VirtualServer.Descriptor.FindFieldByName(reference).Accessor.GetValue(user)).Name);
            Assert.StartsWith($"{kind} \"{name}\" ({target.Id}) is in use by 1 reference:", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, await service.Everything());

        var other = await TestInventory.Draft(service);
        await (reference switch
        {
            "source_nat_pool" or "tenant" => service.Update(user.Id, new(), reference),
            "vip" => service.Update(user.Id, new() { Vip = other.Vip }),
            _ => service.Update(user.Id, new() { Device = new() { Name = "lb-2" } }),
        });
        Assert.NotNull((await service.Remove(target.Id)).DeleteTime);
    }

    [Fact]
    public async Task Case_22_users_are_counted_the_first_are_named_and_deleted_users_do_not_count()
    {
        var tenant = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        var users = new List<V1.VirtualServer>();
        for (var i = 0; i < 13; i++)
        {
            users.Add(await service.Create(
                new(await TestInventory.Draft(service, $"{tenant.Tenant.Name}-user-{i:D2}")) { Tenant = new() { Id = tenant.Id } }));
        }

        var refusal = await Refusal.Of(
            service.Inventory.RemoveInventoryObjectAsync(new() { Id = tenant.Id }),
            StatusCode.FailedPrecondition,
            "IN_USE");
        Assert.Contains("in use by 13 references:", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("and 10 more", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(10, refusal.Preconditions.Distinct().Count());
        Assert.Subset(users.Select(user => ("IN_USE", user.Id)).ToHashSet(), refusal.Preconditions.ToHashSet());
        Assert.Contains(refusal.Clash!.ResourceName, users.Select(user => user.Id));

        for (var left = users.Count; left > 0; left--)
        {
            refusal = await Refusal.Of(
                service.Inventory.RemoveInventoryObjectAsync(new() { Id = tenant.Id }),
                StatusCode.FailedPrecondition,
                "IN_USE");
            Assert.Contains($"in use by {left} reference", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(Math.Min(left, 10), refusal.Preconditions.Length);
            await service.Delete(users[left - 1].Id);
        }

        await service.Remove(tenant.Id);
    }

    [Fact]
    public async Task Case_22_a_disabled_user_counts()
    {
        var user = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = user.Id });
        await Refusal.Of(service.Inventory.RemoveInventoryObjectAsync(new() { Id = user.Vip.Id }), StatusCode.FailedPrecondition, "IN_USE");
    }

    [Fact]
    public async Task An_upsert_with_the_id_restores_a_removed_object()
    {
        var known = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        await service.Remove(known.Id);

        var back = await service.Upsert(new() { Id = known.Id, Device = known.Device });
        Assert.Equal(new(known) { Version = 3, Etag = back.Etag, UpdateTime = back.UpdateTime }, back);
        Assert.Equal(
            back,
            (await service.Inventory.GetInventoryObjectAsync(
                new() { Name = new() { Kind = Kind.Device, Name = known.Device.Name } })).InventoryObject);
        Assert.Equal(
            ["inventory_object.registered", "inventory_object.removed", "inventory_object.registered"],
            await service.EventTypes(known.Id));

        // And it can be referred to again.
        Assert.Equal(
            known.Id,
            (await service.Create(new(await TestInventory.Draft(service)) { Device = new() { Name = known.Device.Name } })).Device.Id);
    }

    [Fact]
    public async Task A_removed_name_registered_without_an_id_is_a_new_object_that_holds_the_name()
    {
        var known = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        await service.Remove(known.Id);

        var successor = await service.Upsert(new() { Device = known.Device });
        Assert.NotEqual(known.Id, successor.Id);
        Assert.Equal(1, successor.Version);
        var refusal = await Refusal.Of(
            service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = new() { Id = known.Id, Device = known.Device } }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
        Assert.Equal(successor.Id, refusal.Clash!.ResourceName);

        var back = await service.Upsert(new() { Id = known.Id, Device = new() { Name = TestInventory.Unique("back") } });
        Assert.Equal((known.Id, 3), (back.Id, back.Version));
    }

    [Fact]
    public async Task A_removed_object_cannot_be_referenced()
    {
        var known = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        await service.Remove(known.Id);
        foreach (var reference in new Reference[] { new() { Id = known.Id }, new() { Name = known.Device.Name } })
        {
            var refusal = await Refusal.Of(
                service.VirtualServers.CreateVirtualServerAsync(
                    new() { VirtualServer = new(await TestInventory.Draft(service)) { Device = reference } }),
                StatusCode.FailedPrecondition,
                "REFERENCE_NOT_FOUND");
            Assert.Equal(["virtual_server.device"], refusal.Fields);
        }
    }
}
