using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>Pools and their members: stored as one object, changed one by one or all at once, and protected while in use.</summary>
public sealed class PoolTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Every_field_is_stored_and_returned()
    {
        var (plain, full) = (await Member(), await Full());
        var asked = new LoadBalancerPool
        {
            Name = TestInventory.Unique("backends"),
            LoadBalancingAlgorithm = LoadBalancingAlgorithm.SrcipSrcportHash,
            HealthCheckMonitor = await service.Add(Kind.HealthCheckMonitor, "monitor"),
            Tenant = new() { Name = "acme" },
            Labels = { ["team"] = "edge", ["empty"] = "" },
            Description = "Line one\n\tand two, with ünïcödé 🙂",
            Members = { plain, full },
        };
        var created = await Create(asked);

        // Unset fields of a member have the defaults of the contract; the service assigns the ids.
        var expected = new LoadBalancerPool(asked)
        {
            Id = created.Id,
            Tenant = new() { Id = created.Tenant.Id, Name = "acme" },
            Version = 1,
            Etag = created.Etag,
            CreateTime = created.CreateTime,
            UpdateTime = created.UpdateTime,
        };
        expected.Members.Clear();
        expected.Members.Add(Sorted(
            new(plain)
            {
                Id = At(created, plain).Id,
                IpAddress = At(created, plain).IpAddress,
                Status = PoolMemberStatus.Active,
                SslOffload = false,
            },
            new(full) { Id = At(created, full).Id, IpAddress = At(created, full).IpAddress, Tenant = created.Tenant }));
        Assert.Equal(expected, created);
        Assert.Equal(expected, await Get(created.Id));
        Assert.Equal(expected, (await service.Pools.GetLoadBalancerPoolAsync(new() { Name = asked.Name })).LoadBalancerPool);
        Assert.Equal(
            expected,
            Assert.Single(
                (await service.Pools.ListLoadBalancerPoolsAsync(new() { PageSize = 1000 })).LoadBalancerPools,
                listed => listed.Id == created.Id));
        Assert.Equal(["load_balancer_pool.created"], await service.EventTypes(created.Id));
    }

    [Fact]
    public async Task Case_6_a_repeated_create_is_one_pool_with_the_same_members()
    {
        var asked = new LoadBalancerPool
        {
            Id = $"{Guid.CreateVersion7()}",
            Name = TestInventory.Unique("backends"),
            LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
            Members = { await Member(), await Full() },
        };
        var created = await Create(asked);

        Assert.Equal(created, await Create(asked));
        Assert.Equal(1, await service.Events(created.Id));
        var other = new LoadBalancerPool(asked);
        other.Members[0].Label = "another";
        await Refusal.Of(
            service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = other }),
            StatusCode.AlreadyExists,
            "ID_TAKEN");
    }

    [Fact]
    public async Task Members_are_returned_sorted_by_address_and_port()
    {
        var address = (await Member()).IpAddress;
        var pool = await Create(new[] { 443, 80, 0, 8080 }.Select(port => new PoolMember { IpAddress = address, Port = port }));
        pool = (await service.Pools.AddPoolMemberAsync(
            new() { Id = pool.Id, Member = new() { IpAddress = address, Port = 81 } })).LoadBalancerPool;

        Assert.Equal([0, 80, 81, 443, 8080], pool.Members.Select(member => member.Port));
        Assert.Equal(pool, await Get(pool.Id));
    }

    [Fact]
    public async Task Adding_a_member_returns_it_with_its_pool_and_is_idempotent()
    {
        var (pool, wanted) = (await Create(await Member()), await Full());
        var added = await service.Pools.AddPoolMemberAsync(new() { Name = pool.Name, Member = new(wanted) { Id = "ignored" } });

        Assert.Equal(new(wanted) { Id = added.Member.Id, IpAddress = added.Member.IpAddress, Tenant = added.Member.Tenant }, added.Member);
        Assert.Equal((wanted.IpAddress.Name, 7), (added.Member.IpAddress.Name, Guid.Parse(added.Member.Id).Version));
        Assert.Equal(2, added.LoadBalancerPool.Version);
        Assert.Equal(Sorted(pool.Members[0], added.Member), added.LoadBalancerPool.Members);
        Assert.Equal(added.LoadBalancerPool, await Get(pool.Id));

        Assert.Equal(added, await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = wanted }));
        Assert.Equal(added, await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = added.Member }));
        Assert.Equal(["load_balancer_pool.created", "load_balancer_pool.changed"], await service.EventTypes(pool.Id));
    }

    [Fact]
    public async Task A_member_is_updated_by_id_or_endpoint_and_keeps_its_id_when_it_moves()
    {
        var full = await Full();
        var pool = await Create(await Member(), full);
        var was = At(pool, full);
        var elsewhere = (await Member()).IpAddress;

        var labelled = await service.Pools.UpdatePoolMemberAsync(new()
        {
            Id = pool.Id,
            MemberId = was.Id,
            Member = new() { Label = "moved" },
            UpdateMask = new() { Paths = { "label", "tenant" } },
        });
        Assert.Equal(new(was) { Label = "moved", Tenant = null }, labelled.Member);
        var moved = await service.Pools.UpdatePoolMemberAsync(new()
        {
            Id = pool.Id,
            Endpoint = new() { IpAddress = full.IpAddress, Port = full.Port },
            Member = new() { IpAddress = elsewhere, Port = 0 },
        });
        Assert.Equal(new(labelled.Member) { IpAddress = moved.Member.IpAddress, Port = 0 }, moved.Member);
        Assert.Equal((elsewhere.Name, true, 3), (moved.Member.IpAddress.Name, moved.Member.HasPort, moved.LoadBalancerPool.Version));
        Assert.Contains(moved.Member, moved.LoadBalancerPool.Members);
        Assert.Equal(moved.LoadBalancerPool, await Get(pool.Id));

        // A repeated update changes nothing and still returns the member.
        foreach (var again in new UpdatePoolMemberRequest[]
        {
            new() { MemberId = was.Id },
            new() { Endpoint = new() { IpAddress = elsewhere, Port = 0 } },
            new() { Endpoint = new() { IpAddress = moved.Member.IpAddress, Port = 0 } },
        })
            Assert.Equal(moved, await service.Pools.UpdatePoolMemberAsync(new(again) { Id = pool.Id, Member = moved.Member }));
        Assert.Equal(3, await service.Events(pool.Id));
        await Refusal.Of(
            service.Pools.UpdatePoolMemberAsync(
                new() { Id = pool.Id, Endpoint = new() { IpAddress = full.IpAddress, Port = full.Port }, Member = new() { Label = "x" } }),
            StatusCode.NotFound,
            "NOT_FOUND");
    }

    [Fact]
    public async Task Removing_a_member_returns_its_last_state()
    {
        var (plain, full) = (await Member(), await Full());
        var pool = await Create(plain, full);

        var removed = await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = At(pool, full).Id });
        Assert.Equal((At(pool, full), 2), (removed.Member, removed.LoadBalancerPool.Version));
        Assert.Equal([At(pool, plain)], removed.LoadBalancerPool.Members);
        var emptied = await service.Pools.RemovePoolMemberAsync(
            new() { Name = pool.Name, Endpoint = new() { IpAddress = plain.IpAddress, Port = plain.Port } });
        Assert.Equal(At(pool, plain), emptied.Member);
        Assert.Empty(emptied.LoadBalancerPool.Members);

        var again = new RemovePoolMemberRequest { Id = pool.Id, MemberId = At(pool, full).Id };
        await Refusal.Of(service.Pools.RemovePoolMemberAsync(again), StatusCode.NotFound, "NOT_FOUND");
        var missed = await service.Pools.RemovePoolMemberAsync(new(again) { AllowMissing = true });
        Assert.Equal((null, emptied.LoadBalancerPool), (missed.Member, missed.LoadBalancerPool));
        Assert.Equal(
            new(),
            await service.Pools.RemovePoolMemberAsync(new(again) { Name = TestInventory.Unique("nobody"), AllowMissing = true }));
        Assert.Equal(3, await service.Events(pool.Id));
    }

    [Fact]
    public async Task A_replacement_lists_added_changed_and_removed_members()
    {
        var (kept, changed, gone, fresh) = (await Member(), await Full(), await Full(), await Member());
        var pool = await Create(kept, changed, gone);
        var wanted = new PoolMember(changed) { Label = "another", Tenant = null };
        wanted.CertificateProfiles.Clear();
        var replaced = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { fresh, wanted, kept } });

        Assert.Equal([At(replaced.LoadBalancerPool, fresh)], replaced.Added);
        Assert.Equal([At(replaced.LoadBalancerPool, changed)], replaced.Changed);
        Assert.Equal([At(pool, gone)], replaced.Removed);
        Assert.Equal(
            (At(pool, changed).Id, "another", null, 0),
            (replaced.Changed[0].Id, replaced.Changed[0].Label, replaced.Changed[0].Tenant, replaced.Changed[0].CertificateProfiles.Count));
        Assert.Equal(Sorted(At(pool, kept), replaced.Changed[0], replaced.Added[0]), replaced.LoadBalancerPool.Members);
        Assert.Equal(replaced.LoadBalancerPool, await Get(pool.Id));
        Assert.Equal(2, replaced.LoadBalancerPool.Version);
    }

    [Fact]
    public async Task Replacing_members_by_the_same_set_stores_nothing()
    {
        var members = new[] { await Member(), await Full(), await Member() };
        var pool = await Create(members);
        var before = await service.Everything();

        foreach (var same in new[]
        {
            members,
            [.. Enumerable.Reverse(members)],
            [.. pool.Members],
            [.. pool.Members.Select(member => new PoolMember(member) { Id = $"{Guid.NewGuid()}" })],
        })
        {
            var answer = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { same } });
            Assert.Equal(new() { LoadBalancerPool = pool }, answer);
            Assert.Equal(
                pool,
                (await service.Pools.UpdateLoadBalancerPoolAsync(
                    new() { Id = pool.Id, LoadBalancerPool = new() { Members = { same } } })).LoadBalancerPool);
        }

        Assert.Equal(
            new() { LoadBalancerPool = pool },
            await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { members[0] }, AdditiveOnly = true }));
        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task An_additive_replacement_removes_no_member()
    {
        var (kept, changed, fresh) = (await Member(), await Member(), await Member());
        var pool = await Create(kept, changed);
        var replaced = await service.Pools.ReplacePoolMembersAsync(
            new() { Id = pool.Id, Members = { fresh, new PoolMember(changed) { Status = PoolMemberStatus.Failed } }, AdditiveOnly = true });

        Assert.Equal((1, 1, 0), (replaced.Added.Count, replaced.Changed.Count, replaced.Removed.Count));
        Assert.Equal(Sorted(At(pool, kept), replaced.Changed[0], replaced.Added[0]), replaced.LoadBalancerPool.Members);

        var emptied = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id });
        Assert.Equal(replaced.LoadBalancerPool.Members, emptied.Removed);
        Assert.Empty((await Get(pool.Id)).Members);
    }

    [Fact]
    public async Task Case_23_a_validate_only_replacement_answers_like_the_real_one_and_stores_nothing()
    {
        var (kept, gone, fresh) = (await Member(), await Full(), await Member());
        var pool = await Create(kept, gone);
        var request = new ReplacePoolMembersRequest { Id = pool.Id, Members = { new PoolMember(kept) { Label = "another" }, fresh } };
        var before = await service.Everything();
        var trial = await service.Pools.ReplacePoolMembersAsync(new(request) { ValidateOnly = true });
        Assert.Equal(before, await service.Everything());

        // The id of a validated member is temporary.
        var done = await service.Pools.ReplacePoolMembersAsync(request);
        Assert.NotEqual(done.Added[0].Id, trial.Added[0].Id);
        Assert.Equal(new(done.Added[0]) { Id = trial.Added[0].Id }, trial.Added[0]);
        Assert.Equal(
            (done.Changed[0], done.Removed[0], pool.Version),
            (trial.Changed[0], trial.Removed[0], trial.LoadBalancerPool.Version));
        Assert.Equal([At(pool, gone)], done.Removed);
    }

    [Fact]
    public async Task Case_18_members_are_protected_by_the_etag_of_their_pool()
    {
        var (plain, fresh) = (await Member(), await Member());
        var pool = await Create(plain);
        var added = (await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = fresh, Etag = pool.Etag })).LoadBalancerPool;
        Assert.NotEqual(pool.Etag, added.Etag);
        var another = await Member();
        var before = await service.Everything();

        await Stale(service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = another, Etag = pool.Etag }));
        await Stale(service.Pools.UpdatePoolMemberAsync(
            new() { Id = pool.Id, MemberId = At(pool, plain).Id, Member = new() { Label = "x" }, Etag = pool.Etag }));
        await Stale(service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = At(pool, plain).Id, Etag = pool.Etag }));
        await Stale(service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Etag = pool.Etag }));
        Assert.Equal(before, await service.Everything());
        Assert.Equal(added, await Get(pool.Id));

        Assert.Equal(
            3,
            (await service.Pools.RemovePoolMemberAsync(
                new() { Id = pool.Id, MemberId = At(pool, plain).Id, Etag = added.Etag })).LoadBalancerPool.Version);

        static async Task Stale<T>(AsyncUnaryCall<T> call) =>
            Assert.Equal(["etag"], (await Refusal.Of(call, StatusCode.Aborted, "ETAG_MISMATCH")).Fields);
    }

    [Fact]
    public async Task A_repeated_request_id_returns_the_first_answer_with_its_members()
    {
        var (plain, fresh) = (await Member(), await Member());
        var pool = await Create(plain);
        var add = new AddPoolMemberRequest { Id = pool.Id, Member = fresh, RequestId = $"{Guid.NewGuid()}" };
        var replace = new ReplacePoolMembersRequest
        {
            Id = pool.Id,
            Members = { new PoolMember(fresh) { Label = "x" }, await Full() },
            RequestId = $"{Guid.NewGuid()}",
        };
        var (added, replaced) = (await service.Pools.AddPoolMemberAsync(add), await service.Pools.ReplacePoolMembersAsync(replace));
        var remove = new RemovePoolMemberRequest { Id = pool.Id, MemberId = replaced.Added[0].Id, RequestId = $"{Guid.NewGuid()}" };
        var removed = await service.Pools.RemovePoolMemberAsync(remove);
        Assert.Equal((1, 1, 1), (replaced.Added.Count, replaced.Changed.Count, replaced.Removed.Count));

        Assert.Equal(added, await service.Pools.AddPoolMemberAsync(add));
        Assert.Equal(replaced, await service.Pools.ReplacePoolMembersAsync(replace));
        Assert.Equal(removed, await service.Pools.RemovePoolMemberAsync(remove));
        Assert.Equal(4, await service.Events(pool.Id));
        await Refusal.Of(
            service.Pools.RemovePoolMemberAsync(new(remove) { MemberId = added.Member.Id }),
            StatusCode.InvalidArgument,
            "REQUEST_ID_REUSED");
    }

    [Fact]
    public async Task All_violations_are_listed_at_once_under_the_paths_of_the_request()
    {
        var (plain, full) = (await Member(), await Full());
        var pool = await Create(plain, full);
        PoolMember[] wrong = [plain, new() { Port = 65536, Status = (PoolMemberStatus)9, Tenant = new() { Name = "nobody" } }, full, plain];

        await Rejects(
            service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = new() { Members = { wrong } } }),
            "FIELD_REQUIRED",
            "load_balancer_pool.load_balancing_algorithm",
            "load_balancer_pool.members[1].ip_address",
            "load_balancer_pool.members[1].port",
            "load_balancer_pool.members[1].status",
            "load_balancer_pool.members[1].tenant",
            "load_balancer_pool.members[3]",
            "load_balancer_pool.name");
        await Rejects(service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { wrong } }), "FIELD_REQUIRED",
            "members[1].ip_address", "members[1].port", "members[1].status", "members[1].tenant", "members[3]");
        await Rejects(
            service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = wrong[1] }),
            "FIELD_REQUIRED",
            "member.ip_address",
            "member.port",
            "member.status",
            "member.tenant");
        await Rejects(service.Pools.AddPoolMemberAsync(new() { Id = pool.Id }), "FIELD_REQUIRED", "member.ip_address", "member.port");
        await Rejects(
            service.Pools.UpdatePoolMemberAsync(new()
            {
                Id = pool.Id,
                MemberId = At(pool, full).Id,
                Member = new() { Port = -1 },
                UpdateMask = new() { Paths = { "port", "ip_address", "status", "id", "no_such_field" } },
            }),
            "FIELD_UNKNOWN",
            "member.ip_address",
            "member.port",
            "member.status",
            "update_mask");
        await Rejects(service.Pools.UpdatePoolMemberAsync(new() { Id = pool.Id }), "FIELD_REQUIRED", "endpoint", "member", "member_id");
        await Rejects(
            service.Pools.RemovePoolMemberAsync(new() { AllowMissing = true }), "FIELD_REQUIRED", "endpoint", "id", "member_id", "name");
        await Rejects(
            service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = "x", AllowMissing = true }),
            "FIELD_INVALID",
            "member_id");
        await Rejects(
            service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, Endpoint = new() { Port = 80 } }),
            "FIELD_REQUIRED",
            "endpoint.ip_address");
        await Rejects(
            service.Pools.RemovePoolMemberAsync(
                new() { Id = pool.Id, Endpoint = new() { IpAddress = plain.IpAddress }, AllowMissing = true }),
            "FIELD_REQUIRED",
            "endpoint.port");
        await Rejects(
            service.Pools.UpdatePoolMemberAsync(
                new() { Id = pool.Id, Endpoint = new() { IpAddress = new() { Id = "x" }, Port = 80 }, Member = new() { Label = "\0" } }),
            "FIELD_INVALID",
            "endpoint.ip_address.id",
            "member.label");
        Assert.Equal(pool, await Get(pool.Id));

        static async Task Rejects<T>(AsyncUnaryCall<T> call, string reason, params string[] fields)
        {
            var refusal = await Refusal.Of(call, StatusCode.InvalidArgument, reason);
            Assert.Equal(fields, refusal.Fields.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task The_endpoint_of_another_member_is_taken()
    {
        var (plain, full) = (await Member(), await Full());
        var pool = await Create(plain, full);

        var added = await Refusal.Of(
            service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = new(plain) { Label = "another" } }),
            StatusCode.AlreadyExists,
            "MEMBER_TAKEN");
        Assert.Equal(["member.ip_address", "member.port"], added.Fields);
        Assert.Contains(At(pool, plain).Id, added.Message, StringComparison.Ordinal);
        await Refusal.Of(
            service.Pools.UpdatePoolMemberAsync(
                new() { Id = pool.Id, MemberId = At(pool, full).Id, Member = new() { IpAddress = plain.IpAddress, Port = plain.Port } }),
            StatusCode.AlreadyExists,
            "MEMBER_TAKEN");
        var beside = (await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = new(plain) { Port = plain.Port + 1 } }));
        var moved = await Refusal.Of(
            service.Pools.UpdatePoolMemberAsync(new() { Id = pool.Id, MemberId = beside.Member.Id, Member = new() { Port = plain.Port } }),
            StatusCode.AlreadyExists,
            "MEMBER_TAKEN");
        Assert.Equal(["member.port"], moved.Fields);
        Assert.Equal(beside.LoadBalancerPool, await Get(pool.Id));
    }

    [Fact]
    public async Task Case_22_a_referenced_pool_cannot_be_deleted()
    {
        var pool = await Create(await Member());
        var server = await On(pool);

        var refusal = await Refusal.Of(
            service.Pools.DeleteLoadBalancerPoolAsync(new() { Name = pool.Name }),
            StatusCode.FailedPrecondition,
            "IN_USE");
        Assert.Equal((server.Id, server.Name), (refusal.Clash!.ResourceName, refusal.Clash.Description));
        Assert.Contains("as load_balancer_pool", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(pool, await Get(pool.Id));

        await service.Update(server.Id, new(), "load_balancer_pool");
        var deleted = (await service.Pools.DeleteLoadBalancerPoolAsync(new() { Id = pool.Id })).LoadBalancerPool;
        Assert.Equal(
            new(pool) { Version = 2, Etag = deleted.Etag, UpdateTime = deleted.UpdateTime, DeleteTime = deleted.UpdateTime },
            deleted);
        await Refusal.Of(service.Pools.GetLoadBalancerPoolAsync(new() { Id = pool.Id }), StatusCode.NotFound, "NOT_FOUND");
        await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(
                ShortForms.Updating(server.Id, new() { LoadBalancerPool = new() { Id = pool.Id } })),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");
    }

    public static TheoryData<string> OfMembers => ["ip_address", "certificate_profiles", "health_check_monitor", "tenant"];

    [Theory, MemberData(nameof(OfMembers))]
    public async Task Case_22_an_object_used_by_a_member_cannot_be_deleted_until_the_member_is_removed(string field)
    {
        var (plain, full) = (await Member(), await Full());
        full.Tenant = new() { Id = (await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } })).Id };
        var pool = await Create(plain, full);
        var member = At(pool, full);
        var target = field == "certificate_profiles"
            ? member.CertificateProfiles[0]
            : (Reference)PoolMember.Descriptor.FindFieldByName(field).Accessor.GetValue(member);

        var refusal = await Remove(target, field);
        Assert.Equal((StatusCode.FailedPrecondition, "IN_USE", pool.Id), (refusal!.Code, refusal.Info.Reason, refusal.Clash!.ResourceName));
        Assert.Contains($"load balancer pool \"{pool.Name}\" ({pool.Id}) as members.{field}", refusal.Message, StringComparison.Ordinal);

        await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = member.Id });
        Assert.Null(await Remove(target, field));
    }

    [Fact]
    public async Task Case_22_undelete_of_a_pool_requires_the_references_of_its_members()
    {
        var (plain, full) = (await Member(), await Full());
        var pool = await Create(plain, full);
        await service.Pools.DeleteLoadBalancerPoolAsync(new() { Id = pool.Id });
        Assert.Null(await Remove(At(pool, plain).IpAddress, "ip_address"));
        Assert.Null(await Remove(At(pool, full).HealthCheckMonitor, "health_check_monitor"));

        var gone = await Refusal.Of(
            service.Pools.UndeleteLoadBalancerPoolAsync(new() { Id = pool.Id }),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");
        Assert.Empty(gone.Fields);
        Assert.Equal(
            [("REFERENCE_NOT_FOUND", At(pool, plain).IpAddress.Id), ("REFERENCE_NOT_FOUND", At(pool, full).HealthCheckMonitor.Id)],
            gone.Preconditions.OrderBy(state => state.Subject == At(pool, full).HealthCheckMonitor.Id));

        await service.Upsert(new() { Id = At(pool, plain).IpAddress.Id, IpAddress = new() { Address = plain.IpAddress.Name } });
        await service.Monitors.UndeleteHealthCheckMonitorAsync(new() { Id = At(pool, full).HealthCheckMonitor.Id });
        var back = (await service.Pools.UndeleteLoadBalancerPoolAsync(new() { Name = pool.Name })).LoadBalancerPool;
        Assert.Equal(new(pool) { Version = 3, Etag = back.Etag, UpdateTime = back.UpdateTime }, back);
    }

    [Fact]
    public async Task A_renamed_pool_shows_in_the_next_read_of_its_virtual_server_without_an_event()
    {
        var pool = await Create(await Member());
        var server = await On(pool);
        var name = TestInventory.Unique("renamed");
        var renamed = (await service.Pools.UpdateLoadBalancerPoolAsync(
            new() { Id = pool.Id, LoadBalancerPool = new() { Name = name } })).LoadBalancerPool;

        Assert.Equal(new(pool) { Name = name, Version = 2, Etag = renamed.Etag, UpdateTime = renamed.UpdateTime }, renamed);
        Assert.Equal(new(server) { LoadBalancerPool = new() { Id = pool.Id, Name = name } }, await service.Get(server.Id));
        Assert.Equal(1, await service.Events(server.Id));
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task Case_30_changes_of_members_are_announced_as_changes_of_their_pool()
    {
        await using var consumer = await ForeignConsumer.Start("load_balancer_pool.#");
        var answers = new List<LoadBalancerPool> { await Create(await Member()) };
        var id = answers[0].Id;
        var full = await Full();
        answers.Add((await service.Pools.AddPoolMemberAsync(new() { Id = id, Member = full })).LoadBalancerPool);
        answers.Add((await service.Pools.UpdatePoolMemberAsync(new()
        {
            Id = id,
            Endpoint = new() { IpAddress = full.IpAddress, Port = full.Port },
            Member = new() { Port = 1 },
        })).LoadBalancerPool);
        await service.Pools.AddPoolMemberAsync(new() { Id = id, Member = new(full) { Port = 1 } });
        await service.Pools.AddPoolMemberAsync(new() { Id = id, Member = await Member(), ValidateOnly = true });
        answers.Add((await service.Pools.UpdateLoadBalancerPoolAsync(
            new() { Id = id, LoadBalancerPool = new() { Description = "both", Members = { await Member() } } })).LoadBalancerPool);
        answers.Add((await service.Pools.ReplacePoolMembersAsync(new() { Id = id })).LoadBalancerPool);
        answers.Add((await service.Pools.DeleteLoadBalancerPoolAsync(new() { Id = id })).LoadBalancerPool);
        answers.Add((await service.Pools.UndeleteLoadBalancerPoolAsync(new() { Id = id })).LoadBalancerPool);

        var announced = await consumer.Receive(answers.Count, id);

        Assert.Equal(
            await service.Committed(id),
            announced.Select(a => new Committed(a.MessageId!, a.RoutingKey, a.Change.Id, a.Change.Version)));
        Assert.Equal(answers, announced.Select(a => a.Change.After.LoadBalancerPool));
        Assert.Equal(answers.SkipLast(1), announced.Skip(1).Select(a => a.Change.Before.LoadBalancerPool));
        Assert.Equal(
            ["", "members", "members", "description,members", "members", "delete_time", "delete_time"],
            announced.Select(a => string.Join(',', a.Change.ChangedFields)));
        Assert.All(announced, a => Assert.Equal(V1.Kind.LoadBalancerPool, a.Change.Kind));
    }

    [Fact]
    public async Task A_pool_has_up_to_a_thousand_members()
    {
        var addresses = new List<Reference>();
        for (var i = 0; i < 10; i++) addresses.Add((await Member()).IpAddress);
        var members = addresses.SelectMany(
            address => Enumerable.Range(1, 100).Select(port => new PoolMember { IpAddress = address, Port = port })).ToList();
        var pool = await Create(members);

        Assert.Equal(members.Select(Endpoint).Order(), pool.Members.Select(Endpoint).Order());
        Assert.Equal(1000, pool.Members.Select(member => member.Id).Distinct().Count());
        Assert.Equal(pool, await Get(pool.Id));
        Assert.Equal(
            new() { LoadBalancerPool = pool },
            await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { Enumerable.Reverse(members) } }));
        foreach (var (field, call) in new[]
        {
            ("member", Refusal.Of(service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = await Member() }))),
            ("members", Refusal.Of(service.Pools.ReplacePoolMembersAsync(
                new() { Id = pool.Id, Members = { await Member() }, AdditiveOnly = true }))),
        })
        {
            var refusal = await call;
            Assert.Equal((StatusCode.InvalidArgument, field), (refusal.Code, Assert.Single(refusal.Fields)));
        }

        // An event contains only the changed member.
        await service.Pools.UpdatePoolMemberAsync(new() { Id = pool.Id, MemberId = pool.Members[500].Id, Member = new() { Label = "x" } });
        var changed = (await service.History(pool.Id))[1];
        Assert.Equal(["members"], changed.Facets);
        Assert.Equal(
            [0, 1, 1, 0],
            new[] { "added", "was", "is", "removed" }
                .Select(part => changed.Data.GetProperty("members").GetProperty(part).GetArrayLength()));

        // The list returns the whole pool, and its former addresses can be removed.
        Assert.Contains(
            (await service.Pools.ListLoadBalancerPoolsAsync(new() { PageSize = 1000 })).LoadBalancerPools,
            listed => listed.Id == pool.Id && listed.Members.Count == 1000);
        Assert.Equal(1000, (await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id })).Removed.Count);
        foreach (var address in addresses)
            Assert.Null(await Remove(At(pool, new() { IpAddress = address, Port = 1 }).IpAddress, "ip_address"));

        static (string, int) Endpoint(PoolMember member) => (member.IpAddress.Name, member.Port);
    }

    [Fact]
    public async Task A_hundred_members_may_have_every_field_set()
    {
        var full = await Full();
        full.Label = string.Concat(Enumerable.Repeat("ü", 255));
        full.CertificateProfiles.Add(await service.Add(Kind.CertificateProfile, "certificate"));
        var members = Enumerable.Range(1, 100).Select(port => new PoolMember(full) { Port = port }).ToList();
        var pool = await Create();
        var replaced = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { members } });

        Assert.Equal(100, replaced.Added.Count);
        Assert.Equal(replaced.LoadBalancerPool, await Get(pool.Id));
        // The answer can be sent back unchanged.
        Assert.Equal(
            new() { LoadBalancerPool = replaced.LoadBalancerPool },
            await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { replaced.LoadBalancerPool.Members } }));
        Assert.Equal(replaced.LoadBalancerPool.Members, (await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id })).Removed);
    }

    [Fact]
    public async Task Of_concurrent_adds_of_one_endpoint_exactly_one_succeeds()
    {
        for (var round = 0; round < 25; round++)
        {
            var (pool, wanted) = (await Create(), await Member());
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(number => Outcome(
                service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = new(wanted) { Label = $"{number}" } }).ResponseAsync)));

            Assert.Single(outcomes, (StatusCode.OK, ""));
            Assert.Equal(2, outcomes.Count(outcome => outcome == (StatusCode.AlreadyExists, "MEMBER_TAKEN")));
            Assert.Single((await Get(pool.Id)).Members);
            Assert.Equal(2, await service.Events(pool.Id));
        }
    }

    [Fact]
    public async Task Concurrent_adds_of_one_member_are_one_event_and_of_different_members_all_succeed()
    {
        for (var round = 0; round < 10; round++)
        {
            var (pool, wanted) = (await Create(), await Member());
            var same = await Task.WhenAll(Enumerable.Range(0, 4)
                .Select(async _ => (await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = wanted })).Member));
            Assert.Single(same.Distinct());
            Assert.Equal(2, await service.Events(pool.Id));

            await Task.WhenAll(Enumerable.Range(1, 8).Select(
                async port => await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = new(wanted) { Port = port } })));
            var all = await Get(pool.Id);
            Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 80], all.Members.Select(member => member.Port));
            Assert.Equal(10, all.Version);
        }
    }

    [Fact]
    public async Task Case_22_a_create_and_the_concurrent_deletion_of_its_pool_leave_nothing_dangling()
    {
        var draft = await TestInventory.Draft(service);
        for (var round = 0; round < 200; round++)
        {
            var pool = await Create();
            var wanted = new V1.VirtualServer(draft)
            {
                Name = TestInventory.Unique("raced"),
                Port = round + 1,
                LoadBalancerPool = new() { Id = pool.Id },
            };

            // Every other round, the other command starts first.
            var (creating, deleting) = (Task.FromResult(default((StatusCode, string))), Task.FromResult(default((StatusCode, string))));
            if (round % 2 == 0) creating = Outcome(service.Create(wanted));
            deleting = Outcome(service.Pools.DeleteLoadBalancerPoolAsync(new() { Id = pool.Id }).ResponseAsync);
            if (round % 2 == 1) creating = Outcome(service.Create(wanted));
            switch (await creating, await deleting)
            {
                case ((StatusCode.OK, _), (StatusCode.FailedPrecondition, "IN_USE")): break;
                case ((StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND"), (StatusCode.OK, _)): break;
                case var (a, b): Assert.Fail($"round {round}: creating ended with {a}, deleting with {b}"); break;
            }
        }

        Assert.Equal(0, await service.Scalar<long>(
            """
            select count(*) from registry.mt_doc_virtual_server v join registry.directory own on own.id = v.id and own.living
            where v.data -> 'content' ->> 'loadBalancerPool' is not null
            and not exists (select from registry.directory d where d.id = (v.data -> 'content' ->> 'loadBalancerPool')::uuid and d.living)
            """));
        Assert.Equal(0, await service.Scalar<long>(
            """
            select count(*) from registry.virtual_servers v
            where v.pool is not null and not exists (select from registry.directory d where d.id = v.pool and d.living)
            """));
    }

    [Fact]
    public async Task Case_22_an_add_and_the_concurrent_removal_of_its_address_leave_nothing_dangling()
    {
        for (var round = 0; round < 50; round++)
        {
            var (pool, wanted) = (await Create(), await Member());
            var address = (await service.Inventory.GetInventoryObjectAsync(
                new() { Name = new() { Kind = V1.Kind.IpAddress, Name = wanted.IpAddress.Name } })).InventoryObject;

            var (adding, removing) = (Task.FromResult(default((StatusCode, string))), Task.FromResult(default((StatusCode, string))));
            if (round % 2 == 0) adding = Outcome(service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = wanted }).ResponseAsync);
            removing = Outcome(service.Remove(address.Id));
            if (round % 2 == 1) adding = Outcome(service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = wanted }).ResponseAsync);
            switch (await adding, await removing)
            {
                case ((StatusCode.OK, _), (StatusCode.FailedPrecondition, "IN_USE")): break;
                case ((StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND"), (StatusCode.OK, _)): break;
                case var (a, b): Assert.Fail($"round {round}: adding ended with {a}, removing with {b}"); break;
            }
        }

        Assert.Equal(0, await service.Scalar<long>(
            """
            select count(*) from registry.uses u
            where u.living and not exists (select from registry.directory d where d.id = u.target and d.living)
            """));
    }

    private async Task<LoadBalancerPool> Create(LoadBalancerPool draft) =>
        (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;

    private Task<LoadBalancerPool> Create(params IEnumerable<PoolMember> members) =>
        Create(new LoadBalancerPool
        {
            Name = TestInventory.Unique("backends"),
            LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
            Members = { members },
        });

    private async Task<LoadBalancerPool> Get(string id) =>
        (await service.Pools.GetLoadBalancerPoolAsync(new() { Id = id })).LoadBalancerPool;

    [Fact]
    public async Task A_page_of_large_pools_ends_before_it_is_too_large_for_a_message()
    {
        await using var own = await TestService.Start();
        await TestInventory.Register(own);
        var members = Enumerable.Range(1, 1000).Select(port => new PoolMember
        {
            IpAddress = new() { Name = "198.51.100.1" },
            Port = port,
            Label = new('l', 255),
            Tenant = port <= 228 ? new() { Name = "acme" } : null,
        }).ToList();
        for (var i = 0; i < 9; i++)
        {
            await own.Pools.CreateLoadBalancerPoolAsync(new()
            {
                LoadBalancerPool = new()
                {
                    Name = $"large-{i}",
                    LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
                    Members = { members },
                },
            });
        }

        var (request, seen) = (new ListLoadBalancerPoolsRequest(), new List<string>());
        do
        {
            var page = await own.Pools.ListLoadBalancerPoolsAsync(request);
            seen.AddRange(page.LoadBalancerPools.Select(pool => pool.Name));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal([.. Enumerable.Range(0, 9).Select(i => $"large-{i}"), "pool-1"], seen);
    }

    // domain.md, section 2: the set keeps what the wanted member leaves unset (status, label: a drained member stays drained).
    [Fact]
    public async Task A_set_of_members_keeps_the_status_and_label_of_a_member_unless_it_gives_them()
    {
        var drained = await Full();
        var pool = await Create(drained, await Member());
        var bare = new PoolMember { IpAddress = drained.IpAddress, Port = drained.Port };

        var replaced = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { bare }, AdditiveOnly = true });
        var kept = Assert.Single(replaced.Changed);
        Assert.Equal((PoolMemberStatus.Maintenance, drained.Label), (kept.Status, kept.Label));
        Assert.Equal((false, 0, null, null), (kept.SslOffload, kept.CertificateProfiles.Count, kept.HealthCheckMonitor, kept.Tenant));

        replaced = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { bare } });
        Assert.Equal([kept], replaced.LoadBalancerPool.Members);
        Assert.Equal(
            [kept],
            (await service.Pools.UpdateLoadBalancerPoolAsync(
                new() { Id = pool.Id, LoadBalancerPool = new() { Members = { bare } } })).LoadBalancerPool.Members);

        var given = new PoolMember(bare) { Status = PoolMemberStatus.Active, Label = "" };
        replaced = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { given, await Member() } });
        Assert.Equal((PoolMemberStatus.Active, ""), (replaced.Changed[0].Status, replaced.Changed[0].Label));
        Assert.Equal(PoolMemberStatus.Active, Assert.Single(replaced.Added).Status);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("conditions")]
    public async Task A_path_that_is_no_field_of_a_member_is_rejected(string path)
    {
        var pool = await Create(await TestInventory.Pool(service));

        await Refusal.Of(
            service.Pools.UpdatePoolMemberAsync(
                new() { Id = pool.Id, MemberId = pool.Members[0].Id, Member = new(), UpdateMask = new() { Paths = { path } } }),
            StatusCode.InvalidArgument,
            "FIELD_UNKNOWN");
    }

    // A member with only the required fields, at a unique address.
    private async Task<PoolMember> Member() => new() { IpAddress = new() { Name = await TestInventory.NewAddress(service) }, Port = 80 };

    // A member with every field set; its references are unique except for the tenant.
    private async Task<PoolMember> Full() => new(await Member())
    {
        Port = 8443,
        Status = PoolMemberStatus.Maintenance,
        Label = "rack ünïcödé 🙂",
        SslOffload = true,
        CertificateProfiles = { await service.Add(Kind.CertificateProfile, "certificate") },
        HealthCheckMonitor = await service.Add(Kind.HealthCheckMonitor, "monitor"),
        Tenant = new() { Name = "acme" },
    };

    private async Task<V1.VirtualServer> On(LoadBalancerPool pool)
    {
        var draft = await TestInventory.Draft(service);
        draft.LoadBalancerPool = new() { Name = pool.Name };
        return await service.Create(draft);
    }

    // The member of a pool with the endpoint of the requested one.
    private static PoolMember At(LoadBalancerPool pool, PoolMember asked) =>
        pool.Members.Single(member => (member.IpAddress.Name, member.Port) == (asked.IpAddress.Name, asked.Port));

    private static IEnumerable<PoolMember> Sorted(params IEnumerable<PoolMember> members) =>
        members.OrderBy(member => member.IpAddress.Name, StringComparer.Ordinal).ThenBy(member => member.Port);

    // Null when the removal succeeds.
    private async Task<Refusal?> Remove(Reference target, string field)
    {
        try
        {
            switch (field)
            {
                case "certificate_profiles": await service.Profiles.DeleteCertificateProfileAsync(new() { Id = target.Id }); break;
                case "health_check_monitor": await service.Monitors.DeleteHealthCheckMonitorAsync(new() { Id = target.Id }); break;
                default: await service.Remove(target.Id); break;
            }

            return null;
        }
        catch (RpcException exception)
        {
            return new(exception.StatusCode, exception.Status.Detail, exception.GetRpcStatus()!);
        }
    }

    private static async Task<(StatusCode Code, string Reason)> Outcome(Task call)
    {
        try
        {
            await call;
            return (StatusCode.OK, "");
        }
        catch (RpcException exception)
        {
            return (exception.StatusCode, exception.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason ?? exception.Status.Detail);
        }
    }
}
