using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// domain.md, section 1: Undelete brings an object back. By name it means the live object that has it, whatever deleted ones had it before.
/// </summary>
public sealed class UndeleteTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Kinds => [.. Owned.All.Select(kind => kind.Name)];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Among_several_deleted_objects_of_a_name_the_live_one_is_answered_unchanged(string kindName)
    {
        var (kind, name, deleted) = await Deleted(kindName, 4);
        var live = await Create(kind, name);
        var before = await service.Everything();
        Assert.Equal(live, (await service.Send(kind.Undelete("name", name))).Carried<IMessage>());
        Assert.Equal(before, await service.Everything());
        var taken = await Refusal.Of(service.Send(kind.Undelete("id", deleted[0])), StatusCode.AlreadyExists, "NAME_TAKEN");
        Assert.Equal(live.Text("id"), taken.Clash!.ResourceName);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_name_of_several_deleted_objects_is_ambiguous_and_the_newest_are_listed_first(string kindName)
    {
        var (kind, name, deleted) = await Deleted(kindName, 7);

        var refusal = await Refusal.Of(
            service.Send(kind.Undelete("name", name)), StatusCode.FailedPrecondition, "REFERENCE_AMBIGUOUS");

        Assert.Equal(["name"], refusal.Fields);
        Assert.Contains($"\"{name}\" matches 7 deleted objects: give the id, newest first: ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(", and 2 more", refusal.Message, StringComparison.Ordinal);
        var places = Enumerable.Reverse(deleted).Take(5).Select(id => refusal.Message.IndexOf(id, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);

        var back = (await service.Send(kind.Undelete("id", deleted[2]))).Carried<IMessage>()!;
        Assert.Equal(deleted[2], back.Text("id"));
        Assert.Equal(back, (await service.Send(kind.Undelete("name", name))).Carried<IMessage>());
    }

    [Fact]
    public async Task An_ambiguous_address_is_refused_with_the_number_of_its_namespaces()
    {
        var address = TestInventory.UniqueAddress();
        for (var i = 0; i < 6; i++) await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = $"space-{i}" } });

        var refusal = await Refusal.Of(
            service.Inventory.RemoveInventoryObjectAsync(new() { Name = new() { Kind = Kind.IpAddress, Name = address } }),
            StatusCode.FailedPrecondition,
            "REFERENCE_AMBIGUOUS");

        Assert.Contains("matches 6 objects: give the namespace or the id: \"space-0\" (", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(", and 1 more", refusal.Message, StringComparison.Ordinal);
    }

    // Objects that had a name one after the other, in the order of their deletion.
    private async Task<(Owned Kind, string Name, List<string> Ids)> Deleted(string kindName, int count)
    {
        var (kind, name, ids) = (Owned.All.Single(one => one.Name == kindName), TestInventory.Unique("again"), new List<string>());
        for (var i = 0; i < count; i++)
        {
            ids.Add((await Create(kind, name)).Text("id"));
            await service.Send(kind.Delete("name", name));
        }

        return (kind, name, ids);
    }

    private async Task<IMessage> Create(Owned kind, string name) =>
        (await service.Send(kind.Create((await kind.Draft(service)).With("name", name)))).Carried<IMessage>()!;
}
