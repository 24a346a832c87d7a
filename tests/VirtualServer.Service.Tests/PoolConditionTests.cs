using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.V1.ConditionType;

namespace VirtualServers.Service.Tests;

/// <summary>POOL_EMPTY, POOL_INACTIVE and TENANT_MISMATCH between virtual servers and their pool, whichever side changed.</summary>
public sealed class PoolConditionTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task An_empty_pool_shows_on_all_its_virtual_servers_until_it_has_a_member()
    {
        var pool = await Pool(members: 0);
        var (one, two) = (await Create(pool), await Create(pool));
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = two.Id });
        await service.Shows(one, Empty(pool));
        await service.Shows(two, Empty(pool) with { Severity = ConditionSeverity.Info });

        var member = (await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = await Member() })).Member;
        await service.ShowsNone(one, two);

        await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = member.Id });
        await service.Shows(one, Empty(pool));
        await service.Shows(two, Empty(pool) with { Severity = ConditionSeverity.Info });
    }

    [Fact]
    public async Task A_pool_condition_is_an_error_only_while_the_virtual_server_is_enabled()
    {
        foreach (var (pool, condition) in new[] { (await Pool(members: 0), PoolEmpty), (await Drained(members: 2), PoolInactive) })
        {
            var (server, expected) = (await Create(pool), ExpectedCondition.With(condition, Kind.LoadBalancerPool, pool));
            await service.Shows(server, expected with { Severity = ConditionSeverity.Error });
            await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
            await service.Shows(server, expected with { Severity = ConditionSeverity.Info });
            await service.VirtualServers.EnableVirtualServerAsync(new() { Id = server.Id });
            await service.Shows(server, expected with { Severity = ConditionSeverity.Error });
        }
    }

    [Theory]
    [InlineData(PoolMemberStatus.Maintenance)]
    [InlineData(PoolMemberStatus.Planned)]
    [InlineData(PoolMemberStatus.Failed)]
    [InlineData(PoolMemberStatus.Decommissioning)]
    public async Task A_pool_is_inactive_while_no_member_is_active_whatever_else_the_status_is(PoolMemberStatus status)
    {
        var pool = await Pool(members: 2);
        var (one, two) = (await Create(pool), await Create(pool));
        var members = (await service.Pools.GetLoadBalancerPoolAsync(new() { Id = pool.Id })).LoadBalancerPool.Members;

        await SetStatus(pool, members[0], status);
        await service.ShowsNone(one, two);
        await SetStatus(pool, members[1], status);
        foreach (var server in new[] { one, two }) await service.Shows(server, Inactive(pool));

        await SetStatus(pool, members[0], PoolMemberStatus.Active);
        await service.ShowsNone(one, two);
    }

    [Fact]
    public async Task Adding_removing_and_replacing_members_changes_whether_a_pool_is_inactive()
    {
        var pool = await Drained(members: 1);
        var server = await Create(pool);
        await service.Shows(server, Inactive(pool));

        var active = (await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = await Member() })).Member;
        await service.ShowsNone(server);
        await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = active.Id });
        await service.Shows(server, Inactive(pool));

        var planned = await Member();
        planned.Status = PoolMemberStatus.Planned;
        await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { planned, await Member() } });
        await service.ShowsNone(server);
        await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { planned } });
        await service.Shows(server, Inactive(pool));

        // Without members the pool is empty instead.
        await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id });
        await service.Shows(server, Empty(pool));
    }

    [Fact]
    public async Task The_active_members_of_a_pool_that_was_stored_before_they_were_counted_are_unknown_until_it_changes()
    {
        var pool = await Drained(members: 1);
        var server = await Create(pool);
        await service.Rows($"update registry.directory set active_members = null where id = '{pool.Id}' returning 1", _ => 0);
        await service.ShowsNone(server);

        await service.Pools.AddPoolMemberAsync(
            new() { Id = pool.Id, Member = new(await Member()) { Status = PoolMemberStatus.Planned } });
        await service.Shows(server, Inactive(pool));
    }

    [Fact]
    public async Task Replacing_the_members_fills_and_empties_a_pool()
    {
        var pool = await Pool(members: 2);
        var server = await Create(pool);
        await service.ShowsNone(server);

        await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id });
        await service.Shows(server, Empty(pool));
        await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { await Member() } });
        await service.ShowsNone(server);
        await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, AdditiveOnly = true });
        await service.ShowsNone(server);
    }

    [Fact]
    public async Task A_pool_is_empty_only_after_its_last_member_is_removed()
    {
        var pool = await Pool(members: 2);
        var server = await Create(pool);
        var members = (await service.Pools.GetLoadBalancerPoolAsync(new() { Id = pool.Id })).LoadBalancerPool.Members;

        await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = members[0].Id });
        await service.ShowsNone(server);
        await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = members[1].Id });
        await service.Shows(server, Empty(pool));
    }

    [Fact]
    public async Task Another_pool_or_none_fixes_an_empty_pool()
    {
        var (empty, alsoEmpty, full) = (await Pool(members: 0), await Pool(members: 0), await Pool(members: 1));
        var server = await Create(empty);
        await service.Shows(server, Empty(empty));
        await service.Update(server.Id, new() { LoadBalancerPool = full });
        await service.ShowsNone(server);
        await service.Update(server.Id, new() { LoadBalancerPool = alsoEmpty });
        await service.Shows(server, Empty(alsoEmpty));
        await service.Update(server.Id, new(), "load_balancer_pool");
        await service.Shows(server, new ExpectedCondition(PoolUnset));
    }

    [Fact]
    public async Task A_deleted_virtual_server_on_an_empty_pool_has_no_condition_until_it_is_undeleted()
    {
        var pool = await Pool(members: 0);
        var server = await Create(pool);
        await service.Delete(server.Id);
        Assert.Empty((await service.Listed(showDeleted: true)).Single(listed => listed.Id == server.Id).Conditions);
        await service.Undelete(server.Id);
        await service.Shows(server, Empty(pool));
    }

    [Fact]
    public async Task A_condition_names_a_renamed_pool_by_its_new_name()
    {
        var pool = await Pool(members: 0);
        var server = await Create(pool);
        var renamed = TestInventory.Unique("pool");
        await service.Pools.UpdateLoadBalancerPoolAsync(new() { Id = pool.Id, LoadBalancerPool = new() { Name = renamed } });
        await service.Shows(server, Empty(new() { Id = pool.Id, Name = renamed }));
    }

    [Fact]
    public async Task Tenants_mismatch_only_when_both_are_set()
    {
        var tenants = new[] { null, await Tenant(), await Tenant() };
        foreach (var (mine, its) in from mine in tenants from its in tenants select (mine, its))
        {
            var pool = await Pool(members: 1, its);
            await service.Shows(await Create(pool, mine), mine is null || its is null || mine.Id == its.Id ? [] : [Mismatch(pool)]);
        }
    }

    [Fact]
    public async Task A_virtual_server_fixes_a_tenant_mismatch_by_its_tenant_or_its_pool()
    {
        var (mine, its) = (await Tenant(), await Tenant());
        var pool = await Pool(members: 1, its);
        var server = await Create(pool, mine);
        await service.Shows(server, Mismatch(pool));

        foreach (var (wanted, mask) in new (V1.VirtualServer, string)[]
        {
            (new() { Tenant = its }, "tenant"),
            (new(), "tenant"),
            (new() { LoadBalancerPool = await Pool(members: 1, mine) }, "load_balancer_pool"),
            (new() { LoadBalancerPool = await Pool(members: 1) }, "load_balancer_pool"),
        })
        {
            await service.Update(server.Id, wanted, mask);
            await service.ShowsNone(server);
            await service.Update(server.Id, server, mask);
            await service.Shows(server, Mismatch(pool));
        }

        var another = await Pool(members: 1, await Tenant());
        await service.Update(server.Id, new() { LoadBalancerPool = another });
        await service.Shows(server, Mismatch(another));
        await service.Update(server.Id, new(), "load_balancer_pool");
        await service.Shows(server, new ExpectedCondition(PoolUnset));
    }

    [Fact]
    public async Task A_pool_causes_and_fixes_tenant_mismatches_by_its_tenant()
    {
        var (mine, its) = (await Tenant(), await Tenant());
        var pool = await Pool(members: 1, its);
        var (one, two, same, without) = (await Create(pool, mine), await Create(pool, mine), await Create(pool, its), await Create(pool));
        await Expect(one, two);

        await SetTenant(pool, null);
        await Expect();
        await SetTenant(pool, mine);
        await Expect(same);
        await SetTenant(pool, await Tenant());
        await Expect(one, two, same);
        await SetTenant(pool, its);
        await Expect(one, two);

        async Task Expect(params V1.VirtualServer[] mismatched)
        {
            foreach (var server in new[] { one, two, same, without })
                await service.Shows(server, mismatched.Contains(server) ? [Mismatch(pool)] : []);
        }
    }

    [Fact]
    public async Task A_disabled_virtual_server_shows_a_tenant_mismatch_and_a_deleted_one_does_not()
    {
        var pool = await Pool(members: 1, await Tenant());
        var server = await Create(pool, await Tenant());
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        await service.Shows(server, Mismatch(pool));

        await service.Delete(server.Id);
        Assert.Empty((await service.Listed(showDeleted: true)).Single(listed => listed.Id == server.Id).Conditions);

        // Changes made while it was deleted count after the undelete.
        await SetTenant(pool, server.Tenant);
        await service.Undelete(server.Id);
        await service.ShowsNone(server);
        await service.Delete(server.Id);
        await SetTenant(pool, await Tenant());
        await service.Undelete(server.Id);
        await service.Shows(server, Mismatch(pool));
    }

    [Fact]
    public async Task An_empty_pool_of_another_tenant_causes_both_conditions()
    {
        var pool = await Pool(members: 0, await Tenant());
        await service.Shows(await Create(pool, await Tenant()), Empty(pool), Mismatch(pool));
    }

    private static ExpectedCondition Empty(Reference pool) => ExpectedCondition.With(PoolEmpty, Kind.LoadBalancerPool, pool);

    private static ExpectedCondition Inactive(Reference pool) => ExpectedCondition.With(PoolInactive, Kind.LoadBalancerPool, pool);

    private static ExpectedCondition Mismatch(Reference pool) => ExpectedCondition.With(TenantMismatch, Kind.LoadBalancerPool, pool);

    private async Task<V1.VirtualServer> Create(Reference pool, Reference? tenant = null) =>
        await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = pool, Tenant = tenant });

    private async Task SetTenant(Reference pool, Reference? tenant) =>
        await service.Pools.UpdateLoadBalancerPoolAsync(
            new() { Id = pool.Id, LoadBalancerPool = new() { Tenant = tenant }, UpdateMask = new() { Paths = { "tenant" } } });

    private async Task SetStatus(Reference pool, PoolMember member, PoolMemberStatus status) =>
        await service.Pools.UpdatePoolMemberAsync(new() { Id = pool.Id, MemberId = member.Id, Member = new() { Status = status } });

    // A pool whose members are all in maintenance.
    private async Task<Reference> Drained(int members)
    {
        var pool = await Pool(members);
        foreach (var member in (await service.Pools.GetLoadBalancerPoolAsync(new() { Id = pool.Id })).LoadBalancerPool.Members)
            await SetStatus(pool, member, PoolMemberStatus.Maintenance);
        return pool;
    }

    private async Task<Reference> Tenant()
    {
        var known = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        return new() { Id = known.Id, Name = known.Tenant.Name };
    }

    private async Task<PoolMember> Member() => new() { IpAddress = new() { Name = await TestInventory.NewAddress(service) }, Port = 80 };

    private async Task<Reference> Pool(int members, Reference? tenant = null)
    {
        var draft = new LoadBalancerPool
        {
            Name = TestInventory.Unique("pool"),
            LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
            Tenant = tenant,
        };
        for (var i = 0; i < members; i++) draft.Members.Add(await Member());
        var created = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;
        return new() { Id = created.Id, Name = created.Name };
    }
}
