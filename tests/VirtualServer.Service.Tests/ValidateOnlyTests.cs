using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Case 23: with validate_only the same answer or the same errors, and nothing stored (AIP-163).</summary>
public sealed class ValidateOnlyTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Changes => Mutations.All;

    [Theory, MemberData(nameof(Changes))]
    public async Task Case_23_it_answers_as_if_it_were_done_and_stores_nothing(string mutation)
    {
        var prepared = await Mutations.Prepare(service, mutation);
        var before = await service.Everything();
        var trial = await service.Send(prepared.With(request => (request.ValidateOnly, request.RequestId) = (true, $"{Guid.NewGuid()}")).Request);
        Assert.Equal(before, await service.Everything());

        var answer = await service.Send(prepared.Request);
        Assert.NotEqual(before, await service.Everything());
        Assert.Equal(Timeless(answer), Timeless(trial));
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task Case_23_what_would_change_nothing_is_answered_as_it_is(string mutation)
    {
        var prepared = await Mutations.Prepare(service, mutation);
        var done = (await service.Send(prepared.Request)).Carried<IMessage>()!;
        if (prepared.Request is DeleteVirtualServerRequest or DeleteLoadBalancerPoolRequest or RemovePoolMemberRequest or RemoveInventoryObjectRequest) return;

        var before = await service.Everything();
        var trial = await service.Send(prepared.With(request => request.ValidateOnly = true).Request);
        Assert.Equal(done, trial.Carried<IMessage>());
        Assert.Equal(before, await service.Everything());
    }

    public static TheoryData<string> Refusals => [.. Refused.Keys];

    [Theory, MemberData(nameof(Refusals))]
    public async Task Case_23_it_gives_the_same_errors_and_stores_nothing(string what)
    {
        var request = await Refused[what](service);
        var before = await service.Everything();
        var real = await Refusal.Of(service.Send(request));
        var trial = await Refusal.Of(service.Send(new Prepared(request, "", "").With(trial => trial.ValidateOnly = true).Request));

        Assert.Equal(real, trial);
        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task A_create_without_an_id_answers_with_one_that_is_not_kept()
    {
        var draft = await TestInventory.Draft(service);
        var trial = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft, ValidateOnly = true })).VirtualServer;
        await Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Id = trial.Id }), StatusCode.NotFound, "NOT_FOUND");

        var created = await service.Create(draft);
        Assert.Equal(new(created) { Id = trial.Id, Etag = trial.Etag, CreateTime = trial.CreateTime, UpdateTime = trial.UpdateTime }, trial);
        Assert.NotEqual(created.Id, trial.Id);
    }

    private static readonly Dictionary<string, Func<TestService, Task<IMutation>>> Refused = new()
    {
        ["a create without anything"] = _ => Told(new CreateVirtualServerRequest()),
        ["a create of a taken name and listener"] = async service => new CreateVirtualServerRequest { VirtualServer = new(await TestInventory.Create(service)) { Id = "" } },
        ["a create of a taken id"] = async service => new CreateVirtualServerRequest { VirtualServer = new(await TestInventory.Draft(service)) { Id = (await TestInventory.Create(service)).Id } },
        ["an update of nothing"] = _ => Told(new UpdateVirtualServerRequest { Name = "nobody", VirtualServer = new() { Port = 1 } }),
        ["an update to unknown references"] = async service => Commands.Updating((await TestInventory.Create(service)).Id, new() { Tenant = new() { Name = "nobody" }, Port = 70000 }),
        ["an update with a stale etag"] = async service => new UpdateVirtualServerRequest { Id = (await TestInventory.Create(service)).Id, Etag = "9", VirtualServer = new() { Port = 1 } },
        ["a delete of nothing"] = _ => Told(new DeleteVirtualServerRequest { Name = "nobody" }),
        ["an undelete of nothing"] = _ => Told(new UndeleteVirtualServerRequest { Name = "nobody" }),
        ["an undelete of what was taken"] = async service =>
        {
            var known = await TestInventory.Create(service);
            await service.Delete(known.Id);
            await service.Create(new(known) { Id = "" });
            return new UndeleteVirtualServerRequest { Id = known.Id };
        },
        ["an enable of nothing"] = _ => Told(new EnableVirtualServerRequest { Name = "nobody" }),
        ["a disable of nothing"] = _ => Told(new DisableVirtualServerRequest { Name = "nobody" }),
        ["a create of a pool without anything"] = _ => Told(new CreateLoadBalancerPoolRequest()),
        ["a deletion of a pool in use"] = async service => new DeleteLoadBalancerPoolRequest { Id = (await TestInventory.Create(service)).LoadBalancerPool.Id },
        ["an add to no pool"] = _ => Told(new AddPoolMemberRequest { Name = "nobody" }),
        ["an add of a taken address and port"] = _ => Told(new AddPoolMemberRequest { Name = "pool-1", Member = new() { IpAddress = new() { Name = "198.51.100.1" }, Port = 80, Label = "another" } }),
        ["an update of no member"] = _ => Told(new UpdatePoolMemberRequest { Name = "pool-1", MemberId = $"{Guid.CreateVersion7()}", Member = new() { Port = 1 } }),
        ["a removal of no member"] = _ => Told(new RemovePoolMemberRequest { Name = "pool-1", Endpoint = new() { IpAddress = new() { Name = "198.51.100.1" }, Port = 81 } }),
        ["a replacement by nobody's address"] = _ => Told(new ReplacePoolMembersRequest { Name = "pool-1", Members = { new PoolMember { IpAddress = new() { Name = "203.0.113.99" }, Port = 80 } } }),
        ["an upsert of no address"] = _ => Told(new UpsertInventoryObjectRequest { InventoryObject = new() { IpAddress = new() { Address = "nowhere" } } }),
        ["an upsert of a taken name"] = _ => Told(new UpsertInventoryObjectRequest { InventoryObject = new() { Id = $"{Guid.CreateVersion7()}", Device = new() { Name = "lb-1" } } }),
        ["a removal of what is in use"] = async service => new RemoveInventoryObjectRequest { Id = (await TestInventory.Create(service)).Vip.Id },
        ["a removal of nothing"] = _ => Told(new RemoveInventoryObjectRequest { Name = new() { Kind = Kind.Device, Name = "nobody" } }),
    };

    private static Task<IMutation> Told(IMutation request) => Task.FromResult(request);

    // The answer but for the times and the ids of new members, which are those of two calls.
    private static IMessage Timeless(IMessage answer)
    {
        var told = answer.Carried<IMessage>()!;
        foreach (var time in new[] { "create_time", "update_time", "delete_time" })
        {
            var field = told.Descriptor.FindFieldByName(time).Accessor;
            if (field.GetValue(told) is not null) field.SetValue(told, new Google.Protobuf.WellKnownTypes.Timestamp());
        }

        if (told is LoadBalancerPool pool)
        {
            foreach (var member in pool.Members) member.Id = "";
        }

        return told;
    }
}
