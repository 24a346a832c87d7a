using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.V1.ConditionType;

namespace VirtualServers.Service.Tests;

/// <summary>ListVirtualServers by condition returns exactly the virtual servers that have it.</summary>
public sealed class ConditionFilterTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Each_condition_finds_the_virtual_servers_that_have_it()
    {
        await OneOfEach();
        var all = await service.Listed();
        foreach (var type in ExpectedCondition.All)
        {
            var expected = all.Where(one => Has(one, type)).ToList();
            Assert.NotEmpty(expected);
            foreach (var one in expected) Assert.Equal(one, await service.Get(one.Id));
            Assert.Equal(expected, await service.Listed(new() { Conditions = { type } }));
            Assert.Equal(expected, await service.Listed(new() { Conditions = { type } }, pageSize: 2));
        }
    }

    [Fact]
    public async Task Several_conditions_find_the_virtual_servers_with_any_of_them()
    {
        await OneOfEach();
        var all = await service.Listed();
        foreach (var types in new ConditionType[][]
        {
            [PoolUnset, PortUnset],
            [CertificateExpired, CertificateExpiring, PoolEmpty],
            [Conflicted, PoolEmpty],
            [NameDiffersOnlyByCase, CertificateExpired, NatTypeUnset],
            [PoolUnset, PoolUnset],
            [.. ExpectedCondition.All],
        })
        {
            Assert.Equal(all.Where(one => types.Any(type => Has(one, type))), await service.Listed(new() { Conditions = { types } }));
        }
    }

    [Fact]
    public async Task Virtual_servers_with_and_without_conditions_partition_the_list()
    {
        await OneOfEach();
        await TestInventory.Create(service);
        var all = await service.Listed();
        foreach (var pageSize in new[] { 1000, 3 })
        {
            Assert.Equal(
                all.Where(one => one.Conditions.Count > 0),
                await service.Listed(new() { HasConditions = true }, pageSize: pageSize));
            Assert.Equal(
                all.Where(one => one.Conditions.Count == 0),
                await service.Listed(new() { HasConditions = false }, pageSize: pageSize));
        }

        Assert.Equal(all, await service.Listed(new()));
        Assert.Equal(
            await service.Listed(new() { Conditions = { PoolUnset } }),
            await service.Listed(new() { Conditions = { PoolUnset }, HasConditions = true }));
    }

    [Fact]
    public async Task Deleted_virtual_servers_have_no_conditions()
    {
        var broken = await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = null });
        var gone = await service.Create(new(await TestInventory.Draft(service))
        {
            LoadBalancerPool = null,
            SslOffload = true,
            CertificateProfiles = { await Profile(-1) },
        });
        await service.Delete(gone.Id);

        foreach (var filter in new VirtualServerFilter[]
        {
            new() { Conditions = { PoolUnset } },
            new() { Conditions = { CertificateExpired, PoolUnset } },
            new() { HasConditions = true },
        })
        {
            var listed = await service.Listed(filter, showDeleted: true);
            Assert.Equal(await service.Listed(filter), listed);
            Assert.Contains(listed, one => one.Id == broken.Id);
        }

        Assert.DoesNotContain(await service.Listed(new() { HasConditions = false }), one => one.Id == gone.Id);
        var without = await service.Listed(new() { HasConditions = false }, showDeleted: true);
        Assert.Empty(Assert.Single(without, one => one.Id == gone.Id).Conditions);
        Assert.Equal((await service.Listed(showDeleted: true)).Where(one => one.Conditions.Count == 0), without);
    }

    [Fact]
    public async Task Case_24_pages_of_a_filtered_list_neither_skip_nor_repeat()
    {
        // Every third virtual server has the condition.
        var wanted = new List<string>();
        for (var i = 0; i < 45; i++)
        {
            var server = await service.Create(new(await TestInventory.Draft(service, $"paged {i:D2}"))
            {
                SourceNatType = i % 3 == 0 ? SourceNatType.Pool : SourceNatType.Unspecified,
            });
            if (i % 3 == 0) wanted.Add(server.Id);
        }

        foreach (var type in new[] { NatPoolMissing, CertificateExpired })
        {
            if (type is CertificateExpired)
                foreach (var id in wanted)
                    await service.Update(id, new() { SslOffload = true, CertificateProfiles = { await Profile(-1), await Profile(-2) } });
            foreach (var pageSize in new[] { 1, 2, 7, 14, 15, 16, 1000 })
            {
                var listed = await service.Listed(new() { Conditions = { type } }, pageSize: pageSize);
                Assert.Equal(wanted, listed.Where(one => one.Name.StartsWith("paged", StringComparison.Ordinal)).Select(one => one.Id));
            }
        }
    }

    [Fact]
    public async Task Only_virtual_servers_fixed_between_pages_are_omitted()
    {
        var servers = new List<V1.VirtualServer>();
        for (var i = 0; i < 6; i++)
        {
            servers.Add(
                await service.Create(new(await TestInventory.Draft(service, $"\U0010FFF0 mended {i}")) { Protocol = Protocol.Icmp }));
        }

        var filter = new VirtualServerFilter { Conditions = { PortIgnored } };
        var before = (await service.Listed(filter)).FindIndex(one => one.Id == servers[0].Id);
        var first = await service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter, PageSize = before + 2 });
        Assert.Equal(servers[1].Id, first.VirtualServers[^1].Id);

        // Then the last one of the page is fixed, and one of the next page.
        foreach (var repaired in new[] { servers[1], servers[3] }) await service.Update(repaired.Id, new(), "port");
        var rest = await service.VirtualServers.ListVirtualServersAsync(
            new() { Filter = filter, PageSize = 1000, PageToken = first.NextPageToken });
        Assert.Equal([servers[2].Id, servers[4].Id, servers[5].Id], rest.VirtualServers.Select(one => one.Id));
    }

    [Theory]
    [InlineData(501)]
    [InlineData(10_001)]
    public async Task Pages_of_a_very_frequent_condition_neither_skip_nor_repeat(int rows)
    {
        var one = await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = null });
        for (var i = 0; i < 24; i++)
        {
            await service.Create(new(await TestInventory.Draft(service))
            {
                LoadBalancerPool = i % 2 == 0 ? null : new() { Name = "pool-1" },
                SourceNatType = i % 5 == 0 ? SourceNatType.Pool : SourceNatType.Unspecified,
            });
        }

        var filters = new VirtualServerFilter[]
        {
            new() { Conditions = { PoolUnset } },
            new() { Conditions = { PoolUnset, NatPoolMissing } },
            new() { HasConditions = true },
        };
        var expected = new List<List<string>>();
        foreach (var filter in filters) expected.Add(await Ids(filter, 1000));

        // With this many rows, the list is read by name instead of by condition. The rows stand for as many virtual servers.
        await service.Rows(
            $"""
            insert into registry.conditions
            select '{one.Id}', 'POOL_UNSET', gen_random_uuid() from generate_series(1, {rows})
            returning 1
            """,
            _ => 0);
        foreach (var (filter, ids) in filters.Zip(expected))
        {
            foreach (var pageSize in new[] { 1, 2, 5, ids.Count - 1, ids.Count, ids.Count + 1, 1000 })
                Assert.Equal(ids, await Ids(filter, pageSize));
        }

        await service.Rows(
            "delete from registry.conditions where type = 'POOL_UNSET' and other <> '00000000-0000-0000-0000-000000000000' returning 1",
            _ => 0);

        async Task<List<string>> Ids(VirtualServerFilter filter, int pageSize) =>
            [.. (await service.Listed(filter, pageSize: pageSize)).Select(listed => listed.Id)];
    }

    [Fact]
    public async Task A_page_token_of_another_filter_is_rejected()
    {
        for (var i = 0; i < 3; i++)
            await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = null, SourceNatType = SourceNatType.Pool });
        for (var i = 0; i < 3; i++) await TestInventory.Create(service);
        VirtualServerFilter?[] filters =
        [
            null,
            new() { HasConditions = true },
            new() { HasConditions = false },
            new() { Conditions = { PoolUnset } },
            new() { Conditions = { NatPoolMissing } },
            new() { Conditions = { PoolUnset, NatPoolMissing } },
        ];
        var tokens = new List<string>();
        foreach (var filter in filters)
            tokens.Add((await service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter, PageSize = 1 })).NextPageToken);
        Assert.All(tokens, token => Assert.NotEmpty(token));

        for (var i = 0; i < filters.Length; i++)
        {
            for (var j = 0; j < tokens.Count; j++)
            {
                var call = service.VirtualServers.ListVirtualServersAsync(
                    new() { Filter = filters[i], PageToken = tokens[j], PageSize = 1 });
                if (i == j) await call;
                else Assert.Equal(["page_token"], (await Refusal.Of(call, StatusCode.InvalidArgument, "FIELD_INVALID")).Fields);
            }
        }

        // An equivalent filter gives the same list; an empty filter is no filter.
        await service.VirtualServers.ListVirtualServersAsync(
            new() { Filter = new() { Conditions = { NatPoolMissing, PoolUnset, NatPoolMissing } }, PageToken = tokens[^1] });
        await service.VirtualServers.ListVirtualServersAsync(new() { Filter = new(), PageToken = tokens[0] });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(18)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task An_unknown_condition_is_rejected(int unknown)
    {
        foreach (var filter in new VirtualServerFilter[]
        {
            new() { Conditions = { (ConditionType)unknown } },
            new() { Conditions = { PoolUnset, (ConditionType)unknown }, HasConditions = true },
        })
        {
            var refusal = await Refusal.Of(
                service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter }),
                StatusCode.InvalidArgument,
                "FIELD_INVALID");
            Assert.Equal(["filter.conditions"], refusal.Fields);
            Assert.Contains($"{unknown}", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Conditions_together_with_has_conditions_false_are_rejected_and_all_violations_are_listed()
    {
        var refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new() { Filter = new() { Conditions = { PoolUnset }, HasConditions = false } }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(["filter.has_conditions"], refusal.Fields);

        refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new()
            {
                Filter = new() { Conditions = { 0, (ConditionType)99 }, HasConditions = false },
                PageSize = -1,
                PageToken = "made up",
            }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(
            ["filter.conditions", "filter.conditions", "filter.has_conditions", "page_size", "page_token"],
            refusal.Fields.Order());
    }

    private static bool Has(V1.VirtualServer server, ConditionType type) => server.Conditions.Any(condition => condition.Type == type);

    private async Task<Reference> Profile(int days) => new()
    {
        Id = (await service.Profiles.CreateCertificateProfileAsync(new()
        {
            CertificateProfile = new()
            {
                Name = TestInventory.Unique("certificate"),
                ExpirationDate = DateTimeOffset.UtcNow.AddDays(days).ToTimestamp(),
            },
        })).CertificateProfile.Id,
    };

    private async Task<Reference> Pool(Reference? tenant = null)
    {
        var pool = new LoadBalancerPool
        {
            Name = TestInventory.Unique("pool"),
            LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
            Tenant = tenant,
        };
        return new() { Id = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = pool })).LoadBalancerPool.Id };
    }

    // Some virtual servers have more than one condition.
    private async Task OneOfEach()
    {
        var certificate = await Profile(365);
        var six = await service.Upsert(new() { Prefix = new() { Prefix_ = $"2001:db8::{TestInventory.UniqueAddress()}/128" } });
        var other = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        foreach (var cause in new Action<V1.VirtualServer>[]
        {
            draft => draft.SslOffload = true,
            draft => draft.CertificateProfiles.Add(certificate),
            draft => (draft.SslOffload, draft.Protocol) = (true, Protocol.Udp),
            draft => draft.LoadBalancerPool = null,
            draft => draft.ClearPort(),
            draft => draft.Protocol = Protocol.Icmp,
            draft => draft.LoadBalancerType = LoadBalancerType.Layer4,
            draft => (draft.SourceNatType, draft.LoadBalancerType) = (SourceNatType.Pool, LoadBalancerType.Dns),
            draft => (draft.SourceNatType, draft.SourceNatPool) = (SourceNatType.Auto, new() { Name = "192.0.2.0/24" }),
            draft => draft.SourceNatPool = new() { Name = "192.0.2.0/24" },
            draft => (draft.SourceNatType, draft.SourceNatPool) = (SourceNatType.Pool, new() { Id = six.Id }),
        })
        {
            var draft = await TestInventory.Draft(service);
            cause(draft);
            await service.Create(draft);
        }

        var pair = await TestInventory.Draft(service);
        await service.Create(pair);
        await service.Create(new(pair) { Name = pair.Name.ToUpperInvariant(), Protocol = Protocol.Tcp });
        await service.Create(
            new(await TestInventory.Draft(service)) { SslOffload = true, CertificateProfiles = { await Profile(-1), await Profile(1) } });
        await service.Create(new(await TestInventory.Draft(service)) { SslOffload = true, CertificateProfiles = { await Profile(1) } });
        await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = await Pool() });
        await service.Create(new(await TestInventory.Draft(service))
        {
            LoadBalancerPool = await Pool(new() { Id = other.Id }),
            Tenant = new() { Name = "acme" },
        });
    }
}
