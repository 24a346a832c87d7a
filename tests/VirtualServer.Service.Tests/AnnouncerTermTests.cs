using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>The term of an announcer, without a node that leads.</summary>
public sealed class AnnouncerTermTests
{
    [Fact]
    public async Task A_change_waits_behind_one_of_its_object_that_is_parked_while_its_page_waits_for_the_broker()
    {
        const int inFlight = 512; // as many as the term has at most
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        string id;
        await using (var service = await TestService.Start(database))
        {
            await TestInventory.Register(service);
            id = (await TestInventory.Create(service)).Id;
            await service.VirtualServers.DisableVirtualServerAsync(new() { Id = id });
            await service.Inventory.BatchUpsertInventoryObjectsAsync(new()
            {
                Requests =
                {
                    Enumerable.Range(0, inFlight).Select(i => new UpsertInventoryObjectRequest
                    {
                        InventoryObject = new() { CloudService = new() { Name = $"other-{i}" } },
                    }),
                },
            });
            await service.VirtualServers.EnableVirtualServerAsync(new() { Id = id });
        }

        await using var app = Composition.Build(TestService.Settings(database, servers.RabbitMq));
        var source = app.Services.GetRequiredService<NpgsqlDataSource>();
        var epochs = app.Services.GetRequiredService<Epochs>();
        var progress = app.Services.GetRequiredService<FeedProgress>();
        using var read = new Changes(app.Services.GetRequiredService<ObjectReader>(), epochs, source);
        var newest = await CommittedEvents.Newest(source, CancellationToken.None);
        var events = (await CommittedEvents.Between(source, 0, newest, int.MaxValue, CancellationToken.None)).Events;
        var changes = (await read.Of(events, CancellationToken.None)).ToList();
        var first = changes.FindIndex(change => change.Type == "virtual_server.disabled");
        var last = changes.FindIndex(change => change.Type == "virtual_server.enabled");
        var others = changes[(first + 1)..last].Where(change => change.Type == "inventory_object.registered").ToList();
        Assert.Equal(inFlight, others.Count);
        using var term = new AnnouncerTerm(
            app.Services.GetRequiredService<Publisher>(), app.Services.GetRequiredService<ParkedChanges>(), progress, TimeProvider.System,
            await epochs.Current(CancellationToken.None), await progress.Checkpoint(FeedProgress.Announcements, CancellationToken.None));

        // It waits behind another one, which is announced then.
        await Execute(source, $"insert into registry.parked_announcements (sequence, object_id, type) values (0, '{id}', 'test')");
        await term.Announce(new([changes[first]], changes[first].Sequence), CancellationToken.None);
        await Execute(source, "delete from registry.parked_announcements where sequence = 0");
        // There is no broker yet, so the page waits, and the first change is parked.
        var announcing = term.Announce(new([.. others, changes[last]], changes[last].Sequence), CancellationToken.None);
        await Eventually.Get("the first one parked", () => Parked(source), parked => parked.SequenceEqual([changes[first].Sequence]));
        var bus = app.Services.GetRequiredService<IBusControl>();
        await bus.StartAsync();
        await announcing;
        await term.Finish();

        Assert.Equal([changes[first].Sequence, changes[last].Sequence], await Parked(source));
        await bus.StopAsync();
    }

    private static async Task<IReadOnlyList<long>> Parked(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select sequence from registry.parked_announcements order by sequence");
        await using var rows = await command.ExecuteReaderAsync();
        var parked = new List<long>();
        while (await rows.ReadAsync()) parked.Add(rows.GetInt64(0));
        return parked;
    }

    private static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
