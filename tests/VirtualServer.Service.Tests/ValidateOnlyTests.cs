using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Case 23: validate_only gives the same answer or the same errors, and nothing is stored (AIP-163).</summary>
public sealed class ValidateOnlyTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Changes => Mutations.All;

    [Theory, MemberData(nameof(Changes))]
    public async Task Case_23_a_validate_only_mutation_answers_like_the_real_one_and_stores_nothing(string mutation)
    {
        var prepared = await Mutations.Prepare(service, mutation);
        var before = await service.Everything();
        var trial = await service.Send(
            prepared.With(request => (request.ValidateOnly, request.RequestId) = (true, $"{Guid.NewGuid()}")).Request);
        Assert.Equal(before, await service.Everything());

        var answer = await service.Send(prepared.ShowingConditions);
        Assert.NotEqual(before, await service.Everything());
        Assert.Equal(Versionless(answer), Versionless(trial));
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_validate_only_answer_has_the_version_etag_and_times_of_the_stored_object(string mutation)
    {
        var prepared = await Mutations.Prepare(service, mutation);
        var trial = (IRecord)(await service.Send(prepared.Trial)).Carried<IMessage>()!;
        Assert.Equal(prepared.Etag, trial.Etag);

        var events = await service.History(prepared.Id);
        Assert.Equal(
            (events.Count, events is [var first, ..] ? first.Time : null, events is [.., var last] ? last.Time : (DateTimeOffset?)null),
            (trial.Version, trial.CreateTime?.ToDateTimeOffset(), trial.UpdateTime?.ToDateTimeOffset()));
    }

    [Fact]
    public void Conditions_are_previewed_for_exactly_the_requests_whose_response_shows_them()
    {
        foreach (var method in Calls.Unary)
        {
            if (Activator.CreateInstance(method.InputType.ClrType) is not IMutation request) continue;
            request.ValidateOnly = true;
            Assert.True(
                Requests.Options(request).ShowsConditions == method.OutputType.ClrType.IsAssignableTo(typeof(IConditionResponse)),
                method.FullName);
        }
    }

    [Fact]
    public async Task A_validate_only_command_uses_up_no_sequence_number()
    {
        var draft = await TestInventory.Draft(service);
        var before = await Sequence();
        await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft, ValidateOnly = true });
        Assert.Equal(before, await Sequence());

        Task<long> Sequence() => service.Scalar<long>("select last_value from registry.mt_events_sequence");
    }

    [Fact]
    public async Task A_validate_only_command_waits_for_a_lock_only_for_a_moment_and_tries_again()
    {
        var known = await TestInventory.Create(service);
        await using var other = await HeldLock.Take(
            service, $"select from registry.virtual_servers where id = '{known.Id}' for update");

        var trial = service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id, ValidateOnly = true }).ResponseAsync;
        var attempts = new HashSet<DateTime>();
        await Eventually.Get(
            "a second attempt",
            async () =>
            {
                attempts.UnionWith(await other.Waiting());
                return attempts.Count;
            },
            count => count == 2);
        Assert.False(trial.IsCompleted);
        await other.Release();
        Assert.False((await trial).VirtualServer.Enabled);
    }

    [Fact]
    public async Task Validate_only_commands_and_real_ones_for_one_object_do_not_hinder_each_other()
    {
        var known = await TestInventory.Create(service);
        await Task.WhenAll(Enumerable.Range(1, 40).Select(async port =>
        {
            var update = ShortForms.Updating(known.Id, new() { Port = port });
            update.ValidateOnly = port % 2 == 0;
            Assert.Equal(port, (await service.VirtualServers.UpdateVirtualServerAsync(update)).VirtualServer.Port);
        }));
        Assert.Equal(21, (await service.Get(known.Id)).Version);
    }

    public static TheoryData<string> Repeatable => Mutations.Repeatable;

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Case_23_a_validate_only_mutation_without_effect_returns_the_stored_object(string mutation)
    {
        var prepared = await Mutations.Prepare(service, mutation);
        var done = (await service.Send(prepared.ShowingConditions)).Carried<IMessage>()!;

        var before = await service.Everything();
        var trial = await service.Send(prepared.Trial);
        Assert.Equal(done, trial.Carried<IMessage>());
        Assert.Equal(before, await service.Everything());
    }

    public static TheoryData<string> Refusals => [.. Refused.Keys];

    [Theory, MemberData(nameof(Refusals))]
    public async Task Case_23_a_validate_only_mutation_gives_the_same_errors_and_stores_nothing(string what)
    {
        var request = await Refused[what](service);
        var before = await service.Everything();
        var real = await Refusal.Of(service.Send(request));
        var trial = await Refusal.Of(service.Send(new Prepared(request, "", "").Trial));

        Assert.Equal(real, trial);
        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task A_validate_only_create_without_an_id_returns_a_temporary_id()
    {
        var draft = await TestInventory.Draft(service);
        var trial = (await service.VirtualServers.CreateVirtualServerAsync(
            new() { VirtualServer = draft, ValidateOnly = true })).VirtualServer;
        await Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Id = trial.Id }), StatusCode.NotFound, "NOT_FOUND");

        var created = await service.Create(draft);
        Assert.Equal(
            new(created) { Id = trial.Id, Version = 0, Etag = "", CreateTime = null, UpdateTime = null },
            trial);
        Assert.NotEqual(created.Id, trial.Id);
    }

    private static readonly Dictionary<string, Func<TestService, Task<IMutation>>> Refused = new(Owned.All.SelectMany(Shared))
    {
        ["an enable of nothing"] = _ => Given(new EnableVirtualServerRequest { Name = "nobody" }),
        ["a disable of nothing"] = _ => Given(new DisableVirtualServerRequest { Name = "nobody" }),
        ["an upsert of no address"] = _ =>
            Given(new UpsertInventoryObjectRequest { InventoryObject = new() { IpAddress = new() { Address = "nowhere" } } }),
        ["an upsert of a taken name"] = _ => Given(new UpsertInventoryObjectRequest
        {
            InventoryObject = new() { Id = $"{Guid.CreateVersion7()}", Device = new() { Name = "lb-1" } },
        }),
        ["a removal of what is in use"] = async service =>
            new RemoveInventoryObjectRequest { Id = (await TestInventory.Create(service)).Vip.Id },
        ["a removal of nothing"] = _ => Given(new RemoveInventoryObjectRequest { Name = new() { Kind = Kind.Device, Name = "nobody" } }),
    };

    // Rejected mutations of every owned kind.
    private static IEnumerable<KeyValuePair<string, Func<TestService, Task<IMutation>>>> Shared(Owned owned) =>
    [
        new($"Create{owned.Name} without anything", _ => Given(owned.Create(owned.With("name", "")))),
        new($"Create{owned.Name} of what is taken", async service => owned.Create((await owned.Existing(service)).With("id", ""))),
        new($"Create{owned.Name} of a taken id", async service =>
            owned.Create((await owned.Draft(service)).With("id", (await owned.Existing(service)).Text("id")))),
        new($"Update{owned.Name} of nothing", _ => Given(owned.Update("name", "nobody", owned.Change()))),
        new($"Update{owned.Name} to an unknown reference", async service => owned.Update(
            "id",
            (await owned.Existing(service)).Text("id"),
            owned.Change().With("tenant", new Reference { Name = "nobody" }).With("name", " "))),
        new($"Update{owned.Name} with a stale etag", async service =>
            (IMutation)owned.Update("id", (await owned.Existing(service)).Text("id"), owned.Change()).With("etag", "9")),
        new($"Delete{owned.Name} of nothing", _ => Given(owned.Delete("name", "nobody"))),
        new($"Undelete{owned.Name} of nothing", _ => Given(owned.Undelete("name", "nobody"))),
        new($"Undelete{owned.Name} of what was taken", async service =>
        {
            var known = await owned.Existing(service);
            await service.Send(owned.Delete("id", known.Text("id")));
            await service.Send(owned.Create(known.With("id", "")));
            return owned.Undelete("id", known.Text("id"));
        }),
    ];

    private static Task<IMutation> Given(IMutation request) => Task.FromResult(request);

    // The answer without version, etag and times, which are those of the stored object.
    private static IMessage Versionless(IMessage answer)
    {
        var told = (IRecord)answer.Carried<IMessage>()!;
        (told.Version, told.Etag, told.CreateTime, told.UpdateTime) = (0, "", null!, null!);
        if (told.DeleteTime is not null) told.DeleteTime = new();

        // The id of a validated member is temporary.
        var members = answer switch
        {
            AddPoolMemberResponse added => [added.Member],
            UpdatePoolMemberResponse updated => [updated.Member],
            ReplacePoolMembersResponse replaced => [.. replaced.Added],
            _ => Array.Empty<PoolMember>(),
        };
        foreach (var member in members.Concat(told is LoadBalancerPool pool ? pool.Members : [])) member.Id = "";
        return answer;
    }
}
