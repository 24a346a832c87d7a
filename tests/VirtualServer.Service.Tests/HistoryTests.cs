using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>The history of objects, their past states, the audit log and the way back.</summary>
public sealed class HistoryTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Case_28_history_tells_who_when_why_and_what_changed_with_the_names_of_then()
    {
        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = await TestInventory.Pool(service) }))
            .LoadBalancerPool;
        var server = await TestInventory.Create(service);
        var moved = await service.VirtualServers.UpdateVirtualServerAsync(
            new()
            {
                Id = server.Id,
                VirtualServer = new() { Port = 8443, LoadBalancerPool = new() { Id = pool.Id } },
                UpdateMask = new() { Paths = { "port", "load_balancer_pool" } },
                Reason = "maintenance",
            },
            new Metadata { { "x-actor", "alice" }, { "x-correlation-id", "change-1" } });
        await service.Pools.UpdateLoadBalancerPoolAsync(new() { Id = pool.Id, LoadBalancerPool = new() { Name = $"{pool.Name}-renamed" } });
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });

        var versions = await Versions(server.Id);

        Assert.Equal(
            [(3, "virtual_server.deleted"), (2, "virtual_server.changed"), (1, "virtual_server.created")],
            versions.Select(one => (one.Version, one.Type)));
        var change = versions[1];
        Assert.Equal(("alice", "maintenance", "change-1"), (change.Actor, change.Reason, change.CorrelationId));
        Assert.Equal((Kind.VirtualServer, server.Id, server.Name), (change.Kind, change.Id, change.Name));
        Assert.Equal(moved.VirtualServer.UpdateTime, change.Time);
        Assert.Equal(["port", "load_balancer_pool"], change.Changes.Select(one => one.Field));
        Assert.Equal((443, 8443), (change.Changes[0].Before.NumberValue, change.Changes[0].After.NumberValue));
        Assert.Equal("pool-1", change.Changes[1].Before.StructValue.Fields["name"].StringValue);
        Assert.Equal(pool.Name, change.Changes[1].After.StructValue.Fields["name"].StringValue);
        var created = versions[2].Changes;
        Assert.All(created, one => Assert.Null(one.Before));
        Assert.Contains(created, one => one.Field == "vip" && one.After.StructValue.Fields["name"].StringValue == server.Vip.Name);
        Assert.Empty(versions[0].Changes);
        Assert.Equal((await service.Committed(server.Id)).Reverse().Select(one => one.EventId), versions.Select(one => one.EventId));
    }

    [Fact]
    public async Task Case_27_every_version_and_every_time_shows_what_was_then()
    {
        var server = await TestInventory.Create(service);
        List<V1.VirtualServer> states = [server];
        states.Add((await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id })).VirtualServer);
        states.Add((await service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = server.Id, VirtualServer = new() { Name = TestInventory.Unique("renamed"), Labels = { { "env", "prod" } } },
        })).VirtualServer);
        states.Add((await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id })).VirtualServer);
        states.Add((await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = server.Id })).VirtualServer);

        foreach (var state in states)
        {
            Assert.Equal(state, (await At(server.Id, new() { Version = (int)state.Version })).VirtualServer);
            if (state.DeleteTime is null) Assert.Equal(state, (await At(server.Id, new() { Time = state.UpdateTime })).VirtualServer);
        }

        // A microsecond before a change, the state before it was current.
        Assert.Equal(states[1], (await At(server.Id, new() { Time = Before(states[2].UpdateTime) })).VirtualServer);
        await Refuses(StatusCode.NotFound, "NOT_FOUND", server.Id, new() { Time = Before(server.CreateTime) });
        await Refuses(StatusCode.NotFound, "NOT_FOUND", server.Id, new() { Time = states[3].DeleteTime });
        await Refuses(StatusCode.NotFound, "NOT_FOUND", server.Id, new() { Version = 6 });
        await Refuses(StatusCode.NotFound, "NOT_FOUND", server.Id, new() { Version = 0 });
        var future = DateTimeOffset.UtcNow.AddHours(1).ToTimestamp();
        await Refuses(StatusCode.InvalidArgument, "FIELD_INVALID", server.Id, new() { Time = future });
        await Refuses(StatusCode.InvalidArgument, "FIELD_REQUIRED", server.Id, new());
    }

    [Fact]
    public async Task A_past_state_has_the_names_that_its_references_had_then()
    {
        var device = (await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("lb") } }));
        var draft = await TestInventory.Draft(service);
        draft.Device = new() { Id = device.Id };
        var server = await service.Create(draft);
        var renamed = await service.Upsert(new() { Id = device.Id, Device = new() { Name = TestInventory.Unique("lb") } });

        Assert.Equal(renamed.Device.Name, (await service.Get(server.Id)).Device.Name);
        Assert.Equal(device.Device.Name, (await At(server.Id, new() { Version = 1 })).VirtualServer.Device.Name);
        Assert.Equal(
            device.Device.Name, (await At(server.Id, new() { Time = Before(renamed.UpdateTime) })).VirtualServer.Device.Name);
        Assert.Equal(
            renamed.Device.Name, (await At(server.Id, new() { Time = renamed.UpdateTime })).VirtualServer.Device.Name);
    }

    [Fact]
    public async Task A_diff_compares_two_versions_and_members_by_their_id()
    {
        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = await TestInventory.Pool(service) }))
            .LoadBalancerPool;
        var member = (await service.Pools.AddPoolMemberAsync(new()
        {
            Id = pool.Id, Member = new() { IpAddress = new() { Name = await TestInventory.NewAddress(service) }, Port = 81 },
        })).Member;
        await service.Pools.UpdatePoolMemberAsync(new()
        {
            Id = pool.Id, MemberId = pool.Members[0].Id, Member = new() { Status = PoolMemberStatus.Maintenance },
        });

        var diff = await service.Past.DiffVersionsAsync(new() { Target = new() { Id = pool.Id }, From = new() { Version = 1 } });

        Assert.Equal((1, 3), (diff.FromVersion, diff.ToVersion));
        string[] fields = [$"members.{member.Id}", $"members.{pool.Members[0].Id}"];
        Assert.Equal(fields.Order(StringComparer.Ordinal), diff.Changes.Select(one => one.Field));
        var changed = diff.Changes.Single(one => one.Field == $"members.{pool.Members[0].Id}");
        Assert.Equal("POOL_MEMBER_STATUS_ACTIVE", changed.Before.StructValue.Fields["status"].StringValue);
        Assert.Equal("POOL_MEMBER_STATUS_MAINTENANCE", changed.After.StructValue.Fields["status"].StringValue);
        Assert.Null(diff.Changes.Single(one => one.Field == $"members.{member.Id}").Before);

        var back = await service.Past.DiffVersionsAsync(new()
        {
            Target = new() { Id = pool.Id }, From = new() { Version = 3 }, To = new() { Version = 1 },
        });
        Assert.Equal(
            diff.Changes.Select(one => (one.Field, one.After, one.Before)), back.Changes.Select(one => (one.Field, one.Before, one.After)));
    }

    [Fact]
    public async Task A_revert_is_one_new_change_that_shows_its_difference_when_validated()
    {
        var server = await TestInventory.Create(service);
        var moved = (await service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = server.Id, VirtualServer = new() { Port = 8443, Description = "moved", Labels = { { "env", "prod" } } },
        })).VirtualServer;
        var request = new RevertObjectRequest { Target = new() { Id = server.Id }, To = new() { Version = 1 }, Reason = "back" };

        var before = await service.Everything();
        var dry = await service.Past.RevertObjectAsync(new(request) { ValidateOnly = true });
        Assert.Equal(["port", "labels", "description"], dry.Changes.Select(one => one.Field));
        Assert.Equal(before, await service.Everything());

        var done = await service.Past.RevertObjectAsync(request);
        Assert.Equal(dry.Changes, done.Changes);
        Assert.Equal(3, done.Object.VirtualServer.Version);
        Assert.Equal(Content(server), Content(await service.Get(server.Id)));
        Assert.Equal("back", (await Versions(server.Id))[0].Reason);

        // To the content that it has: the same version, no event.
        var again = await service.Past.RevertObjectAsync(request);
        Assert.Equal((3, 0), ((int)again.Object.VirtualServer.Version, again.Changes.Count));
        Assert.Equal(3, await service.Events(server.Id));
        // By time, too.
        var forth = await service.Past.RevertObjectAsync(new() { Target = request.Target, To = new() { Time = moved.UpdateTime } });
        Assert.Equal(Content(moved), Content(forth.Object.VirtualServer));
    }

    [Fact]
    public async Task A_revert_is_decided_by_the_rules_of_today()
    {
        var server = await TestInventory.Create(service);
        await service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = server.Id, VirtualServer = new() { Name = TestInventory.Unique("renamed") },
        });
        var holder = await TestInventory.Create(service, server.Name);

        var refusal = await Refusal.Of(
            service.Past.RevertObjectAsync(new() { Target = new() { Id = server.Id }, To = new() { Version = 1 } }),
            StatusCode.AlreadyExists, "NAME_TAKEN");
        Assert.Contains(holder.Id, refusal.Message, StringComparison.Ordinal);

        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        await Refusal.Of(
            service.Past.RevertObjectAsync(new() { Target = new() { Id = server.Id }, To = new() { Version = 2 } }),
            StatusCode.NotFound, "NOT_FOUND");
        var tenant = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        await Refusal.Of(
            service.Past.RevertObjectAsync(new() { Target = new() { Id = tenant.Id }, To = new() { Version = 1 } }),
            StatusCode.InvalidArgument, "FIELD_INVALID");
    }

    [Fact]
    public async Task A_revert_of_a_pool_brings_its_members_back_under_their_ids()
    {
        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = await TestInventory.Pool(service) }))
            .LoadBalancerPool;
        await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = pool.Members[0].Id });

        var reverted = await service.Past.RevertObjectAsync(new() { Target = new() { Id = pool.Id }, To = new() { Version = 1 } });

        Assert.Equal(pool.Members, reverted.Object.LoadBalancerPool.Members);
    }

    [Fact]
    public async Task The_audit_log_finds_changes_by_every_filter_and_pages_through_them_newest_first()
    {
        var (actor, correlation) = (TestInventory.Unique("auditor"), TestInventory.Unique("correlation"));
        var headers = new Metadata { { "x-actor", actor }, { "x-correlation-id", correlation } };
        var draft = await TestInventory.Draft(service);
        var server = (await service.VirtualServers.CreateVirtualServerAsync(
            new() { VirtualServer = draft, Reason = "Go Live" }, headers)).VirtualServer;
        for (var port = 1; port <= 5; port++)
            await service.VirtualServers.UpdateVirtualServerAsync(new() { Id = server.Id, VirtualServer = new() { Port = port } }, headers);
        var device = (await service.Inventory.UpsertInventoryObjectAsync(
            new() { InventoryObject = new() { Device = new() { Name = TestInventory.Unique("lb") } } }, headers)).InventoryObject;

        var all = await Audit(new() { Actors = { actor } });
        Assert.Equal(
            [(device.Id, 1), .. Enumerable.Range(1, 6).Reverse().Select(version => (server.Id, version))],
            all.Select(one => (one.Id, one.Version)));
        Assert.Equal(all, await Audit(new() { CorrelationId = correlation }));
        Assert.Equal(all, await Audit(new() { Actors = { actor, "nobody" }, ObjectIds = { server.Id, device.Id } }));
        Assert.Equal(all, await Audit(new() { Actors = { actor } }, pageSize: 2));
        Assert.Equal(all.Skip(1), await Audit(new() { Actors = { actor }, Kinds = { Kind.VirtualServer } }));
        Assert.Equal(all.Skip(6), await Audit(new() { Actors = { actor }, Types_ = { "virtual_server.created" } }));
        Assert.Equal(all.Skip(6), await Audit(new() { Actors = { actor }, ReasonContains = "go live" }));
        Assert.Equal(all.Skip(1).Take(5), await Audit(new() { ObjectIds = { server.Id }, StartTime = all[5].Time }));
        Assert.Equal(all.Skip(6), await Audit(new() { ObjectIds = { server.Id }, EndTime = all[5].Time }));
        Assert.Equal(all.Skip(1), (await Versions(server.Id)).Select(WithoutChanges));
        var entries = await service.Past.ListAuditEntriesAsync(new() { Filter = new() { Actors = { actor } }, WithChanges = true });
        Assert.Equal(["port"], entries.Entries[1].Changes.Select(one => one.Field));
    }

    [Theory]
    [InlineData("""{"kinds": [99]}""", "filter.kinds")]
    [InlineData("""{"types": ["virtual_server.exploded"]}""", "filter.types")]
    [InlineData("""{"object_ids": ["x"]}""", "filter.object_ids")]
    public async Task A_malformed_filter_of_the_audit_log_is_rejected(string filter, string field)
    {
        var refusal = await Refusal.Of(
            service.Past.ListAuditEntriesAsync(new() { Filter = JsonParser.Default.Parse<AuditFilter>(filter) }),
            StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal([field], refusal.Fields);
    }

    [Fact]
    public async Task A_page_token_of_another_list_is_rejected()
    {
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        var other = await TestInventory.Create(service);
        var token = (await service.Past.ListVersionsAsync(new() { Target = new() { Id = server.Id }, PageSize = 1 })).NextPageToken;
        await Refusal.Of(
            service.Past.ListVersionsAsync(new() { Target = new() { Id = other.Id }, PageToken = token }),
            StatusCode.InvalidArgument, "FIELD_INVALID");

        var audit = (await service.Past.ListAuditEntriesAsync(new() { PageSize = 1 })).NextPageToken;
        await Refusal.Of(
            service.Past.ListAuditEntriesAsync(new() { Filter = new() { Actors = { "another" } }, PageToken = audit }),
            StatusCode.InvalidArgument, "FIELD_INVALID");
    }

    [Fact]
    public async Task The_history_of_a_deleted_object_is_found_by_its_last_name()
    {
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        var target = new HistoryTarget { Name = new() { Kind = Kind.VirtualServer, Name = server.Name } };

        Assert.Equal(2, (await service.Past.ListVersionsAsync(new() { Target = target })).Versions.Count);

        // A live object of the name comes first.
        var live = await TestInventory.Create(service, server.Name);
        Assert.Equal(live.Id, (await service.Past.ListVersionsAsync(new() { Target = target })).Versions.Single().Id);
    }

    private async Task<List<ObjectVersion>> Versions(string id, int pageSize = 2)
    {
        var request = new ListVersionsRequest { Target = new() { Id = id }, PageSize = pageSize };
        var all = new List<ObjectVersion>();
        do
        {
            var page = await service.Past.ListVersionsAsync(request);
            all.AddRange(page.Versions);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    private async Task<List<ObjectVersion>> Audit(AuditFilter filter, int pageSize = 1000)
    {
        var request = new ListAuditEntriesRequest { Filter = filter, PageSize = pageSize };
        var all = new List<ObjectVersion>();
        do
        {
            var page = await service.Past.ListAuditEntriesAsync(request);
            all.AddRange(page.Entries);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    private async Task<RegistryObject> At(string id, VersionSelector at) =>
        (await service.Past.GetVersionAsync(new() { Target = new() { Id = id }, At = at })).Object;

    private Task<Refusal> Refuses(StatusCode code, string reason, string id, VersionSelector at) =>
        Refusal.Of(service.Past.GetVersionAsync(new() { Target = new() { Id = id }, At = at }), code, reason);

    private static Timestamp Before(Timestamp time) => time.ToDateTimeOffset().AddMicroseconds(-1).ToTimestamp();

    private static ObjectVersion WithoutChanges(ObjectVersion version)
    {
        var bare = new ObjectVersion(version);
        bare.Changes.Clear();
        return bare;
    }

    // A virtual server without the fields that change with every event.
    private static V1.VirtualServer Content(V1.VirtualServer server)
    {
        var content = new V1.VirtualServer(server) { Version = 0, Etag = "", UpdateTime = null };
        content.Conditions.Clear();
        return content;
    }
}
