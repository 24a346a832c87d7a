using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.V1.ConditionSeverity;
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
    public async Task Each_severity_finds_the_virtual_servers_that_have_a_condition_of_it()
    {
        await OneOfEach();
        var all = await service.Listed();
        foreach (var severities in new ConditionSeverity[][] { [Error], [Warning], [Info], [Error, Info], [Info, Warning, Error, Info] })
        {
            var expected = all.Where(one => Has(one, shown => severities.Contains(shown.Severity))).ToList();
            Assert.NotEmpty(expected);
            foreach (var pageSize in new[] { 1000, 2 })
                Assert.Equal(expected, await service.Listed(new() { Severities = { severities } }, pageSize: pageSize));
        }

        Assert.Equal(
            await service.Listed(new() { HasConditions = true }),
            await service.Listed(new() { Severities = { Error, Warning, Info } }));
    }

    [Fact]
    public async Task Types_and_severities_are_those_of_one_condition()
    {
        await OneOfEach();
        var all = await service.Listed();
        foreach (var (types, severities) in new (ConditionType[], ConditionSeverity[])[]
        {
            ([PoolEmpty], [Error]), ([PoolEmpty], [Info]), ([PoolInactive], [Error]), ([PoolInactive], [Info]),
            ([PoolEmpty, PoolInactive, CertificateExpired], [Error]), ([PoolEmpty, CertificatesUnused], [Info]), ([PoolUnset], [Warning]),
        })
        {
            var expected = all.Where(one => Has(one, shown => types.Contains(shown.Type) && severities.Contains(shown.Severity))).ToList();
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await service.Listed(new() { Conditions = { types }, Severities = { severities } }));
        }

        // Another condition of the severity does not count.
        var both = await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = null, SslOffload = true });
        Assert.Equal([(CertificatesMissing, Error), (PoolUnset, Warning)], (await service.Get(both.Id)).Conditions.Select(Shown));
        Assert.Empty(await service.Listed(new() { Conditions = { PoolUnset }, Severities = { Error } }));
        Assert.Empty(await service.Listed(new() { Conditions = { PoolEmpty }, Severities = { Warning } }));

        static (ConditionType, ConditionSeverity) Shown(Condition condition) => (condition.Type, condition.Severity);
    }

    [Fact]
    public async Task In_condition_with_finds_the_virtual_servers_that_have_a_condition_with_the_object()
    {
        await OneOfEach();
        var all = await service.Listed();
        // Conditions of the other tests may list only the first of their objects.
        var objects = all.SelectMany(one => one.Conditions).Where(condition => condition.ObjectCount == condition.Objects.Count)
            .SelectMany(condition => condition.Objects).Distinct().ToList();
        Assert.Equal(
            [Kind.VirtualServer, Kind.LoadBalancerPool, Kind.CertificateProfile, Kind.Prefix],
            objects.Select(one => one.Kind).Distinct().Order());
        foreach (var one in objects)
        {
            var expected = all.Where(server => Has(server, shown => shown.Objects.Contains(one))).ToList();
            foreach (var given in new ObjectReference[]
            {
                one,
                new() { Id = one.Id },
                new() { Kind = one.Kind, Id = one.Id.ToUpperInvariant() },
                new() { Kind = one.Kind, Name = $" {one.Name} ", Namespace = one.Namespace },
                new() { Kind = one.Kind, Name = one.Name }, // an address or prefix of the namespace "Global"
                new() { Id = one.Id, Name = "an outdated name" },
            })
            {
                Assert.Equal(expected, await service.Listed(new() { InConditionWith = given }));
            }
        }
    }

    [Fact]
    public async Task In_condition_with_combines_with_types_and_severities_of_the_same_condition()
    {
        var (expired, pool) = (await Profile(-1), await Pool());
        var unlike = await service.Create(new(await TestInventory.Draft(service))
        {
            LoadBalancerPool = pool,
            CertificateProfiles = { expired },
        });
        var disabled = await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = pool, Enabled = false });
        foreach (var (with, types, severities, expected) in new (Reference, ConditionType[], ConditionSeverity[], V1.VirtualServer[])[]
        {
            (pool, [], [], [unlike, disabled]),
            (pool, [PoolEmpty], [], [unlike, disabled]),
            (pool, [PoolEmpty, CertificateExpired], [Error], [unlike]),
            (pool, [], [Info], [disabled]),
            (pool, [CertificateExpired], [], []),
            (expired, [], [], [unlike]),
            (expired, [CertificateExpired], [Error], [unlike]),
            (expired, [CertificatesUnused], [], []),
            (expired, [], [Info, Warning], []),
        })
        {
            var filter = new VirtualServerFilter
            {
                InConditionWith = new() { Id = with.Id },
                Conditions = { types },
                Severities = { severities },
            };
            Assert.Equal(expected.Select(one => one.Id), (await service.Listed(filter)).Select(one => one.Id));
            filter.HasConditions = true;
            Assert.Equal(expected.Select(one => one.Id), (await service.Listed(filter)).Select(one => one.Id));
        }
    }

    [Fact]
    public async Task All_objects_concerned_are_reachable_in_pages_where_the_condition_lists_the_first_ten()
    {
        // 25 names that differ only by case, on one pool without members.
        var (pool, name) = (await Pool(), TestInventory.Unique("abcde"));
        var all = new List<V1.VirtualServer>();
        for (var i = 0; i < 25; i++)
        {
            var spelled = string.Concat(name.Select((c, at) => at < 5 && (i >> at & 1) == 1 ? char.ToUpperInvariant(c) : c));
            all.Add(await service.Create(new(await TestInventory.Draft(service, spelled)) { LoadBalancerPool = pool }));
        }

        var byName = all.OrderBy(one => one.Name, StringComparer.Ordinal).Select(one => one.Id).ToList();
        foreach (var pageSize in new[] { 1, 7, 24, 25, 1000 })
        {
            foreach (var one in new[] { all[0], all[13] })
            {
                var shown = Assert.Single((await service.Get(one.Id)).Conditions, condition => condition.Type == NameDiffersOnlyByCase);
                Assert.Equal((24, 10), (shown.ObjectCount, shown.Objects.Count));
                var others = await service.Listed(new() { InConditionWith = new() { Id = one.Id } }, pageSize: pageSize);
                Assert.Equal(byName.Where(id => id != one.Id), others.Select(listed => listed.Id));
            }

            var empty = await service.Listed(new() { InConditionWith = new() { Id = pool.Id } }, pageSize: pageSize);
            Assert.Equal(byName, empty.Select(listed => listed.Id));
        }
    }

    [Fact]
    public async Task In_condition_with_an_object_without_conditions_or_a_deleted_one_lists_nothing()
    {
        var draft = await TestInventory.Draft(service);
        var one = await service.Create(draft);
        var other = await service.Create(new(draft) { Name = $"{draft.Name}'", Protocol = Protocol.Tcp });
        var with = new ObjectReference { Kind = Kind.VirtualServer, Id = other.Id };
        Assert.Equal(one.Id, Assert.Single(await service.Listed(new() { InConditionWith = with })).Id);
        await service.Delete(other.Id);
        Assert.Empty(await service.Listed(new() { InConditionWith = with }));
        Assert.Empty(await service.Listed(new() { InConditionWith = with }, showDeleted: true));

        foreach (var (kind, name) in new[] { (Kind.Tenant, "acme"), (Kind.Device, "lb-1"), (Kind.IpAddress, "192.0.2.10") })
            Assert.Empty(await service.Listed(new() { InConditionWith = new() { Kind = kind, Name = name } }));
    }

    [Fact]
    public async Task In_condition_with_an_object_that_does_not_exist_or_is_malformed_is_rejected_naming_the_field()
    {
        var server = await TestInventory.Create(service);
        var gone = await TestInventory.Create(service);
        await service.Delete(gone.Id);
        foreach (var (given, code, reason, field) in new (ObjectReference, StatusCode, string, string)[]
        {
            (new() { Id = Guid.NewGuid().ToString() }, StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND", ""),
            (new() { Id = server.Id, Kind = Kind.Tenant }, StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND", ""),
            (new() { Kind = Kind.VirtualServer, Name = "unknown" }, StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND", ""),
            (new() { Kind = Kind.VirtualServer, Name = gone.Name }, StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND", ""),
            (new() { Kind = Kind.Device, Name = server.Name }, StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND", ""),
            (new() { Kind = Kind.Prefix, Name = "192.0.2.0/24", Namespace = "red" },
                StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND", ""),
            (new(), StatusCode.InvalidArgument, "FIELD_REQUIRED", ".kind"),
            (new() { Name = server.Name }, StatusCode.InvalidArgument, "FIELD_REQUIRED", ".kind"),
            (new() { Kind = Kind.VirtualServer, Name = " " }, StatusCode.InvalidArgument, "FIELD_REQUIRED", ".name"),
            (new() { Kind = Kind.VirtualServer, Name = "a\0" }, StatusCode.InvalidArgument, "FIELD_INVALID", ".name"),
            (new() { Kind = Kind.VirtualServer, Name = "a", Namespace = "Global" },
                StatusCode.InvalidArgument, "FIELD_INVALID", ".namespace"),
            (new() { Kind = Kind.Prefix, Name = "192.0.2.0/24", Namespace = "a\0" },
                StatusCode.InvalidArgument, "FIELD_INVALID", ".namespace"),
            (new() { Kind = Kind.Prefix, Name = "192.0.2.1/24" }, StatusCode.InvalidArgument, "FIELD_INVALID", ".name"),
            (new() { Kind = (Kind)99, Name = "a" }, StatusCode.InvalidArgument, "FIELD_INVALID", ".kind"),
            (new() { Kind = (Kind)(-1), Id = server.Id }, StatusCode.InvalidArgument, "FIELD_INVALID", ".kind"),
            (new() { Id = "a" }, StatusCode.InvalidArgument, "FIELD_INVALID", ".id"),
            (new() { Id = Guid.Empty.ToString() }, StatusCode.InvalidArgument, "FIELD_INVALID", ".id"),
        })
        {
            var refusal = await Refusal.Of(
                service.VirtualServers.ListVirtualServersAsync(new() { Filter = new() { InConditionWith = given } }), code, reason);
            Assert.Contains($"filter.in_condition_with{field}", refusal.Message, StringComparison.Ordinal);
            if (code is StatusCode.InvalidArgument) Assert.Equal([$"filter.in_condition_with{field}"], refusal.Fields);
        }
    }

    [Fact]
    public async Task Pages_of_an_object_stay_with_it_when_its_name_passes_on()
    {
        var (first, second) = (await Pool(), await Pool());
        foreach (var pool in new[] { first, first, second })
            await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = pool });
        var name = (await service.Pools.GetLoadBalancerPoolAsync(new() { Id = first.Id })).LoadBalancerPool.Name;
        var filter = new VirtualServerFilter { InConditionWith = new() { Kind = Kind.LoadBalancerPool, Name = name } };
        var page = await service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter, PageSize = 1 });

        await service.Pools.UpdateLoadBalancerPoolAsync(new() { Id = first.Id, LoadBalancerPool = new() { Name = $"{name}, former" } });
        await service.Pools.UpdateLoadBalancerPoolAsync(new() { Id = second.Id, LoadBalancerPool = new() { Name = name } });
        var next = new ListVirtualServersRequest { Filter = filter, PageToken = page.NextPageToken };
        var refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(next), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["page_token"], refusal.Fields);

        next.Filter = new() { InConditionWith = new() { Id = first.Id } };
        Assert.Single((await service.VirtualServers.ListVirtualServersAsync(next)).VirtualServers);
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

        // A deleted virtual server is not one without conditions either.
        var without = await service.Listed(new() { HasConditions = false }, showDeleted: true);
        Assert.Equal(await service.Listed(new() { HasConditions = false }), without);
        Assert.DoesNotContain(without, one => one.Id == gone.Id);
        Assert.Empty(Assert.Single(await service.Listed(showDeleted: true), one => one.Id == gone.Id).Conditions);
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
            new() { Severities = { Warning } },
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
        var pool = await Pool();
        for (var i = 0; i < 3; i++) await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = pool });
        VirtualServerFilter?[] filters =
        [
            null,
            new() { HasConditions = true },
            new() { HasConditions = false },
            new() { Conditions = { PoolUnset } },
            new() { Conditions = { NatPoolMissing } },
            new() { Severities = { Error } },
            new() { Conditions = { PoolUnset }, Severities = { Warning } },
            new() { InConditionWith = new() { Id = pool.Id } },
            new() { InConditionWith = new() { Id = pool.Id }, Severities = { Error } },
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
    [InlineData(20)]
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
            Assert.Equal([$"filter.conditions[{filter.Conditions.Count - 1}]"], refusal.Fields);
            Assert.Contains(unknown == 0 ? "is not set" : $"{unknown}", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task An_unknown_severity_is_rejected(int unknown)
    {
        var filter = new VirtualServerFilter { Severities = { Error, (ConditionSeverity)unknown } };
        var refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(["filter.severities[1]"], refusal.Fields);
        var flaw = unknown == 0 ? "is not set" : $"{unknown} is not defined";
        Assert.Contains($"{flaw}: use a value from 1 to 3", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditions_together_with_has_conditions_false_are_rejected_and_all_violations_are_listed()
    {
        foreach (var filter in new VirtualServerFilter[]
        {
            new() { Severities = { Error }, HasConditions = false },
            new() { InConditionWith = new() { Kind = Kind.LoadBalancerPool, Name = "pool-1" }, HasConditions = false },
        })
        {
            Assert.Equal(["filter.has_conditions"], (await Refusal.Of(
                service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter }),
                StatusCode.InvalidArgument,
                "FIELD_INVALID")).Fields);
        }

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
            ["filter.conditions[0]", "filter.conditions[1]", "filter.has_conditions", "page_size", "page_token"],
            refusal.Fields.Order());
    }

    private static bool Has(V1.VirtualServer server, ConditionType type) => Has(server, condition => condition.Type == type);

    private static bool Has(V1.VirtualServer server, Func<Condition, bool> which) => server.Conditions.Any(which);

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

    private async Task<Reference> Pool(Reference? tenant = null, params IEnumerable<PoolMember> members)
    {
        var pool = new LoadBalancerPool
        {
            Name = TestInventory.Unique("pool"),
            LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
            Tenant = tenant,
            Members = { members },
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
        await service.Create(new(pair) { Name = TestInventory.Unique("web"), Port = 0, Protocol = Protocol.Tcp });
        var drained = new PoolMember { IpAddress = new() { Name = "198.51.100.1" }, Port = 80, Status = PoolMemberStatus.Maintenance };
        foreach (var pool in new[] { await Pool(), await Pool(null, drained) })
        {
            foreach (var enabled in new[] { true, false })
                await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = pool, Enabled = enabled });
        }

        await service.Create(new(await TestInventory.Draft(service))
        {
            LoadBalancerPool = await Pool(new() { Id = other.Id }),
            Tenant = new() { Name = "acme" },
        });
    }
}
