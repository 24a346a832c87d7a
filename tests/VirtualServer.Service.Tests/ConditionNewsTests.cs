using Google.Protobuf.WellKnownTypes;
using Npgsql;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Conditions are news: what begins or ends is told once, in order, with its cause.</summary>
public sealed class ConditionNewsTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_condition_that_a_change_of_the_virtual_server_causes_is_told()
    {
        var server = await TestInventory.Create(service);
        await using var watch = await News(server.Id);
        var offload = await Update(server.Id, new() { SslOffload = true }, "ssl_offload");
        var raised = (await watch.Changes(1))[0].Change;
        await Update(server.Id, new(), "ssl_offload");
        var cleared = (await watch.Changes(1))[0].Change;

        Assert.Equal(
            ("virtual_server.condition_raised", ConditionType.CertificatesMissing, "virtual_server.changed"),
            (raised.Type, raised.Condition.Type, raised.Cause.Type));
        Assert.Equal((server.Id, server.Name, 2), (raised.Id, raised.Name, raised.Version));
        Assert.Equal(offload, raised.After.VirtualServer);
        Assert.Equal(("conditions", ""), (Assert.Single(raised.ChangedFields), raised.Actor));
        Assert.Contains("certificate", raised.Condition.Message, StringComparison.Ordinal);
        Assert.True(raised.Cause.Sequence < raised.Sequence && raised.Sequence < cleared.Sequence);
        Assert.Equal((server.Id, server.Name), (raised.Cause.Object.Id, raised.Cause.Object.Name));
        Assert.Equal(("virtual_server.condition_cleared", ConditionType.CertificatesMissing), (cleared.Type, cleared.Condition.Type));
    }

    [Fact]
    public async Task News_of_a_condition_that_another_node_has_told_meanwhile_fail()
    {
        var draft = await TestInventory.Draft(service);
        draft.SslOffload = true;
        var server = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        await Eventually.IsSo("the news", async () =>
            await service.Scalar<long>($"select count(*) from registry.told_conditions where virtual_server = '{server.Id}'") == 1);
        var cleared = new UntoldCondition(
            Guid.Parse(server.Id), Domain.VirtualServers.ConditionType.CertificatesMissing, Other: null, Begins: false, Cause: null);
        await using var source = NpgsqlDataSource.Create(service.Database);

        await Tell();
        await Assert.ThrowsAsync<PostgresException>(Tell);

        async Task Tell()
        {
            var dates = new SeenDates(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
            await using var command = ToldConditions.Told([cleared], dates).First().Command(source);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task A_condition_that_begins_while_no_node_leads_is_told_also_if_it_is_of_the_first_objects()
    {
        var first = await TestService.Start();
        await Eventually.IsSo("a look", async () => await first.Scalar<long>("select count(*) from registry.condition_dates") == 1);
        // The lock of the leader (Feed/Leader.cs), which the node gives away.
        var taking = HeldLock.Take(first, "select pg_advisory_xact_lock(1949806582)");
        await first.DisposeAsync();
        await using var lead = await taking;
        await using var second = await TestService.Start(first.Database);
        await using var consumer = await ForeignConsumer.Start("virtual_server.condition_raised");
        await TestInventory.Register(second);
        var draft = await TestInventory.Draft(second);
        draft.SslOffload = true;
        var server = (await second.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        await lead.Release();

        var news = await Eventually.Get("news", () => consumer.News(change => change.Id == server.Id), found => found.Count > 0);
        Assert.Equal(ConditionType.CertificatesMissing, Assert.Single(news).Change.Condition.Type);
    }

    [Fact]
    public async Task A_conflict_is_told_of_both_virtual_servers_with_the_other_as_its_cause()
    {
        var first = await TestInventory.Create(service);
        await using var watch = await Watching.Open(service, OfConditions());
        var draft = await TestInventory.Draft(service);
        (draft.Vip, draft.Protocol) = (first.Vip, Protocol.Tcp);
        var second = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        var raised = await Of(watch, 2, first.Id, second.Id);
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = second.Id });
        var cleared = await Of(watch, 2, first.Id, second.Id);

        Assert.Equal(
            new[] { (first.Id, second.Id), (second.Id, first.Id) }.Order(),
            raised.Select(one => (one.Id, Assert.Single(one.Condition.Objects).Id)).Order());
        Assert.All(raised, one => Assert.Equal((ConditionType.Conflicted, second.Id), (one.Condition.Type, one.Cause.Object.Id)));
        Assert.All(cleared, one => Assert.Equal("virtual_server.condition_cleared", one.Type));
        Assert.All(cleared, one => Assert.Equal(("virtual_server.deleted", second.Id), (one.Cause.Type, one.Cause.Object.Id)));
        Assert.NotNull(cleared.Single(one => one.Id == second.Id).After.VirtualServer.DeleteTime);
    }

    [Fact]
    public async Task A_condition_that_a_pool_causes_is_told_of_every_virtual_server_on_it()
    {
        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = await TestInventory.Pool(service) }))
            .LoadBalancerPool;
        var servers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var draft = await TestInventory.Draft(service);
            draft.LoadBalancerPool = new() { Id = pool.Id };
            servers.Add((await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer.Id);
        }

        await using var watch = await Watching.Open(service, OfConditions());
        await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = pool.Members[0].Id });

        var raised = await Of(watch, 3, [.. servers]);

        Assert.Equal(servers.Order(), raised.Select(one => one.Id).Order());
        Assert.All(raised, one => Assert.Equal(
            (ConditionType.PoolEmpty, pool.Id, "load_balancer_pool.changed", pool.Id),
            (one.Condition.Type, one.Condition.Objects[0].Id, one.Cause.Type, one.Cause.Object.Id)));
    }

    [Fact]
    public async Task A_certificate_that_comes_near_its_date_and_passes_it_is_told_without_a_cause()
    {
        await using var ahead = await TestService.Start(null, null, "Registry:ExpirationWarning=00:00:03");
        await TestInventory.Register(ahead);
        var profile = (await ahead.Profiles.CreateCertificateProfileAsync(new()
        {
            CertificateProfile = new()
            {
                Name = TestInventory.Unique("www"), CertificateType = CertificateType.Server,
                ExpirationDate = DateTimeOffset.UtcNow.AddSeconds(7).ToTimestamp(),
            },
        })).CertificateProfile;
        var draft = await TestInventory.Draft(ahead);
        draft.SslOffload = true;
        draft.CertificateProfiles.Add(new Reference { Id = profile.Id });
        await using var watch = await Watching.Open(ahead, OfConditions());
        var server = (await ahead.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;

        var told = await Of(watch, 3, server.Id);

        Assert.Equal(
            [
                ("virtual_server.condition_raised", ConditionType.CertificateExpiring),
                ("virtual_server.condition_cleared", ConditionType.CertificateExpiring),
                ("virtual_server.condition_raised", ConditionType.CertificateExpired),
            ],
            told.Select(one => (one.Type, one.Condition.Type)));
        Assert.All(told, one => Assert.Null(one.Cause));
        Assert.All(told, one => Assert.Equal(profile.Id, one.Condition.Objects[0].Id));
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task After_a_restart_news_go_on_and_none_is_told_twice()
    {
        var database = (await TestService.Start()).Database;
        await using var consumer = await ForeignConsumer.Start("virtual_server.#");
        var ids = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            await using var node = await TestService.Start(database);
            if (round == 0) await TestInventory.Register(node);
            var server = await TestInventory.Create(node);
            ids.Add(server.Id);
            await node.VirtualServers.UpdateVirtualServerAsync(new()
            {
                Id = server.Id, VirtualServer = new() { SslOffload = true }, UpdateMask = new() { Paths = { "ssl_offload" } },
            });
        }

        await using var last = await TestService.Start(database);
        foreach (var id in ids)
        {
            await last.VirtualServers.UpdateVirtualServerAsync(new()
            {
                Id = id, VirtualServer = new(), UpdateMask = new() { Paths = { "ssl_offload" } },
            });
        }

        await Eventually.Get(
            "the news", () => last.Scalar<long>("select count(*) from registry.mt_events where type like '%.condition_%'"),
            count => count == 6);
        Assert.Equal(0, await last.Scalar<long>("select count(*) from registry.told_conditions"));
        var announced = await Eventually.Get(
            "the announcements",
            () => consumer.News(change => ids.Contains(change.Id)).DistinctBy(one => one.MessageId).ToList(),
            messages => messages.Count == 6);
        Assert.Equal(
            ids.Select(id => (id, "virtual_server.condition_raised")).Concat(ids.Select(id => (id, "virtual_server.condition_cleared"))),
            announced.OrderBy(one => one.Change.Sequence).Select(one => (one.Change.Id, one.Change.Type)));
    }

    [Fact]
    public async Task What_is_told_is_what_holds()
    {
        var random = new Random(20261126);
        var pools = new List<LoadBalancerPool>();
        for (var i = 0; i < 3; i++)
        {
            pools.Add((await service.Pools.CreateLoadBalancerPoolAsync(
                new() { LoadBalancerPool = await TestInventory.Pool(service) })).LoadBalancerPool);
        }

        var vips = new[] { await TestInventory.NewAddress(service), await TestInventory.NewAddress(service) };
        await using var watch = await Watching.Open(service, OfConditions());
        var ids = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var draft = await TestInventory.Draft(service);
            (draft.Vip, draft.Port) = (new() { Name = vips[i % 2] }, i / 2);
            (draft.Protocol, draft.LoadBalancerPool) = (Protocol.Tcp, new() { Id = pools[i % 3].Id });
            ids.Add((await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer.Id);
        }

        for (var i = 0; i < 120; i++)
        {
            var id = ids[random.Next(ids.Count)];
            switch (random.Next(5))
            {
                case 0:
                    await Update(id, new() { SslOffload = random.Next(2) == 0 }, "ssl_offload");
                    break;
                case 1:
                    await service.VirtualServers.DisableVirtualServerAsync(new() { Id = id });
                    break;
                case 2:
                    await service.VirtualServers.EnableVirtualServerAsync(new() { Id = id });
                    break;
                case 3:
                    await Update(
                        id, random.Next(2) == 0 ? new() : new() { LoadBalancerPool = new() { Id = pools[0].Id } }, "load_balancer_pool");
                    break;
                default:
                    var pool = pools[random.Next(pools.Count)];
                    await service.Pools.UpdatePoolMemberAsync(new()
                    {
                        Id = pool.Id,
                        MemberId = pool.Members[0].Id,
                        Member = new()
                        {
                            Status = random.Next(2) == 0 ? PoolMemberStatus.Active : PoolMemberStatus.Maintenance,
                        },
                        UpdateMask = new() { Paths = { "status" } },
                    });
                    break;
            }
        }

        // A last condition, which is told after all others.
        await Update(ids[0], new() { SslOffload = true }, "ssl_offload");
        await Update(ids[0], new() { Port = 65_000 }, "port");
        var expected = new HashSet<string>();
        foreach (var id in ids)
        {
            foreach (var condition in (await service.Get(id)).Conditions)
            {
                foreach (var other in condition.Objects.Select(one => one.Id).DefaultIfEmpty(""))
                    expected.Add($"{id} {condition.Type} {other}");
            }
        }

        var told = new HashSet<string>();
        await Eventually.Get(
            "the news",
            async () =>
            {
                var news = (await watch.Changes(1))[0].Change;
                var line = $"{news.Id} {news.Condition.Type} {news.Condition.Objects.FirstOrDefault()?.Id}";
                // Each begins before it ends, and ends before it begins again.
                if (news.Type.EndsWith("raised", StringComparison.Ordinal)) Assert.True(told.Add(line), line);
                else Assert.True(told.Remove(line), line);
                return told;
            },
            now => now.SetEquals(expected), now => string.Join('\n', now.Order().Append("expected").Concat(expected.Order())));
    }

    private static WatchChangesRequest OfConditions() => new()
    {
        Filter = new() { Types_ = { "virtual_server.condition_raised", "virtual_server.condition_cleared" } },
    };

    private static async Task<IReadOnlyList<Change>> Of(Watching watch, int count, params string[] ids)
    {
        var changes = new List<Change>();
        while (changes.Count < count)
        {
            var change = (await watch.Changes(1))[0].Change;
            if (ids.Contains(change.Id)) changes.Add(change);
        }

        return changes;
    }

    private async Task<Watching> News(string id)
    {
        var request = OfConditions();
        request.Filter.ObjectIds.Add(id);
        return await Watching.Open(service, request);
    }

    private async Task<V1.VirtualServer> Update(string id, V1.VirtualServer draft, string field) =>
        (await service.VirtualServers.UpdateVirtualServerAsync(
            new() { Id = id, VirtualServer = draft, UpdateMask = new() { Paths = { field } } })).VirtualServer;
}
