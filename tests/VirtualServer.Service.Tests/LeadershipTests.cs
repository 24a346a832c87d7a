using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>Two services on one database: one announces, and the other takes over.</summary>
[Trait("Category", "Messaging")]
public sealed class LeadershipTests : IAsyncLifetime
{
    private readonly List<TestService> services = [];
    private readonly List<TcpProxy> proxies = [];
    private string database = null!;
    private ForeignConsumer consumer = null!;

    public async Task InitializeAsync()
    {
        var servers = await Servers.Get();
        database = await servers.NewDatabase();
        consumer = await ForeignConsumer.Start();
        for (var i = 0; i < 2; i++)
        {
            proxies.Add(servers.PostgresProxy());
            services.Add(await TestService.Behind(proxies[i], database: database));
        }

        await TestInventory.Register(services[0]);
    }

    public async Task DisposeAsync()
    {
        foreach (var service in services) await service.DisposeAsync();
        foreach (var proxy in proxies) await proxy.DisposeAsync();
        await consumer.DisposeAsync();
    }

    [Fact]
    public async Task Two_services_announce_every_change_once_and_in_order()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 10),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) => await RunThroughLifecycle(services[i % 2], services[(i + 1) % 2]));

        var stored = await services[0].Committed();
        var ids = stored.Select(one => one.ObjectId).ToHashSet();
        await consumer.Receive(change => ids.Contains(change.Id), stored);
        // The second marker is announced after everything that was in flight when the first arrived.
        for (var marker = 0; marker < 2; marker++) await consumer.Receive(1, (await TestInventory.Create(services[marker])).Id);
        var announced = consumer.Received(change => ids.Contains(change.Id))
            .Select(a => new Committed(a.MessageId!, a.RoutingKey, a.Change.Id, a.Change.Version)).ToList();
        foreach (var id in ids) Assert.Equal(stored.Where(one => one.ObjectId == id), announced.Where(one => one.ObjectId == id));
    }

    [Fact]
    public async Task When_either_service_ends_the_other_announces()
    {
        await AllIsAnnounced(services[0]);
        foreach (var ending in new[] { 0, 1 })
        {
            // One of the two is the announcer. A change made just before the shutdown is announced, too.
            var last = await TestInventory.Create(services[ending]);
            await services[ending].DisposeAsync();
            await consumer.Receive(1, last.Id);
            await AllIsAnnounced(services[1 - ending]);
            services[ending] = await TestService.Behind(proxies[ending], database: database);
        }
    }

    [Fact]
    public async Task When_either_service_loses_the_database_the_other_announces()
    {
        await AllIsAnnounced(services[0]);
        foreach (var losing in new[] { 0, 1 })
        {
            var last = await TestInventory.Create(services[losing]);
            proxies[losing].Cut();
            await consumer.Receive(1, last.Id);
            await AllIsAnnounced(services[1 - losing]);
            proxies[losing].Restore();
        }

        foreach (var service in services) await AllIsAnnounced(service);
    }

    [Fact]
    public async Task A_stale_announcer_resumes_from_the_shared_checkpoint()
    {
        await AllIsAnnounced(services[0]);
        await services[0].Rows(
            "update registry.mt_event_progression set last_seq_id = last_seq_id - 1 where name = 'announcements:All'",
            row => row);
        await AllIsAnnounced(services[0]);
        await AllIsAnnounced(services[1]);
    }

    // Changes made through a service arrive in order per object. After a take-over, some may be repeated under the same id.
    private async Task AllIsAnnounced(TestService service)
    {
        var id = await RunThroughLifecycle(service, service);
        var stored = await service.Committed(id);
        Assert.Equal(stored, await consumer.Receive(change => change.Id == id, stored));
    }

    private static async Task<string> RunThroughLifecycle(TestService one, TestService other)
    {
        var id = (await TestInventory.Create(one)).Id;
        await other.VirtualServers.DisableVirtualServerAsync(new() { Id = id });
        await one.VirtualServers.UpdateVirtualServerAsync(new() { Id = id, VirtualServer = new() { Port = 8443 } });
        await other.VirtualServers.DeleteVirtualServerAsync(new() { Id = id });
        return id;
    }
}
