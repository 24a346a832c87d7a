using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>A repeated request id returns the first answer and stores nothing, even after other changes (AIP-155).</summary>
public sealed class RequestIdTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Changes => Mutations.All;

    [Theory, MemberData(nameof(Changes))]
    public async Task A_repeated_request_returns_the_same_answer_and_stores_nothing(string mutation)
    {
        var (request, id, _) = await Prepare(mutation);
        var events = await service.Events(id);
        var first = await service.Send(request);
        Assert.Equal(events + 1, await service.Events(id));

        var before = await service.Everything();
        for (var i = 0; i < 3; i++) Assert.Equal(first, await service.Send(request));
        Assert.Equal(before, await service.Everything());
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_later_change_does_not_affect_the_first_answer(string mutation)
    {
        var (request, id, _) = await Prepare(mutation);
        var first = await service.Send(request);
        await Mutations.Touch(service, first.Carried<IMessage>()!);

        var before = await service.Everything();
        Assert.Equal(first, await service.Send(request));
        Assert.Equal(before, await service.Everything());
        Assert.True(await service.Events(id) > 1);
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_repeated_request_ignores_its_stale_etag(string mutation)
    {
        var (request, _, etag) = await Prepare(mutation);
        if (etag.Length > 0) request.Etag = etag;
        var first = await service.Send(request);
        await Mutations.Touch(service, first.Carried<IMessage>()!);
        Assert.Equal(first, await service.Send(request));
    }

    [Fact]
    public async Task A_request_id_in_upper_case_is_the_same_id()
    {
        var request = new V1.CreateVirtualServerRequest
        {
            VirtualServer = await TestInventory.Draft(service),
            RequestId = "0190a5c4-7b1e-7f3a-9c52-abcdefabcdef",
        };
        var first = await service.VirtualServers.CreateVirtualServerAsync(request);

        request.RequestId = request.RequestId.ToUpperInvariant();

        Assert.Equal(first, await service.VirtualServers.CreateVirtualServerAsync(request));
    }

    [Fact]
    public async Task A_restart_of_the_service_keeps_the_first_answers()
    {
        var answered = new List<(IMutation Request, IMessage Answer)>();
        string database;
        await using (var first = await TestService.Start())
        {
            database = first.Database;
            await TestInventory.Register(first);
            foreach (string mutation in Mutations.All)
            {
                var prepared = await Mutations.Prepare(first, mutation);
                prepared.Request.RequestId = $"{Guid.NewGuid()}";
                answered.Add((prepared.Request, await first.Send(prepared.Request)));
            }
        }

        await using var second = await TestService.Start(database);
        var before = await second.Everything();
        foreach (var (request, answer) in answered) Assert.Equal(answer, await second.Send(request));
        Assert.Equal(before, await second.Everything());
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_request_id_with_other_content_is_rejected(string mutation)
    {
        var prepared = await Prepare(mutation);
        var first = await service.Send(prepared.Request);

        var before = await service.Everything();
        var other = prepared.With(request => request.Reason = "another content");
        var refusal = await Refusal.Of(service.Send(other.Request), StatusCode.InvalidArgument, "REQUEST_ID_REUSED");
        Assert.Equal(["request_id"], refusal.Fields);
        Assert.Contains(prepared.Request.RequestId, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await service.Everything());
        Assert.Equal(first, await service.Send(prepared.Request));
    }

    [Fact]
    public async Task A_request_id_of_another_method_is_rejected()
    {
        var (known, requestId) = (await TestInventory.Create(service), $"{Guid.NewGuid()}");
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id, RequestId = requestId });
        await Refusal.Of(
            service.VirtualServers.EnableVirtualServerAsync(new() { Id = known.Id, RequestId = requestId }),
            StatusCode.InvalidArgument,
            "REQUEST_ID_REUSED");
        await Refusal.Of(
            service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id, RequestId = requestId }),
            StatusCode.InvalidArgument,
            "REQUEST_ID_REUSED");
        Assert.False((await service.Get(known.Id)).Enabled);
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task Concurrent_repetitions_are_one_event_with_equal_answers(string mutation)
    {
        var (request, id, _) = await Prepare(mutation);
        var events = await service.Events(id);
        var requests = await service.Count("requests");
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ => await service.Send(request)));

        Assert.Single(answers.Distinct());
        Assert.Equal(events + 1, await service.Events(id));
        Assert.Equal(requests + 1, await service.Count("requests"));
    }

    [Fact]
    public async Task Of_concurrent_requests_with_one_id_and_different_content_exactly_one_succeeds()
    {
        for (var round = 0; round < 5; round++)
        {
            var (known, requestId) = (await TestInventory.Create(service), $"{Guid.NewGuid()}");
            var outcomes = await Task.WhenAll(Enumerable.Range(1, 4).Select(async port =>
            {
                try
                {
                    return (await service.VirtualServers.UpdateVirtualServerAsync(
                        new() { Id = known.Id, VirtualServer = new() { Port = port }, RequestId = requestId })).VirtualServer.Port;
                }
                catch (RpcException refused) when (refused.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>().Reason == "REQUEST_ID_REUSED")
                {
                    return 0;
                }
            }));
            Assert.Equal((await service.Get(known.Id)).Port, Assert.Single(outcomes, port => port != 0));
            Assert.Equal(2, await service.Events(known.Id));
        }
    }

    [Fact]
    public async Task The_order_of_labels_in_a_request_does_not_matter()
    {
        var draft = await TestInventory.Draft(service);
        var (there, back) = (new V1.VirtualServer(draft), new V1.VirtualServer(draft));
        var labels = Enumerable.Range(0, 20).Select(i => KeyValuePair.Create($"key-{i}", $"{i}")).ToList();
        foreach (var (key, value) in labels) there.Labels.Add(key, value);
        foreach (var (key, value) in Enumerable.Reverse(labels)) back.Labels.Add(key, value);
        Assert.NotEqual(there.ToByteArray(), back.ToByteArray());

        var requestId = $"{Guid.NewGuid()}";
        var first = await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = there, RequestId = requestId });
        Assert.Equal(first, await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = back, RequestId = requestId }));
    }

    [Fact]
    public async Task A_rejected_command_is_not_remembered()
    {
        var draft = await TestInventory.Draft(service);
        draft.Tenant = new() { Name = TestInventory.Unique("later") };
        var request = new CreateVirtualServerRequest { VirtualServer = draft, RequestId = $"{Guid.NewGuid()}" };
        var before = await service.Everything();
        await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(request), StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND");
        Assert.Equal(before, await service.Everything());

        await service.Upsert(new() { Tenant = new() { Name = draft.Tenant.Name } });
        var first = await service.VirtualServers.CreateVirtualServerAsync(request);
        Assert.Equal(first, await service.VirtualServers.CreateVirtualServerAsync(request));
    }

    [Fact]
    public async Task A_command_that_changed_nothing_is_remembered()
    {
        var known = await TestInventory.Create(service);
        var enable = new EnableVirtualServerRequest { Id = known.Id, RequestId = $"{Guid.NewGuid()}" };
        var first = await service.VirtualServers.EnableVirtualServerAsync(enable);
        Assert.Equal(known, first.VirtualServer);

        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id });
        Assert.Equal(first, await service.VirtualServers.EnableVirtualServerAsync(enable));
        Assert.False((await service.Get(known.Id)).Enabled);
    }

    [Fact]
    public async Task A_delete_of_a_missing_object_is_remembered()
    {
        var name = TestInventory.Unique("web");
        var delete = new DeleteVirtualServerRequest { Name = name, AllowMissing = true, RequestId = $"{Guid.NewGuid()}" };
        Assert.Null((await service.VirtualServers.DeleteVirtualServerAsync(delete)).VirtualServer);

        var created = await TestInventory.Create(service, name);
        Assert.Null((await service.VirtualServers.DeleteVirtualServerAsync(delete)).VirtualServer);
        Assert.Equal(created, await service.Get(created.Id));
    }

    [Fact]
    public async Task The_first_answer_is_returned_even_if_the_name_has_become_ambiguous()
    {
        var address = TestInventory.UniqueAddress();
        var name = new ObjectName { Kind = Kind.IpAddress, Name = address };
        await service.Upsert(new() { IpAddress = new() { Address = address } });
        var remove = new RemoveInventoryObjectRequest { Name = name, RequestId = $"{Guid.NewGuid()}" };
        var first = await service.Inventory.RemoveInventoryObjectAsync(remove);

        foreach (var scope in new[] { "Red", "Blue" })
            await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = scope } });
        await Refusal.Of(
            service.Inventory.RemoveInventoryObjectAsync(new() { Name = name }),
            StatusCode.FailedPrecondition,
            "REFERENCE_AMBIGUOUS");
        Assert.Equal(first, await service.Inventory.RemoveInventoryObjectAsync(remove));
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_validate_only_request_does_not_use_up_the_id(string mutation)
    {
        var prepared = await Prepare(mutation);
        var events = await service.Events(prepared.Id);
        for (var i = 0; i < 2; i++) await service.Send(prepared.Trial);
        await service.Send(prepared.With(request => request.Reason = "another content").Request);
        Assert.Equal(events + 1, await service.Events(prepared.Id));
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_validate_only_request_with_a_used_id_answers_what_the_real_one_would(string mutation)
    {
        var prepared = await Prepare(mutation);
        var first = await service.Send(prepared.Request);
        await Mutations.Touch(service, first.Carried<IMessage>()!);

        var before = await service.Everything();
        Assert.Equal(first, await service.Send(prepared.Trial));
        var other = prepared.With(request => request.Reason = "another content");
        var refusal = await Refusal.Of(service.Send(other.Trial), StatusCode.InvalidArgument, "REQUEST_ID_REUSED");
        Assert.Equal(await Refusal.Of(service.Send(other.Request)), refusal);
        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task A_repeated_request_shows_the_conditions_of_the_first_answer()
    {
        var draft = await TestInventory.Draft(service);
        draft.LoadBalancerPool = null;
        var request = new CreateVirtualServerRequest
        {
            VirtualServer = draft,
            RequestId = $"{Guid.NewGuid()}",
            View = CommandView.WithConditions,
        };
        var first = await service.VirtualServers.CreateVirtualServerAsync(request);
        Assert.Equal(1, first.ConditionChangeCount);

        await service.Update(first.VirtualServer.Id, new() { LoadBalancerPool = new() { Name = "pool-1" } });
        Assert.Equal(first, await service.VirtualServers.CreateVirtualServerAsync(request));
        Assert.Equal(first, await service.VirtualServers.CreateVirtualServerAsync(new(request) { ValidateOnly = true }));
    }

    [Fact]
    public async Task A_request_without_an_id_is_not_remembered()
    {
        var before = await service.Count("requests");
        await TestInventory.Create(service);
        Assert.Equal(before, await service.Count("requests"));
    }

    private async Task<Prepared> Prepare(string mutation) =>
        (await Mutations.Prepare(service, mutation)).With(request => request.RequestId = $"{Guid.NewGuid()}");
}
