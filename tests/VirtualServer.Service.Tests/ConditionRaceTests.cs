using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.Service.Tests.Harness.ExpectedCondition;

namespace VirtualServers.Service.Tests;

/// <summary>Conditions that concurrent commands cause together are shown on every virtual server concerned.</summary>
public sealed class ConditionRaceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Rounds = 40;

    private readonly TestService service = fixture.Service;

    [Fact]
    public Task Case_16_two_concurrent_creates_that_conflict_are_both_conflicted() => Race(async () =>
    {
        var draft = await TestInventory.Draft(service);
        return (() => Create(draft, Protocol.Tcp), () => Create(draft, Protocol.Https));
    }, Conflict);

    [Fact]
    public Task Two_concurrent_moves_to_one_vip_are_both_conflicted() => Race(async () =>
    {
        var (one, two) = (
            await TestInventory.Create(service),
            await service.Create(new(await TestInventory.Draft(service)) { Protocol = Protocol.Tcp }));
        var vip = new Reference { Name = await TestInventory.NewAddress(service) };
        return (() => service.Update(one.Id, new() { Vip = vip }), () => service.Update(two.Id, new() { Vip = vip }));
    }, Conflict);

    [Fact]
    public Task A_port_change_and_a_concurrent_placement_change_are_both_conflicted() => Race(async () =>
    {
        var draft = await TestInventory.Draft(service);
        var (one, two) = (
            await Create(new(draft) { Port = 8443 }, Protocol.Tcp),
            await Create(new(draft) { Device = new() { Name = "lb-2" } }, Protocol.Https));
        return (() => service.Update(one.Id, new() { Port = 443 }), () => service.Update(two.Id, new() { Device = draft.Device }));
    }, Conflict);

    [Fact]
    public Task An_enable_and_a_concurrent_undelete_are_both_conflicted() => Race(async () =>
    {
        var draft = await TestInventory.Draft(service);
        var (one, two) = (await Create(new(draft) { Enabled = false }, Protocol.Tcp), await Create(draft, Protocol.Https));
        await service.Delete(two.Id);
        return (
            async () => (await service.VirtualServers.EnableVirtualServerAsync(new() { Id = one.Id })).VirtualServer,
            () => service.Undelete(two.Id));
    }, Conflict);

    [Fact]
    public Task Two_concurrent_renames_that_differ_only_by_case_are_both_shown() => Race(async () =>
    {
        var (one, two, name) = (await TestInventory.Create(service), await TestInventory.Create(service), TestInventory.Unique("case"));
        return (
            () => service.Update(one.Id, new() { Name = name }),
            () => service.Update(two.Id, new() { Name = name.ToUpperInvariant() }));
    }, Case);

    [Fact]
    public Task Two_concurrent_creates_that_differ_only_by_case_are_both_shown() => Race(() =>
    {
        var name = TestInventory.Unique("case");
        return Task.FromResult<(Func<Task<V1.VirtualServer>>, Func<Task<V1.VirtualServer>>)>(
            (() => TestInventory.Create(service, name), () => TestInventory.Create(service, name.ToUpperInvariant())));
    }, Case);

    [Fact]
    public async Task Both_sides_can_leave_a_conflict_concurrently()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var draft = await TestInventory.Draft(service);
            var (one, two) = (await Create(draft, Protocol.Tcp), await Create(draft, Protocol.Https));
            await Both(round, () => service.Update(one.Id, new() { Port = 80 }), async () => await service.Delete(two.Id));
            Assert.Empty((await service.Get(one.Id)).Conditions);
        }

        await AssertConsistent();
    }

    [Fact]
    public Task Two_concurrent_creates_of_a_given_and_of_any_port_are_both_shadowed() => Race(async () =>
    {
        var draft = await TestInventory.Draft(service);
        return (() => Create(draft, Protocol.Tcp), () => Create(new(draft) { Port = 0 }, Protocol.Https));
    }, Shadow);

    [Fact]
    public Task A_conflict_that_both_sides_turn_into_a_shadow_concurrently_stays_a_conflict() => Race(async () =>
    {
        var draft = await TestInventory.Draft(service);
        var (one, two) = (await Create(draft, Protocol.Tcp), await Create(draft, Protocol.Https));
        return (() => service.Update(one.Id, new() { Port = 0 }), () => service.Update(two.Id, new() { Port = 0 }));
    }, Conflict);

    [Fact]
    public async Task An_inactive_pool_is_shown_when_its_last_active_member_is_drained_while_virtual_servers_are_created_on_it()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var pool = (await service.Pools.CreateLoadBalancerPoolAsync(
                new() { LoadBalancerPool = await TestInventory.Pool(service) })).LoadBalancerPool;
            var (draft, servers) = (await TestInventory.Draft(service), new V1.VirtualServer[2]);
            await Both(
                round,
                async () => await service.Pools.UpdatePoolMemberAsync(new()
                {
                    Id = pool.Id,
                    MemberId = pool.Members[0].Id,
                    Member = new() { Status = PoolMemberStatus.Maintenance },
                }),
                () => Task.WhenAll(Enumerable.Range(0, servers.Length).Select(async i => servers[i] = await service.Create(
                    new(draft) { Name = TestInventory.Unique("web"), Port = 1000 + i, LoadBalancerPool = new() { Id = pool.Id } }))));
            await Expect(
                servers,
                ExpectedCondition.With(
                    ConditionType.PoolInactive, Kind.LoadBalancerPool, new Reference { Id = pool.Id, Name = pool.Name }));
        }

        await service.Create(new(await TestInventory.Draft(service)) { SourceNatType = SourceNatType.Pool }); // a stored condition
        await AssertConsistent();
    }

    [Fact]
    public async Task A_pool_whose_members_are_drained_and_removed_concurrently_is_empty_or_inactive_as_its_members_are()
    {
        var server = await TestInventory.Create(service);
        for (var round = 0; round < Rounds; round++)
        {
            var draft = await TestInventory.Pool(service);
            draft.Members.Add(new PoolMember { IpAddress = new() { Name = await TestInventory.NewAddress(service) }, Port = 80 });
            var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;
            await service.Update(server.Id, new() { LoadBalancerPool = new() { Id = pool.Id } });
            await Both(
                round,
                async () => await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = pool.Members[0].Id }),
                async () => await service.Pools.UpdatePoolMemberAsync(new()
                {
                    Id = pool.Id,
                    MemberId = pool.Members[1].Id,
                    Member = new() { Status = PoolMemberStatus.Failed },
                }));
            var reference = new Reference { Id = pool.Id, Name = pool.Name };
            await Expect([server], ExpectedCondition.With(ConditionType.PoolInactive, Kind.LoadBalancerPool, reference));
            await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = pool.Members[1].Id });
            await Expect([server], ExpectedCondition.With(ConditionType.PoolEmpty, Kind.LoadBalancerPool, reference));
        }

        await service.Update(server.Id, new() { SourceNatType = SourceNatType.Pool }); // a stored condition
        await AssertConsistent();
    }

    [Fact]
    public async Task A_tenant_mismatch_is_shown_when_pool_and_virtual_servers_change_concurrently()
    {
        var tenant = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        var servers = new List<V1.VirtualServer>();
        for (var i = 0; i < 3; i++)
            servers.Add(await service.Create(new(await TestInventory.Draft(service)) { Tenant = new() { Name = "acme" } }));
        for (var round = 0; round < Rounds; round++)
        {
            var draft = await TestInventory.Pool(service);
            var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;
            await Both(
                round,
                async () => await service.Pools.UpdateLoadBalancerPoolAsync(
                    new() { Id = pool.Id, LoadBalancerPool = new() { Tenant = new() { Id = tenant.Id } } }),
                () => Task.WhenAll(servers.Select(server =>
                    service.Update(server.Id, new() { LoadBalancerPool = new() { Id = pool.Id } }))));
            await Expect(
                servers,
                ExpectedCondition.With(
                    ConditionType.TenantMismatch,
                    Kind.LoadBalancerPool,
                    new Reference { Id = pool.Id, Name = pool.Name }));
        }

        await AssertConsistent();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_family_mismatch_is_shown_when_inventory_and_virtual_servers_change_concurrently(bool vipChanges)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var vip = await service.Upsert(new() { IpAddress = new() { Address = TestInventory.UniqueAddress() } });
            var prefix = await service.Upsert(new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } });
            var servers = new List<V1.VirtualServer>();
            for (var i = 0; i < 3; i++)
                servers.Add(await service.Create(new(await TestInventory.Draft(service)) { Port = 1000 + i, Vip = new() { Id = vip.Id } }));
            var six = $"2001:db8::{TestInventory.UniqueAddress()}";
            await Both(
                round,
                () => service.Upsert(vipChanges
                    ? new() { Id = vip.Id, IpAddress = new() { Address = six } }
                    : new() { Id = prefix.Id, Prefix = new() { Prefix_ = $"{six}/128" } }),
                () => Task.WhenAll(servers.Select(server =>
                    service.Update(server.Id, new() { SourceNatPool = new() { Id = prefix.Id }, SourceNatType = SourceNatType.Pool }))));
            var known = (await service.Inventory.GetInventoryObjectAsync(new() { Id = prefix.Id })).InventoryObject;
            await Expect(
                servers,
                ExpectedCondition.With(
                    ConditionType.NatFamilyMismatch,
                    Kind.Prefix,
                    new Reference { Id = prefix.Id, Name = known.Prefix.Prefix_ }));
        }

        await AssertConsistent();
    }

    [Fact]
    public async Task Conditions_match_the_data_after_random_concurrent_commands()
    {
        const int workers = 6;
        const int commands = 60;
        var (vips, prefixes, pools, members) = (new List<string>(), new List<string>(), new List<string>(), new List<PoolMemberOf>());
        for (var i = 0; i < 3; i++)
        {
            vips.Add((await service.Upsert(new() { IpAddress = new() { Address = TestInventory.UniqueAddress() } })).Id);
            prefixes.Add((await service.Upsert(new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } })).Id);
            var pool = (await service.Pools.CreateLoadBalancerPoolAsync(
                new() { LoadBalancerPool = await TestInventory.Pool(service) })).LoadBalancerPool;
            pools.Add(pool.Id);
            members.AddRange(pool.Members.Select(member => new PoolMemberOf(pool.Id, member.Id)));
        }

        Reference?[] tenants =
        [
            null,
            new() { Name = "acme" },
            new() { Id = (await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } })).Id },
        ];
        var names = (string[])["chaos", "Chaos", "CHAOS", "chAOS", "calm", "Calm", "CALM", "cALM", "other", "Other"];
        var servers = new List<V1.VirtualServer>();
        for (var i = 0; i < 8; i++) servers.Add(await TestInventory.Create(service));

        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            T Any<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
            for (var i = 0; i < commands; i++)
            {
                var id = Any(servers).Id;
                Func<Task> command = random.Next(13) switch
                {
                    0 => () => service.Delete(id),
                    1 or 2 => () => service.Undelete(id),
                    3 => async () => await service.VirtualServers.EnableVirtualServerAsync(new() { Id = id }),
                    4 => async () => await service.VirtualServers.DisableVirtualServerAsync(new() { Id = id }),
                    5 => async () => await service.Pools.UpdateLoadBalancerPoolAsync(new()
                    {
                        Id = Any(pools),
                        LoadBalancerPool = new() { Tenant = Any(tenants) },
                        UpdateMask = new() { Paths = { "tenant" } },
                    }),
                    6 => () => service.Upsert(new() { Id = Any(vips), IpAddress = new() { Address = Address() } }),
                    7 => () => service.Upsert(new()
                    {
                        Id = Any(prefixes),
                        Prefix = new()
                        {
                            Prefix_ = Address() is var address && address.Contains(':', StringComparison.Ordinal)
                                ? $"{address}/128"
                                : $"{address}/32",
                        },
                    }),
                    8 => async () =>
                    {
                        var (pool, member) = Any(members);
                        var status = (PoolMemberStatus)random.Next(1, 6);
                        await service.Pools.UpdatePoolMemberAsync(
                            new() { Id = pool, MemberId = member, Member = new() { Status = status } });
                    },
                    _ => () => service.Update(id, Wanted(), Mask()),
                };
                Assert.Contains(await Outcome(command), new[] { StatusCode.OK, StatusCode.AlreadyExists, StatusCode.NotFound });
            }

            string Address() => random.Next(2) == 0 ? TestInventory.UniqueAddress() : $"2001:db8::{TestInventory.UniqueAddress()}";

            string[] Mask()
            {
                string[] fields =
                [
                    "name", "vip", "port", "protocol", "load_balancer_type", "ssl_offload", "device", "tenant", "load_balancer_pool",
                    "source_nat_pool", "source_nat_type",
                ];
                return [.. fields.Where(_ => random.Next(3) == 0).Append("port").Distinct()];
            }

            V1.VirtualServer Wanted()
            {
                var wanted = new V1.VirtualServer
                {
                    Name = Any(names),
                    Vip = new() { Id = Any(vips) },
                    Protocol = Any(Enum.GetValues<Protocol>()),
                    LoadBalancerType = (LoadBalancerType)random.Next(1, 5),
                    SslOffload = random.Next(2) == 0,
                    Device = new() { Name = Any(["lb-1", "lb-1", "lb-2"]) },
                    Tenant = Any(tenants),
                    LoadBalancerPool = Any([null, .. pools.Select(pool => new Reference { Id = pool })]),
                    SourceNatPool = Any([null, .. prefixes.Select(prefix => new Reference { Id = prefix })]),
                    SourceNatType = Any(Enum.GetValues<SourceNatType>()),
                };
                if (Any<int?>([null, 0, 80, 443]) is { } port) wanted.Port = port;
                return wanted;
            }
        })));

        await AssertConsistent();
    }

    private sealed record PoolMemberOf(string Pool, string Member);

    // Every other round, the other command starts first.
    private static async Task Both(int round, Func<Task> one, Func<Task> two)
    {
        var (first, second) = round % 2 == 0 ? (one, two) : (two, one);
        await Task.WhenAll(first(), second());
    }

    private async Task Race(
        Func<Task<(Func<Task<V1.VirtualServer>> One, Func<Task<V1.VirtualServer>> Two)>> prepare,
        Func<V1.VirtualServer[], ExpectedCondition> naming)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var ((one, two), made) = (await prepare(), new V1.VirtualServer[2]);
            await Both(round, async () => made[0] = await one(), async () => made[1] = await two());
            await Expect([made[0]], naming([made[1]]));
            await Expect([made[1]], naming([made[0]]));
        }

        await AssertConsistent();
    }

    private async Task Expect(IEnumerable<V1.VirtualServer> servers, ExpectedCondition condition)
    {
        foreach (var server in servers) Assert.Equal([$"{condition}"], (await service.Get(server.Id)).Conditions.Select(Describe));
    }

    private async Task AssertConsistent()
    {
        await service.ConditionsMatchTheData();
        Assert.Equal(0, await service.Scalar<long>("select deadlocks from pg_stat_database where datname = current_database()"));
    }

    private Task<V1.VirtualServer> Create(V1.VirtualServer draft, Protocol protocol) =>
        service.Create(new(draft) { Name = TestInventory.Unique("web"), Protocol = protocol });

    private static async Task<StatusCode> Outcome(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
