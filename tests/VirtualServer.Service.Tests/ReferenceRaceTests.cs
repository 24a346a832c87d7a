using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>A referenced object cannot be removed, and a removed object cannot be referenced, even by concurrent commands.</summary>
public sealed class ReferenceRaceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Rounds = 50;

    private const string Dangling =
        """
        select count(*) from registry.mt_doc_virtual_server v join registry.directory own on own.id = v.id and own.living, lateral (
            values
                (v.data -> 'content' -> 'listener' ->> 'vip'),
                (v.data -> 'content' -> 'placement' ->> 'id'),
                (v.data -> 'content' ->> 'tenant')) as r (id)
        where r.id is not null and not exists (select from registry.directory d where d.id = r.id::uuid and d.living)
        """;

    private readonly TestService service = fixture.Service;

    [Fact]
    public Task Case_22_a_create_and_the_concurrent_removal_of_its_device_leave_nothing_dangling() => Race(
        device => new InventoryObject { Device = new() { Name = device } },
        async (draft, device) => (await service.VirtualServers.CreateVirtualServerAsync(
            new() { VirtualServer = new(draft) { Device = device } })).VirtualServer);

    [Fact]
    public Task Case_22_an_update_and_the_concurrent_removal_of_its_tenant_leave_nothing_dangling() => Race(
        tenant => new InventoryObject { Tenant = new() { Name = tenant } },
        async (draft, tenant) => (await service.VirtualServers.UpdateVirtualServerAsync(
            new() { Name = draft.Name, VirtualServer = new() { Tenant = tenant } })).VirtualServer,
        before: async draft => await service.Create(draft));

    [Fact]
    public Task Case_22_an_undelete_and_the_concurrent_removal_of_its_group_leave_nothing_dangling() => Race(
        group => new InventoryObject { DeviceRedundancyGroup = new() { Name = group } },
        async (draft, _) => (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Name = draft.Name })).VirtualServer,
        before: async draft => await service.Delete((await service.Create(draft)).Id),
        place: (draft, group) => draft.DeviceRedundancyGroup = group);

    // Either the removal is rejected because of the reference, or the reference is rejected because of the removal.
    private async Task Race(
        Func<string, InventoryObject> target, Func<V1.VirtualServer, Reference, Task<V1.VirtualServer>> refer,
        Func<V1.VirtualServer, Task>? before = null, Action<V1.VirtualServer, Reference>? place = null)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var known = await service.Upsert(target(TestInventory.Unique("raced")));
            var (draft, reference) = (await TestInventory.Draft(service), new Reference { Id = known.Id });
            place?.Invoke(draft, reference);
            if (before is not null) await before(draft);

            // Every other round, the other command starts first.
            var (referring, removing) = (Task.FromResult(default((StatusCode, string))), Task.FromResult(default((StatusCode, string))));
            if (round % 2 == 0) referring = Outcome(() => refer(draft, reference));
            removing = Outcome(() => service.Remove(known.Id));
            if (round % 2 == 1) referring = Outcome(() => refer(draft, reference));
            switch (await referring, await removing)
            {
                case ((StatusCode.OK, _), (StatusCode.FailedPrecondition, "IN_USE")): break;
                case ((StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND"), (StatusCode.OK, _)): break;
                case var (a, b): Assert.Fail($"round {round}: referring ended with {a}, removing with {b}"); break;
            }
        }

        Assert.Equal(0, await service.Scalar<long>(Dangling));
        Assert.Equal(0, await service.Scalar<long>(
            """
            select count(*) from registry.uses u
            where u.living and not exists (select from registry.directory d where d.id = u.target and d.living)
            """));
    }

    private static async Task<(StatusCode Code, string Reason)> Outcome(Func<Task> call)
    {
        try
        {
            await call();
            return (StatusCode.OK, "");
        }
        catch (RpcException exception)
        {
            return (exception.StatusCode, exception.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason ?? exception.Status.Detail);
        }
    }
}
