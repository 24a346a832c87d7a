using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Watches of changes: the promises that the contract names, each with its test.</summary>
public sealed class WatchTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Ordered_unique_and_reliable_a_watch_sends_every_change_once_in_the_order_of_its_sequence()
    {
        await using var watch = await Watching.Open(service, Of(Kind.VirtualServer));
        var first = await service.Scalar<long>("select max(seq_id) from registry.mt_events");
        await Parallel.ForEachAsync(Enumerable.Range(0, 12), async (_, _) => await RunThroughLifecycle());

        var stored = (await service.Committed()).Where(one => one.Type.StartsWith("virtual_server.", StringComparison.Ordinal)).ToList();
        var changes = (await watch.Changes(36)).Select(watched => watched.Change).ToList();

        Assert.Equal(changes.Select(change => change.Sequence).Order(), changes.Select(change => change.Sequence));
        Assert.All(changes, change => Assert.True(change.Sequence > first));
        Assert.Equal(
            stored.TakeLast(36).Select(one => (one.EventId, one.Type, one.Version)),
            changes.Select(change => (change.EventId, change.Type, (long)change.Version)));
    }

    [Fact]
    public async Task Atomic_a_change_is_what_the_command_answered()
    {
        await using var watch = await Watching.Open(service, Of(Kind.VirtualServer));
        var created = await TestInventory.Create(service);
        var disabled = (await service.VirtualServers.DisableVirtualServerAsync(new() { Id = created.Id, Reason = "noon" })).VirtualServer;

        var changes = (await watch.Changes(2)).Select(watched => watched.Change).ToList();

        Assert.Equal([created, disabled], changes.Select(change => change.After.VirtualServer));
        Assert.Equal((null, created), (changes[0].Before, changes[1].Before.VirtualServer));
        Assert.Equal(("noon", "enabled"), (changes[1].Reason, Assert.Single(changes[1].ChangedFields)));
    }

    [Fact]
    public async Task Case_29_resumable_a_watch_from_a_token_sends_every_later_change_also_of_another_node()
    {
        var database = service.Database;
        string token;
        await using (var watch = await Watching.Open(service, Of(Kind.VirtualServer)))
        {
            await TestInventory.Create(service);
            await watch.Changes(1);
            token = watch.Token;
        }

        V1.VirtualServer[] missed = [await TestInventory.Create(service), await TestInventory.Create(service)];
        await using var other = await TestService.Start(database);
        var request = Of(Kind.VirtualServer);
        request.Token = token;
        await using var here = await Watching.Open(service, request);
        await using var there = await Watching.Open(other, request);
        var later = await TestInventory.Create(other);
        foreach (var resumed in new[] { here, there })
            Assert.Equal([.. missed, later], (await resumed.Changes(3)).Select(watched => watched.Change.After.VirtualServer));
    }

    [Fact]
    public async Task Bookmarkable_while_nothing_matches_progress_brings_newer_tokens()
    {
        var request = Of(Kind.CloudService);
        request.ProgressInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
        await using var watch = await Watching.Open(service, request);
        var server = await TestInventory.Create(service);
        var sequence = await service.Scalar<long>($"select max(seq_id) from registry.mt_events where stream_id = '{server.Id}'");

        var progress = await Eventually.Get(
            "progress", async () => (await watch.Next()).Progress, seen => seen is { } now && now.Sequence >= sequence);

        Assert.NotNull(progress);
        var cloud = await Upsert(new() { CloudService = new() { Name = TestInventory.Unique("cloud") } });
        var resumed = Of(Kind.CloudService);
        resumed.Token = watch.Token;
        await using var again = await Watching.Open(service, resumed);
        Assert.Equal(cloud.Id, (await again.Changes(1))[0].Change.Id);
    }

    [Fact]
    public async Task Reliable_a_watch_sends_the_changes_of_more_objects_than_the_feed_keeps_in_memory()
    {
        const int objects = 11_000, batch = 1_000;
        await using var many = await TestService.Start();
        var request = Of(Kind.CloudService);
        await using var watch = await Watching.Open(many, request);
        request.Token = watch.Token;
        var ids = Enumerable.Range(0, objects).Select(_ => Guid.CreateVersion7().ToString()).ToList();
        foreach (var (name, some) in new[] { "old", "new" }.SelectMany(name => ids.Chunk(batch).Select(some => (name, some))))
        {
            await many.Inventory.BatchUpsertInventoryObjectsAsync(new()
            {
                Requests =
                {
                    some.Select(id => new UpsertInventoryObjectRequest
                    {
                        InventoryObject = new() { Id = id, CloudService = new() { Name = $"{name}-{id}" } },
                    }),
                },
            });
        }

        await using var late = await Watching.Open(many, request);
        foreach (var one in new[] { watch, late })
        {
            var changes = await one.Changes(2 * objects);
            Assert.Equal(
                ids.Order().SelectMany(id => new[] { (id, 1), (id, 2) }),
                changes.Select(watched => (watched.Change.Id, watched.Change.Version)).Order());
        }
    }

    [Fact]
    public async Task A_snapshot_and_the_changes_after_it_are_the_registry_without_gap_or_overlap()
    {
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested) await RunThroughLifecycle();
        }).ToList();
        for (var round = 0; round < 8; round++)
        {
            await using var watch = await Watching.Open(service, Snapshot());
            var known = (await watch.Snapshot()).ToDictionary(one => one.VirtualServer.Id, one => one.VirtualServer);
            for (var i = 0; i < 20; i++)
            {
                var watched = (await watch.Changes(1))[0];
                var (id, version) = (watched.Change.Id, watched.Change.Version);
                var before = known.GetValueOrDefault(id) ?? watched.Change.Before?.VirtualServer;
                Assert.Equal(version - 1, before?.Version ?? 0);
                Assert.Equal(known.ContainsKey(id), watched.Effect is not ChangeEffect.Entered);
                if (watched.Effect is ChangeEffect.Left) known.Remove(id);
                else known[id] = watched.Change.After.VirtualServer;
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await using var quiet = await Watching.Open(service, Snapshot());
        var listed = await service.VirtualServers.ListVirtualServersAsync(
            new() { PageSize = 1000, ReadMask = new() { Paths = { "id", "version", "etag", "name" } } });
        Assert.Equal(
            listed.VirtualServers.Select(one => (one.Id, one.Etag, one.Name)).Order(),
            (await quiet.Snapshot()).Select(one => (one.VirtualServer.Id, one.VirtualServer.Etag, one.VirtualServer.Name)).Order());
    }

    [Fact]
    public async Task Objects_that_enter_or_leave_a_filter_are_told_as_such()
    {
        var tenant = await Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        await using var ofTenant = await Watching.Open(
            service, new() { Filter = new() { Tenant = new() { AnyOf = { new Reference { Name = tenant.Tenant.Name } } } } });
        await using var labelled = await Watching.Open(
            service, new() { Filter = new() { Labels = { new LabelFilter { Key = "stage", Values = { tenant.Id } } } } });
        var server = await TestInventory.Create(service);
        await Update(server, new() { Tenant = new() { Id = tenant.Id } }, "tenant");
        await Update(server, new() { Labels = { ["stage"] = tenant.Id } }, "labels");
        await Update(server, new() { Port = 8443 }, "port");
        await Update(server, new(), "tenant");
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = server.Id });

        var (entered, changed, left) = (ChangeEffect.Entered, ChangeEffect.Changed, ChangeEffect.Left);
        Assert.Equal(
            [(entered, 2), (changed, 3), (changed, 4), (left, 5)],
            (await ofTenant.Changes(4)).Select(watched => (watched.Effect, watched.Change.Version)));
        Assert.Equal(
            [(entered, 3), (changed, 4), (changed, 5), (left, 6), (entered, 7)],
            (await labelled.Changes(5)).Select(watched => (watched.Effect, watched.Change.Version)));
    }

    [Fact]
    public async Task A_filter_by_network_type_and_object_sends_what_matches()
    {
        var inside = await Vip("203.0.113.77");
        await using var network = await Watching.Open(
            service, new()
            {
                Filter = new()
                {
                    VipIn = { new CidrFilter { Cidr = "203.0.113.64/26" } },
                    Types_ = { "virtual_server.created", "virtual_server.changed" },
                },
            });
        var created = (await service.VirtualServers.CreateVirtualServerAsync(
            new() { VirtualServer = new(await TestInventory.Draft(service)) { Vip = new() { Id = inside } } })).VirtualServer;
        await using var one = await Watching.Open(service, new() { Filter = new() { ObjectIds = { created.Id } } });
        await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = created.Id });
        await Update(created, new() { Vip = new() { Name = await TestInventory.NewAddress(service) } }, "vip");

        Assert.Equal(
            [(ChangeEffect.Entered, "virtual_server.created"), (ChangeEffect.Left, "virtual_server.changed")],
            (await network.Changes(2)).Select(watched => (watched.Effect, watched.Change.Type)));
        // A watch may start with what was committed a moment before.
        var types = new List<string>();
        while (types.LastOrDefault() != "virtual_server.changed") types.Add((await one.Changes(1))[0].Change.Type);
        Assert.Equal(["virtual_server.disabled", "virtual_server.changed"], types.TakeLast(2));
    }

    [Fact]
    public async Task A_watch_from_a_time_sends_the_changes_of_that_time_and_later()
    {
        await TestInventory.Create(service);
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });

        await using var watch = await Watching.Open(
            service, new() { Filter = new() { ObjectIds = { server.Id } }, Time = server.CreateTime });
        Assert.Equal([1, 2], (await watch.Changes(2)).Select(watched => watched.Change.Version));
        await using var all = await Watching.Open(service, new() { Time = server.CreateTime });
        Assert.True((await all.Changes(1))[0].Change.Time >= server.CreateTime);
    }

    [Theory]
    [InlineData("not a token", StatusCode.InvalidArgument, "FIELD_INVALID")]
    [InlineData("", StatusCode.InvalidArgument, "FIELD_INVALID")]
    public async Task A_token_that_is_none_is_refused(string token, StatusCode code, string reason) =>
        await Refused(new() { Token = token }, code, reason, "token");

    [Fact]
    public async Task A_token_of_another_filter_is_refused()
    {
        await using var watch = await Watching.Open(service, Of(Kind.Device));
        await Refused(new() { Token = watch.Token }, StatusCode.InvalidArgument, "FIELD_INVALID", "token");
    }

    [Fact]
    public async Task Case_29_a_token_that_is_ahead_of_the_registry_is_out_of_range()
    {
        await using var watch = await Watching.Open(service, Of(Kind.CloudService));
        await Upsert(new() { CloudService = new() { Name = TestInventory.Unique("cloud") } });
        await watch.Changes(1);
        await using var older = await TestService.Start();
        await older.Execute("update registry.page_token_key set key = decode('" + Convert.ToHexString(await service.Scalar<byte[]>(
            "select key from registry.page_token_key")) + "', 'hex')");
        await older.DisposeAsync();
        await using var restored = await TestService.Start(older.Database);
        var request = Of(Kind.CloudService);
        request.Token = watch.Token;

        var refused = await Ends(restored, request);

        Assert.Equal((StatusCode.OutOfRange, "TOKEN_EXPIRED"), (refused.StatusCode, refused.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task Case_29_when_the_database_is_restored_a_watch_ends_and_its_token_is_out_of_range()
    {
        await using var restored = await TestService.Start();
        await TestInventory.Register(restored);
        await using var watch = await Watching.Open(restored);
        await restored.Execute("select registry.begin_epoch('as after a restore')");

        var ended = await watch.Ends();
        var again = await Ends(restored, new() { Token = watch.Token });

        foreach (var refused in new[] { ended, again })
        {
            Assert.Equal(
                (StatusCode.OutOfRange, "TOKEN_EXPIRED"), (refused.StatusCode, refused.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        }

        await using var anew = await Watching.Open(restored, Snapshot());
        await anew.Snapshot();
        await using var consumer = await ForeignConsumer.Start();
        var server = await TestInventory.Create(restored);
        Assert.Equal(server.Id, (await anew.Changes(1))[0].Change.Id);
        await consumer.Receive(1, server.Id);
    }

    [Theory]
    [InlineData(0, 500)]
    [InlineData(601, 0)]
    [InlineData(-1, 0)]
    public async Task An_interval_out_of_range_is_refused(long seconds, int milliseconds) => await Refused(
        new() { ProgressInterval = new() { Seconds = seconds, Nanos = milliseconds * 1_000_000 } },
        StatusCode.InvalidArgument, "FIELD_INVALID", "progress_interval");

    [Fact]
    public async Task A_filter_with_errors_is_refused()
    {
        await Refused(
            new() { Filter = new() { Types_ = { "virtual_server.painted" }, ObjectIds = { "1" } } },
            StatusCode.InvalidArgument, "FIELD_INVALID", "filter.types[0]");
        var refused = await Ends(service, new() { Filter = new() { Types_ = { "virtual_server.painted" } } });
        Assert.Contains("virtual_server.condition_raised", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_service_stops_a_watch_ends_with_UNAVAILABLE_and_goes_on_at_the_next()
    {
        var stopping = await TestService.Start();
        await TestInventory.Register(stopping);
        await using var watch = await Watching.Open(stopping);
        stopping.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var ended = await watch.Ends();
        await stopping.DisposeAsync();

        Assert.Equal((StatusCode.Unavailable, "STOPPING"), (ended.StatusCode, ended.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        await using var next = await TestService.Start(stopping.Database);
        await using var resumed = await Watching.Open(next, new() { Token = watch.Token });
        var server = await TestInventory.Create(next);
        await Eventually.IsSo("the change", async () => (await resumed.Changes(1))[0].Change.Id == server.Id);
    }

    [Fact]
    public async Task A_transaction_that_holds_a_sequence_number_delays_changes_and_none_is_missed()
    {
        await using var watch = await Watching.Open(service, Of(Kind.VirtualServer));
        await using var held = await HeldSequence.Take(service);
        var created = await TestInventory.Create(service);
        var later = await TestInventory.Create(service);
        await held.Release();

        Assert.Equal([created.Id, later.Id], (await watch.Changes(2)).Select(watched => watched.Change.Id));
    }

    [Fact]
    public async Task A_slow_watcher_is_ended_with_its_last_token_and_slows_nobody()
    {
        using var slow = service.Changes.WatchChanges(new());
        await slow.ResponseStream.MoveNext(CancellationToken.None);
        var first = slow.ResponseStream.Current;
        await using var fast = await Watching.Open(service, Of(Kind.CloudService));
        var labels = Enumerable.Range(0, 60).ToDictionary(i => $"key-{i}", _ => new string('x', 250));
        var server = await TestInventory.Create(service);
        var count = 0;
        while (count < 400)
        {
            var draft = new V1.VirtualServer { Labels = { labels, { "count", $"{count++}" } } };
            await Update(server, draft, "labels");
        }

        var cloud = await Upsert(new() { CloudService = new() { Name = TestInventory.Unique("cloud") } });
        Assert.Equal(cloud.Id, (await fast.Changes(1))[0].Change.Id);

        // It finds what it was sent before, and the status.
        await Task.Delay(TimeSpan.FromSeconds(25));
        var (token, received) = (first.Token, 0);
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await slow.ResponseStream.MoveNext(CancellationToken.None))
            {
                token = slow.ResponseStream.Current.Token;
                if (slow.ResponseStream.Current.Change is not null) received++;
            }
        });
        Assert.Equal(
            (StatusCode.ResourceExhausted, "WATCH_TOO_SLOW"), (ended.StatusCode, ended.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        Assert.InRange(received, 1, 399);
        await using var resumed = await Watching.Open(service, new() { Token = token });
        var rest = await resumed.Changes(1);
        Assert.True(rest[0].Change.Sequence > 0);
    }

    private static WatchChangesRequest Of(Kind kind) => new() { Filter = new() { Kinds = { kind } } };

    private static WatchChangesRequest Snapshot()
    {
        var request = Of(Kind.VirtualServer);
        request.Snapshot = true;
        return request;
    }

    private static async Task<RpcException> Ends(TestService at, WatchChangesRequest request)
    {
        using var call = at.Changes.WatchChanges(request);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    private async Task Refused(WatchChangesRequest request, StatusCode code, string reason, string field)
    {
        var refused = await Ends(service, request);
        var status = refused.GetRpcStatus()!;
        Assert.Equal((code, reason), (refused.StatusCode, status.GetDetail<ErrorInfo>().Reason));
        Assert.Contains(field, status.GetDetail<BadRequest>().FieldViolations.Select(violation => violation.Field));
    }

    private async Task RunThroughLifecycle()
    {
        var id = (await TestInventory.Create(service)).Id;
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = id });
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = id });
    }

    private async Task Update(V1.VirtualServer server, V1.VirtualServer draft, string field) =>
        await service.VirtualServers.UpdateVirtualServerAsync(
            new() { Id = server.Id, VirtualServer = draft, UpdateMask = new() { Paths = { field } } });

    private async Task<string> Vip(string address) => (await Upsert(new() { IpAddress = new() { Address = address } })).Id;

    private async Task<InventoryObject> Upsert(InventoryObject thing) =>
        (await service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = thing })).InventoryObject;
}
