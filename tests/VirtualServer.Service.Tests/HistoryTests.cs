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
        var pointless = await Refusal.Of(service.Past.GetVersionAsync(new() { Target = new() { Id = server.Id }, At = new() }));
        Assert.Equal(["at.version", "at.time"], pointless.Fields);
    }

    [Fact]
    public async Task A_time_that_is_invalid_or_in_the_future_is_refused_under_the_path_of_the_request()
    {
        var target = new HistoryTarget { Id = (await TestInventory.Create(service)).Id };
        VersionSelector invalid = new() { Time = new() { Nanos = -1 } };
        VersionSelector future = new() { Time = DateTimeOffset.UtcNow.AddHours(1).ToTimestamp() };

        await Names(service.Past.GetVersionAsync(new() { Target = target, At = future }), "at.time is in the future", "at.time");
        await Names(service.Past.GetVersionAsync(new() { Target = target, At = invalid }), "at.time is not a valid time", "at.time");
        await Names(service.Past.RevertObjectAsync(new() { Target = target, To = future }), "to.time is in the future", "to.time");
        await Names(
            service.Past.DiffVersionsAsync(new() { Target = target, From = invalid, To = invalid }),
            "from.time is not a valid time", "from.time", "to.time");
        await Names(
            service.Past.DiffVersionsAsync(new() { Target = target, From = future, To = future }),
            "from.time is in the future", "from.time", "to.time");
        var missing = await Refusal.Of(
            service.Past.DiffVersionsAsync(new() { Target = target, From = new(), To = new() }),
            StatusCode.InvalidArgument, "FIELD_REQUIRED");
        Assert.Equal(["from.version", "from.time", "to.version", "to.time"], missing.Fields);

        static async Task Names<T>(AsyncUnaryCall<T> call, string message, params string[] fields)
        {
            var refusal = await Refusal.Of(call, StatusCode.InvalidArgument, "FIELD_INVALID");
            Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(fields, refusal.Fields);
        }
    }

    [Fact]
    public async Task A_diff_of_missing_versions_names_both_and_those_that_there_are()
    {
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        var refusal = await Refusal.Of(
            service.Past.DiffVersionsAsync(new()
            {
                Target = new() { Id = server.Id }, From = new() { Version = 8 }, To = new() { Version = 9 },
            }),
            StatusCode.NotFound, "NOT_FOUND");
        Assert.Contains("has no version 8: its versions are 1 to 2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("has no version 9", refusal.Message, StringComparison.Ordinal);
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
    public async Task A_diff_shows_each_form_of_value_in_proto_json()
    {
        var draft = await TestInventory.Draft(service);
        var certificate = await service.Add(Domain.Kind.CertificateProfile, "certificate");
        draft.CertificateProfiles.Add(certificate);
        draft.Labels.Add("env", "prod");
        var server = await service.Create(draft);
        await service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = server.Id,
            VirtualServer = new() { Protocol = Protocol.Tcp, Enabled = false },
            UpdateMask = new() { Paths = { "protocol", "enabled", "labels", "certificate_profiles" } },
        });
        var expires = new DateTimeOffset(2040, 1, 2, 3, 4, 5, TimeSpan.Zero).ToTimestamp();
        await service.Profiles.UpdateCertificateProfileAsync(
            new() { Id = certificate.Id, CertificateProfile = new() { ExpirationDate = expires } });

        var diff = await service.Past.DiffVersionsAsync(new() { Target = new() { Id = server.Id }, From = new() { Version = 1 } });
        var dated = await service.Past.DiffVersionsAsync(new() { Target = new() { Id = certificate.Id }, From = new() { Version = 1 } });

        FieldChange Of(string field) => diff.Changes.Single(one => one.Field == field);
        Assert.Equal("PROTOCOL_TCP", Of("protocol").After.StringValue);
        Assert.True(Of("enabled").Before.BoolValue);
        Assert.Equal("prod", Of("labels").Before.StructValue.Fields["env"].StringValue);
        Assert.Null(Of("labels").After);
        var profile = Assert.Single(Of("certificate_profiles").Before.ListValue.Values);
        Assert.Equal(certificate.Id, profile.StructValue.Fields["id"].StringValue);
        Assert.Equal("2040-01-02T03:04:05Z", Assert.Single(dated.Changes).After.StringValue);
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
        // The request has no field of the object.
        Assert.Equal(["to"], refusal.Fields);

        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        var ofDeleted = await Refusal.Of(
            service.Past.RevertObjectAsync(new() { Target = new() { Id = server.Id }, To = new() { Version = 2 } }),
            StatusCode.NotFound, "NOT_FOUND");
        Assert.EndsWith("is deleted: undelete it first", ofDeleted.Message, StringComparison.Ordinal);
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

    [Fact]
    public async Task The_audit_log_finds_a_reason_in_any_letter_case_of_any_script()
    {
        var actor = TestInventory.Unique("auditor");
        var headers = new Metadata { { "x-actor", actor } };
        var request = new CreateVirtualServerRequest { VirtualServer = await TestInventory.Draft(service), Reason = "ΟΔΟΣ Ünited" };
        await service.VirtualServers.CreateVirtualServerAsync(request, headers);

        foreach (var part in new[] { "οδος", "οδοσ", "üNITED", "ΟΔΟΣ Ü" })
            Assert.Equal("ΟΔΟΣ Ünited", Assert.Single(await Audit(new() { Actors = { actor }, ReasonContains = part })).Reason);
        Assert.Empty(await Audit(new() { Actors = { actor }, ReasonContains = "%" }));
    }

    [Fact]
    public async Task A_page_of_the_audit_log_examines_a_bounded_number_of_changes_and_the_next_one_continues()
    {
        string[] actors = [TestInventory.Unique("auditor"), TestInventory.Unique("auditor")];
        var servers = new List<string>();
        foreach (var actor in actors)
        {
            var headers = new Metadata { { "x-actor", actor } };
            servers.Insert(0, (await service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = await TestInventory.Draft(service) }, headers)).VirtualServer.Id);
            var set = new BatchUpsertInventoryObjectsRequest();
            set.Requests.Add(Enumerable.Range(0, 250).Select(_ => new UpsertInventoryObjectRequest
            {
                InventoryObject = new() { Device = new() { Name = TestInventory.Unique("lb") } },
            }));
            await service.Inventory.BatchUpsertInventoryObjectsAsync(set, headers);
        }

        // The more actors, the fewer changes of each are examined for a page: 200 of 100 actors.
        var filter = new AuditFilter { Actors = { actors }, Kinds = { Kind.VirtualServer } };
        for (var i = 0; i < 98; i++) filter.Actors.Add($"nobody-{i}");
        var first = await service.Past.ListAuditEntriesAsync(new() { Filter = filter, PageSize = 1 });

        Assert.Empty(first.Entries);
        Assert.NotEmpty(first.NextPageToken);
        Assert.Equal(servers, (await Audit(filter, pageSize: 1)).Select(one => one.Id));
        // Without another filter, every change examined is one of the page.
        filter.Kinds.Clear();
        var all = await Audit(filter, pageSize: 100);
        Assert.Equal(502, all.Count);
        Assert.Equal(all, await Audit(new() { Actors = { actors } }));
    }

    [Fact]
    public async Task Histories_of_large_objects_come_in_pages_of_2_MB()
    {
        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = await TestInventory.Pool(service) }))
            .LoadBalancerPool;
        var label = new string('x', 250);
        for (var i = 0; i < 4; i++)
        {
            await service.Pools.ReplacePoolMembersAsync(new()
            {
                Id = pool.Id,
                Members =
                {
                    Enumerable.Range(1, 1000).Select(port => new PoolMember
                    {
                        IpAddress = pool.Members[0].IpAddress, Port = (i * 1000) + port, Label = label,
                    }),
                },
            });
        }

        var audited = new ListAuditEntriesRequest { Filter = new() { ObjectIds = { pool.Id } }, WithChanges = true };
        var first = await service.Past.ListVersionsAsync(new() { Target = new() { Id = pool.Id } });
        var audit = await service.Past.ListAuditEntriesAsync(audited);

        Assert.InRange(first.CalculateSize(), 1, 2_001_000);
        Assert.Equal(first.Versions, audit.Entries);
        Assert.Equal([5, 4, 3, 2, 1], (await Versions(pool.Id, pageSize: 1000)).Select(one => one.Version));
        Assert.True(first.Versions.Count < 5);
        audited.PageToken = audit.NextPageToken;
        Assert.Equal(5 - first.Versions.Count, (await service.Past.ListAuditEntriesAsync(audited)).Entries[0].Version);
        // Without the changes, one page has all entries.
        audited.PageToken = "";
        audited.WithChanges = false;
        Assert.Equal(5, (await service.Past.ListAuditEntriesAsync(audited)).Entries.Count);
    }

    public static TheoryData<AuditFilter, string, string> MalformedFilters => new()
    {
        { new() { Kinds = { (Kind)99 } }, "filter.kinds[0]", "99 is not defined: use a value from 1 to 11" },
        {
            new() { Types_ = { "virtual_server.condition_raised" } }, "filter.types[0]", "is not a type of change: use one of"
        },
        { new() { Types_ = { "virtual_server.created", "x" } }, "filter.types[1]", "is not a type of change: use one of" },
        { new() { ObjectIds = { "x" } }, "filter.object_ids[0]", "is not a UUID: write it like" },
        { new() { StartTime = new() { Nanos = -1 } }, "filter.start_time", "is not a valid time: use a timestamp" },
        { new() { EndTime = new() { Seconds = long.MaxValue } }, "filter.end_time", "is not a valid time: use a timestamp" },
        { new() { Actors = { "a", "b\0" } }, "filter.actors[1]", "has the character U+0000: only printable text is allowed" },
        { new() { CorrelationId = "\0" }, "filter.correlation_id", "has the character U+0000: only printable text is allowed" },
        { new() { ReasonContains = "a\0" }, "filter.reason_contains", "has the character U+0000: only printable text is allowed" },
        { new() { ReasonContains = new('x', 256) }, "filter.reason_contains", "has 256 characters: at most 255 are allowed" },
        { new() { Actors = { Enumerable.Repeat("x", 101) } }, "filter.actors", "has 101 values: use up to 100" },
        { new() { Kinds = { Enumerable.Repeat(Kind.Tenant, 101) } }, "filter.kinds", "has 101 values: use up to 100" },
    };

    [Theory, MemberData(nameof(MalformedFilters))]
    public async Task A_malformed_filter_of_the_audit_log_is_rejected(AuditFilter filter, string field, string message)
    {
        var refusal = await Refusal.Of(
            service.Past.ListAuditEntriesAsync(new() { Filter = filter }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal([field], refusal.Fields);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
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
    public async Task A_page_token_belongs_to_the_object_however_it_is_named()
    {
        var address = await TestInventory.NewAddress(service);
        var other = await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = TestInventory.Unique("space") } });
        var known = await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = TestInventory.Unique("space") } });
        ObjectName Named(InventoryObject one) => new() { Kind = Kind.IpAddress, Name = address, Namespace = one.IpAddress.Namespace };
        foreach (var one in new[] { known, other })
        {
            await service.Upsert(new(one) { IpAddress = new() { Address = address, Namespace = TestInventory.Unique("space") } });
            await service.Upsert(new(one) { IpAddress = one.IpAddress });
        }

        var request = new ListVersionsRequest { Target = new() { Name = Named(known) }, PageSize = 1 };
        request.PageToken = (await service.Past.ListVersionsAsync(request)).NextPageToken;
        request.Target = new() { Id = known.Id };
        Assert.Equal(2, (await service.Past.ListVersionsAsync(request)).Versions.Single().Version);
        // The same address in another namespace.
        request.Target = new() { Name = Named(other) };
        Assert.Equal(
            ["page_token"],
            (await Refusal.Of(service.Past.ListVersionsAsync(request), StatusCode.InvalidArgument, "FIELD_INVALID")).Fields);
    }

    [Fact]
    public async Task A_name_that_several_objects_have_is_refused_with_their_namespaces_and_ids()
    {
        var address = await TestInventory.NewAddress(service);
        var other = await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = TestInventory.Unique("space") } });
        var target = new HistoryTarget { Name = new() { Kind = Kind.IpAddress, Name = address } };

        var refusal = await Refusal.Of(
            service.Past.ListVersionsAsync(new() { Target = target }), StatusCode.FailedPrecondition, "REFERENCE_AMBIGUOUS");

        Assert.Contains("matches 2 objects: give the namespace or the id", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(other.IpAddress.Namespace, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(other.Id, refusal.Message, StringComparison.Ordinal);
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
