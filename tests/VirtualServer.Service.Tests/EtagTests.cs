using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// A command with an etag succeeds only if the object is unchanged; a command without one is decided on the current state.
/// </summary>
public sealed class EtagTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Changes => Mutations.OfKnownObjects;

    [Theory, MemberData(nameof(Changes))]
    public async Task A_current_etag_is_accepted(string mutation)
    {
        var (request, id, etag) = await Mutations.Prepare(service, mutation);
        var before = await service.Events(id);
        request.Etag = etag;
        await service.Send(request);
        Assert.Equal(before + 1, await service.Events(id));
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task Case_18_a_stale_etag_is_rejected_and_nothing_is_stored(string mutation)
    {
        var (request, id, etag) = await Mutations.Prepare(service, mutation);
        var before = await service.Everything();
        foreach (var stale in new[] { "0", "999", $"{etag} ", $"\"{etag}\"", "*", "no etag at all" })
        {
            request.Etag = stale;
            var refusal = await Refusal.Of(service.Send(request), StatusCode.Aborted, "ETAG_MISMATCH");
            Assert.Equal(["etag"], refusal.Fields);
            Assert.Contains($"the current etag is \"{etag}\"", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, await service.Everything());
        Assert.True(await service.Events(id) > 0);
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task Of_two_concurrent_commands_with_one_etag_exactly_one_wins(string mutation)
    {
        for (var round = 0; round < 3; round++)
        {
            var (request, id, etag) = await Mutations.Prepare(service, mutation);
            var before = await service.Events(id);
            request.Etag = etag;
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Outcome(request)));
            // The second command finds the object changed (another etag) or deleted.
            Assert.Single(outcomes, StatusCode.OK);
            Assert.Single(outcomes, code => code is StatusCode.Aborted or StatusCode.NotFound);
            Assert.Equal(before + 1, await service.Events(id));
        }
    }

    [Fact]
    public async Task Of_twenty_concurrent_updates_with_one_etag_exactly_one_wins()
    {
        var known = await TestInventory.Create(service);
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 20).Select(port =>
            Outcome(new UpdateVirtualServerRequest { Id = known.Id, Etag = known.Etag, VirtualServer = new() { Port = port } })));
        Assert.Single(outcomes, StatusCode.OK);
        Assert.Equal(19, outcomes.Count(code => code == StatusCode.Aborted));
        Assert.Equal(2, (await service.Get(known.Id)).Version);
    }

    [Fact]
    public async Task Without_an_etag_twenty_concurrent_updates_all_succeed()
    {
        var known = await TestInventory.Create(service);
        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(port => service.Update(known.Id, new() { Port = port })));

        Assert.Equal(21, (await service.Get(known.Id)).Version);
        Assert.Equal(21, await service.Events(known.Id));
        Assert.Equal(Enumerable.Range(2, 20), answers.Select(answer => (int)answer.Version).Order());
        Assert.Equal(20, answers.Select(answer => answer.Etag).Distinct().Count());
        // Each answer shows the state right after its own event.
        var history = await service.History(known.Id);
        Assert.All(answers, answer => Assert.Equal(
            answer.Port,
            history[(int)answer.Version - 1].Data.GetProperty("listener").GetProperty("is").GetProperty("port").GetInt32()));
    }

    [Fact]
    public async Task Without_an_etag_concurrent_updates_of_different_fields_lose_nothing()
    {
        var known = await TestInventory.Create(service);
        V1.VirtualServer[] wanted =
        [
            new() { Port = 8443 },
            new() { Description = "raced" },
            new() { Enabled = false },
            new() { Tenant = new() { Name = "acme" } },
            new() { Labels = { ["raced"] = "yes" } },
            new() { VirtualChassis = new() { Name = "chassis-1" } },
        ];
        await Task.WhenAll(wanted.Select(wish => service.Update(known.Id, wish)));

        var read = await service.Get(known.Id);
        Assert.Equal(
            (8443, "raced", false, "acme", "yes", "chassis-1"),
            (read.Port, read.Description, read.Enabled, read.Tenant.Name, read.Labels["raced"], read.VirtualChassis.Name));
        Assert.Equal(1 + wanted.Length, read.Version);
    }

    [Fact]
    public async Task An_etag_changes_with_every_change_and_with_nothing_else()
    {
        var known = await TestInventory.Create(service);
        var etags = new List<string> { known.Etag };
        for (var port = 1; port <= 5; port++)
        {
            etags.Add((await service.Update(known.Id, new() { Port = port })).Etag);
            Assert.Equal(etags[^1], (await service.Update(known.Id, new() { Port = port })).Etag);
            Assert.Equal(etags[^1], (await service.Get(known.Id)).Etag);
        }

        etags.Add((await service.Delete(known.Id)).Etag);
        Assert.Equal(etags.Count, etags.Distinct().Count());
    }

    [Fact]
    public async Task A_stale_etag_is_rejected_even_if_nothing_would_change()
    {
        var known = await TestInventory.Create(service);
        await service.Update(known.Id, new() { Port = 1 });
        await Refusal.Of(
            service.VirtualServers.EnableVirtualServerAsync(new() { Id = known.Id, Etag = known.Etag }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
        await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(new() { Id = known.Id, Etag = known.Etag, VirtualServer = new() }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
    }

    [Fact]
    public async Task An_upsert_with_an_etag_never_registers_a_removed_object()
    {
        var known = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        await service.Remove(known.Id);
        var before = await service.Everything();

        await Refusal.Of(
            service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = known, Etag = known.Etag }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
        await Refusal.Of(
            service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = new() { Device = known.Device }, Etag = known.Etag }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task A_delete_with_an_etag_can_be_repeated_with_allow_missing()
    {
        var (known, device) = (
            await TestInventory.Create(service),
            await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } }));
        for (var time = 0; time < 2; time++)
        {
            await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = known.Id, Etag = known.Etag, AllowMissing = true });
            await service.VirtualServers.DeleteVirtualServerAsync(new() { Name = known.Name, Etag = known.Etag, AllowMissing = true });
            await service.Inventory.RemoveInventoryObjectAsync(new() { Id = device.Id, Etag = device.Etag, AllowMissing = true });
        }

        await Refusal.Of(
            service.VirtualServers.DeleteVirtualServerAsync(new() { Id = known.Id, Etag = known.Etag }),
            StatusCode.NotFound,
            "NOT_FOUND");
        Assert.Equal((2, 2), (await service.Events(known.Id), await service.Events(device.Id)));
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task The_etag_of_a_validate_only_answer_never_becomes_valid_by_another_change(string mutation)
    {
        var (request, id, etag) = await Mutations.Prepare(service, mutation);
        var trial = (await service.Send(new Prepared(request, id, etag).Trial)).Carried<IMessage>()!;
        Assert.Equal(etag, trial.Text("etag"));

        var now = await service.Send(request);
        await Mutations.Touch(service, now.Carried<IMessage>()!);
        request.Etag = trial.Text("etag");
        Assert.Contains(await Outcome(request), new[] { StatusCode.Aborted, StatusCode.NotFound });
    }

    [Fact]
    public async Task An_update_with_the_etag_of_a_trial_does_not_overwrite_the_change_of_another_caller()
    {
        var known = await TestInventory.Create(service);
        var trial = await service.VirtualServers.UpdateVirtualServerAsync(
            new() { Id = known.Id, VirtualServer = new() { Port = 7 }, ValidateOnly = true });
        await service.Update(known.Id, new() { Description = "of another caller" });

        await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(
                new() { Id = known.Id, VirtualServer = new() { Port = 7 }, Etag = trial.VirtualServer.Etag }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
    }

    public static TheoryData<string> Edits => Mutations.WithBody;

    [Theory, MemberData(nameof(Edits))]
    public async Task An_etag_in_the_body_is_the_etag_of_a_command_that_has_none(string mutation)
    {
        var (request, id, etag) = await Mutations.Prepare(service, mutation);
        var edit = (IEdit)request;
        var before = await service.Everything();
        edit.Body!.Etag = "stale";
        var refusal = await Refusal.Of(service.Send(request), StatusCode.Aborted, "ETAG_MISMATCH");
        Assert.Equal([$"{request.Descriptor.Fields.InDeclarationOrder().Single(IsBody).Name}.etag"], refusal.Fields);
        Assert.Equal(before, await service.Everything());

        var events = await service.Events(id);
        edit.Body!.Etag = etag;
        await service.Send(request);
        Assert.Equal(events + 1, await service.Events(id));
        Assert.Equal(StatusCode.Aborted, await Outcome(request));

        bool IsBody(Google.Protobuf.Reflection.FieldDescriptor field) => ReferenceEquals(field.Accessor.GetValue(request), edit.Body);
    }

    [Theory, MemberData(nameof(Edits))]
    public async Task The_etag_of_the_request_comes_before_the_one_in_the_body(string mutation)
    {
        var (request, id, etag) = await Mutations.Prepare(service, mutation);
        (request.Etag, ((IEdit)request).Body!.Etag) = ("stale", etag);
        var refusal = await Refusal.Of(service.Send(request), StatusCode.Aborted, "ETAG_MISMATCH");
        Assert.Equal(["etag"], refusal.Fields);

        var events = await service.Events(id);
        (request.Etag, ((IEdit)request).Body!.Etag) = (etag, "stale");
        await service.Send(request);
        Assert.Equal(events + 1, await service.Events(id));
    }

    [Fact]
    public async Task A_create_ignores_the_etag_of_the_body()
    {
        var draft = await TestInventory.Draft(service);
        draft.Etag = "of a copy";
        Assert.Equal(1, (await service.Create(draft)).Version);
    }

    private async Task<StatusCode> Outcome(IMutation request)
    {
        try
        {
            await service.Send(request);
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
