using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Announcements as a consumer in any language receives them from RabbitMQ.</summary>
[Trait("Category", "Messaging")]
public sealed class AnnouncementTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly Metadata Ann = new() { { "x-actor", "ann" }, { "x-correlation-id", "ticket-4711" } };

    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Case_30_every_change_of_a_virtual_server_is_announced_in_order_under_the_id_of_its_event()
    {
        await using var consumer = await ForeignConsumer.Start("virtual_server.*");
        var id = (await RunThroughLifecycle()).Id;

        var announced = await consumer.Receive(6, id);

        Assert.Equal(
            [
                "virtual_server.created", "virtual_server.changed", "virtual_server.disabled", "virtual_server.enabled",
                "virtual_server.deleted", "virtual_server.undeleted",
            ],
            announced.Select(a => a.Change.Type));
        Assert.Equal(
            await service.Committed(id),
            announced.Select(a => new Committed(a.MessageId!, a.RoutingKey, a.Change.Id, a.Change.Version)));
        Assert.Equal(announced.Select(a => a.MessageId), announced.Select(a => a.Change.EventId));
        Assert.Equal(announced.Select(a => a.Change.Sequence).Order(), announced.Select(a => a.Change.Sequence));
    }

    [Fact]
    public async Task A_change_carries_the_object_as_answered_and_the_object_before()
    {
        await using var consumer = await ForeignConsumer.Start();
        var answers = new List<V1.VirtualServer>();
        var id = (await RunThroughLifecycle(answers)).Id;

        var changes = (await consumer.Receive(6, id)).Select(a => a.Change).ToList();

        Assert.Equal(answers, changes.Select(change => change.After.VirtualServer));
        Assert.Null(changes[0].Before);
        Assert.Equal(answers.SkipLast(1), changes.Skip(1).Select(change => change.Before.VirtualServer));
        Assert.Equal(answers.Select(answer => answer.Name), changes.Select(change => change.Name));
        Assert.Equal(answers.Select(answer => answer.UpdateTime), changes.Select(change => change.Time));
        Assert.All(changes, change => Assert.Equal(Kind.VirtualServer, change.Kind));
        Assert.Equal(
            ["", "name,port,ssl_offload,tenant,labels", "enabled", "enabled", "delete_time", "delete_time"],
            changes.Select(change => string.Join(',', change.ChangedFields)));
    }

    [Fact]
    public async Task A_change_names_its_actor_reason_and_correlation_id()
    {
        await using var consumer = await ForeignConsumer.Start();
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id, Reason = "maintenance, until \"noon\"" }, Ann);

        var announced = await consumer.Receive(2, server.Id);

        var (created, disabled) = (announced[0].Change, announced[1].Change);
        Assert.Equal(("anonymous", ""), (created.Actor, created.Reason));
        Assert.NotEqual("", created.CorrelationId);
        Assert.Equal(("ann", "maintenance, until \"noon\"", "ticket-4711"), (disabled.Actor, disabled.Reason, disabled.CorrelationId));
        Assert.Contains("x-correlation-id=ticket-4711", announced[1].Headers);
    }

    [Fact]
    public async Task Every_change_of_an_inventory_object_is_announced_in_order()
    {
        await using var consumer = await ForeignConsumer.Start("inventory_object.#");
        var name = TestInventory.Unique("lb");
        var registered = await Upsert(new() { Device = new() { Name = name } });
        var changed = await Upsert(new() { Id = registered.Id, Device = new() { Name = $"{name}-renamed" } });
        var removed = (await service.Inventory.RemoveInventoryObjectAsync(new() { Id = registered.Id })).InventoryObject;
        var again = await Upsert(new() { Id = registered.Id, Device = new() { Name = $"{name}-renamed" } });

        var announced = await consumer.Receive(4, registered.Id);

        Assert.Equal(
            ["inventory_object.registered", "inventory_object.changed", "inventory_object.removed", "inventory_object.registered"],
            announced.Select(a => a.RoutingKey));
        Assert.Equal(
            await service.Committed(registered.Id),
            announced.Select(a => new Committed(a.MessageId!, a.Change.Type, a.Change.Id, a.Change.Version)));
        Assert.Equal([registered, changed, removed, again], announced.Select(a => a.Change.After.InventoryObject));
        Assert.Equal([registered, changed, removed], announced.Skip(1).Select(a => a.Change.Before.InventoryObject));
        Assert.All(announced, a => Assert.Equal(Kind.Device, a.Change.Kind));
        Assert.Equal(["", "device", "delete_time", "delete_time"], announced.Select(a => string.Join(',', a.Change.ChangedFields)));
    }

    [Fact]
    public async Task A_message_is_canonical_proto_JSON()
    {
        await using var consumer = await ForeignConsumer.Start("virtual_server.changed");
        var server = await TestInventory.Create(service);
        var answer = (await service.VirtualServers.UpdateVirtualServerAsync(
            new()
            {
                Id = server.Id,
                VirtualServer = new() { Port = 0, Labels = { ["team"] = "shop" } },
                UpdateMask = new() { Paths = { "port", "labels" } },
                Reason = "new port",
            },
            Ann)).VirtualServer;

        var announced = Assert.Single(await consumer.Receive(1, server.Id));

        var body = JsonNode.Parse(announced.Body)!;
        JsonObject Expected(V1.VirtualServer wire) => new()
        {
            ["id"] = wire.Id,
            ["name"] = wire.Name,
            ["vip"] = Reference(wire.Vip),
            ["port"] = wire.Port,
            ["protocol"] = "PROTOCOL_HTTPS",
            ["loadBalancerType"] = "LOAD_BALANCER_TYPE_LAYER_7",
            ["enabled"] = true,
            ["sslOffload"] = false,
            ["device"] = Reference(wire.Device),
            ["loadBalancerPool"] = Reference(wire.LoadBalancerPool),
            ["version"] = wire.Version,
            ["etag"] = wire.Etag,
            ["createTime"] = Time(wire.CreateTime),
            ["updateTime"] = Time(wire.UpdateTime),
        };
        var after = Expected(answer);
        after["labels"] = new JsonObject { ["team"] = "shop" };
        var expected = new JsonObject
        {
            ["epoch"] = $"{await service.Scalar<Guid>("select id from registry.epoch order by number desc limit 1")}",
            ["sequence"] = $"{await service.Scalar<long>($"select seq_id from registry.mt_events where id = '{announced.MessageId}'")}",
            ["eventId"] = announced.MessageId, ["type"] = "virtual_server.changed", ["kind"] = "KIND_VIRTUAL_SERVER", ["id"] = server.Id,
            ["name"] = server.Name, ["version"] = 2, ["time"] = Time(answer.UpdateTime), ["actor"] = "ann", ["reason"] = "new port",
            ["correlationId"] = "ticket-4711", ["changedFields"] = new JsonArray("port", "labels"),
            ["before"] = new JsonObject { ["virtualServer"] = Expected(server) }, ["after"] = new JsonObject { ["virtualServer"] = after },
        };
        Assert.True(JsonNode.DeepEquals(expected, body), $"expected {expected}\nannounced {body}");
        Assert.Equal(JsonFormatter.Default.Format(announced.Change), announced.Body);
    }

    [Fact]
    public async Task A_message_is_persistent_JSON_and_does_not_reveal_its_sender()
    {
        await using var consumer = await ForeignConsumer.Start();
        var server = await TestInventory.Create(service);

        var announced = Assert.Single(await consumer.Receive(1, server.Id));

        Assert.Equal(("application/json", true), (announced.ContentType, announced.Persistent));
        Assert.Equal("", announced.Sender);
        Assert.Empty(announced.Headers.Select(header => header.Split('=')[0])
            .Except(MessageHeaders.All.Select(header => header.Name))
            .Except(MessageHeaders.OfLibraries));
    }

    [Fact]
    public async Task A_message_continues_the_trace_of_its_call_and_has_the_properties_of_its_change()
    {
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await using var consumer = await ForeignConsumer.Start();
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(
            new() { Id = server.Id }, [.. Ann, new("traceparent", $"00-{trace}-00f067aa0ba902b7-01")]);

        var announced = (await consumer.Receive(2, server.Id))[1];

        Assert.Contains(announced.Headers, header => header.StartsWith($"traceparent=00-{trace}-", StringComparison.Ordinal));
        Assert.Equal(("virtual_server.disabled", announced.Change.Time.Seconds, "ticket-4711"), announced.Properties);
        Assert.Contains($"cloudEvents:id={announced.MessageId}", announced.Headers);
    }

    [Fact]
    public async Task A_consumer_bound_to_one_type_receives_only_that_type()
    {
        await using var everything = await ForeignConsumer.Start();
        await using var deletions = await ForeignConsumer.Start("*.deleted");
        var id = (await RunThroughLifecycle()).Id;

        await everything.Receive(6, id);

        Assert.Equal("virtual_server.deleted", Assert.Single(await deletions.Receive(1, id)).Change.Type);
    }

    [Fact]
    public async Task Case_30_only_committed_changes_are_announced()
    {
        await using var consumer = await ForeignConsumer.Start();
        var token = $"uncommitted-{Guid.NewGuid():N}";
        var server = await TestInventory.Create(service, $"{token}-server");
        var draft = await TestInventory.Draft(service, $"{token}-refused");
        var requestId = $"{Guid.NewGuid()}";

        // Rejected.
        await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = new(draft) { Port = 70_000 } }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = new(draft) { Vip = server.Vip } }),
            StatusCode.AlreadyExists,
            "LISTENER_TAKEN");
        await Refusal.Of(
            service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id, Etag = "99" }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
        await Refusal.Of(
            service.Inventory.RemoveInventoryObjectAsync(new() { Id = server.Vip.Id }),
            StatusCode.FailedPrecondition,
            "IN_USE");
        // Only validated.
        await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft, ValidateOnly = true });
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id, ValidateOnly = true });
        // Without an effect.
        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = server.Id });
        await service.VirtualServers.UpdateVirtualServerAsync(
            new() { Id = server.Id, VirtualServer = server, UpdateMask = new() { Paths = { "*" } } });
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Name = $"{token}-nobody", AllowMissing = true });
        // Repeated.
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id, RequestId = requestId });
        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = server.Id });
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id, RequestId = requestId });

        // Each marker is announced after all earlier events, so after the second one all announcements have arrived.
        foreach (var marker in new[] { $"{token}-marker-1", $"{token}-marker-2" })
        {
            await TestInventory.Create(service, marker);
            await consumer.Receive(change => change.Name == marker);
        }

        // The order is guaranteed per object; OrderBy keeps the order of announcements of one name.
        Assert.Equal(
            [
                $"virtual_server.created {token}-marker-1",
                $"virtual_server.created {token}-marker-2",
                $"virtual_server.created {token}-server",
                $"virtual_server.disabled {token}-server",
                $"virtual_server.enabled {token}-server",
            ],
            consumer.Received(change => change.Name.StartsWith(token, StringComparison.Ordinal))
                .OrderBy(a => a.Change.Name, StringComparer.Ordinal).Select(a => $"{a.Change.Type} {a.Change.Name}"));
        Assert.Single(consumer.About(server.Vip.Id));
    }

    // Create, change, disable, enable, delete, undelete. The answers are added to the list.
    private async Task<V1.VirtualServer> RunThroughLifecycle(List<V1.VirtualServer>? answers = null)
    {
        var calls = service.VirtualServers;
        answers ??= [];
        answers.Add(await TestInventory.Create(service));
        var id = answers[0].Id;
        var asked = new V1.VirtualServer
        {
            Name = TestInventory.Unique("shop"),
            Port = 8443,
            SslOffload = true,
            Tenant = new() { Name = "acme" },
            Labels = { ["team"] = "shop" },
        };
        answers.Add((await calls.UpdateVirtualServerAsync(new() { Id = id, VirtualServer = asked }, Ann)).VirtualServer);
        answers.Add((await calls.DisableVirtualServerAsync(new() { Id = id })).VirtualServer);
        answers.Add((await calls.EnableVirtualServerAsync(new() { Id = id })).VirtualServer);
        answers.Add((await calls.DeleteVirtualServerAsync(new() { Id = id })).VirtualServer);
        answers.Add((await calls.UndeleteVirtualServerAsync(new() { Id = id })).VirtualServer);
        return answers[^1];
    }

    private async Task<InventoryObject> Upsert(InventoryObject thing) =>
        (await service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = thing })).InventoryObject;

    private static JsonObject Reference(Reference reference)
    {
        var expected = new JsonObject { ["id"] = reference.Id, ["name"] = reference.Name };
        if (reference.Namespace.Length > 0) expected["namespace"] = reference.Namespace;
        return expected;
    }

    private static string Time(Google.Protobuf.WellKnownTypes.Timestamp time) => JsonFormatter.ToDiagnosticString(time).Trim('"');
}
