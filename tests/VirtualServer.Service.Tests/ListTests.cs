using System.Text;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>ListVirtualServers: by name, in pages that neither skip nor repeat.</summary>
public sealed class ListTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Case_24_the_list_is_ordered_by_name_in_code_point_order()
    {
        // The order of UTF-16 differs in the last three, that of a dictionary in nearly all.
        string[] ordered =
        [
            "order 10", "order 2", "order-Z", "order-_", "order-a", "order-~", "order-Ä", "order-ß", "order-ä", "order-я",
            "order-日本", "order-\uFB03", "order-\uFFEE", "order-\U00010000", "order-🙂",
        ];
        foreach (var name in ordered.Reverse()) await TestInventory.Create(service, name);

        foreach (var size in new[] { 1000, 1, 2, 3 })
        {
            var names = (await Pages(new() { PageSize = size })).Select(listed => listed.Name).ToList();
            Assert.Equal(ordered, names.Where(name => name.StartsWith("order", StringComparison.Ordinal)));
            Assert.Equal(
                names.Order(
                    Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)))),
                names);
        }
    }

    [Fact]
    public async Task List_and_get_return_the_same_virtual_servers()
    {
        for (var i = 0; i < 3; i++) await TestInventory.Create(service);
        foreach (var listed in await Pages(new() { PageSize = 2 })) Assert.Equal(await service.Get(listed.Id), listed);
    }

    [Fact]
    public async Task Page_sizes_are_50_unless_asked_for_and_1000_at_most()
    {
        using var call = service.Inventory.UpsertInventoryObjects();
        for (var i = 0; i < 1_005; i++)
        {
            await call.RequestStream.WriteAsync(
                new() { Request = new() { InventoryObject = new() { VirtualChassis = new() { Name = $"page {i:D4}" } } } });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(1_005, (await call).RegisteredCount);

        foreach (var (asked, expected) in new[]
        {
            (0, 50), (1, 1), (50, 50), (51, 51), (999, 999), (1_000, 1_000), (1_001, 1_000), (100_000, 1_000), (int.MaxValue, 1_000),
        })
        {
            var page = await service.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.VirtualChassis, PageSize = asked });
            Assert.Equal((expected, false), (page.InventoryObjects.Count, page.NextPageToken.Length == 0));
        }

        // The page size may change from page to page.
        var first = await service.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.VirtualChassis, PageSize = 1_000 });
        var last = await service.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.VirtualChassis, PageToken = first.NextPageToken });
        Assert.Equal((6, ""), (last.InventoryObjects.Count, last.NextPageToken));
    }

    [Fact]
    public async Task A_page_that_ends_with_the_last_one_has_no_next_page()
    {
        for (var i = 0; i < 4; i++) await TestInventory.Create(service);
        var all = await Pages(new() { PageSize = 1000 });
        var page = await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = all.Count });
        Assert.Equal((all.Count, ""), (page.VirtualServers.Count, page.NextPageToken));

        page = await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = all.Count - 1 });
        var rest = await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = all.Count - 1, PageToken = page.NextPageToken });
        Assert.Equal((1, ""), (rest.VirtualServers.Count, rest.NextPageToken));
    }

    [Fact]
    public async Task An_empty_list_is_one_empty_page()
    {
        await using var empty = await TestService.Start();
        Assert.Equal(new(), await empty.VirtualServers.ListVirtualServersAsync(new()));
        Assert.Equal(new(), await empty.VirtualServers.ListVirtualServersAsync(new() { ShowDeleted = true }));
        Assert.Equal(new(), await empty.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.Prefix }));
    }

    [Fact]
    public async Task A_page_token_may_be_used_again_and_by_another_node()
    {
        for (var i = 0; i < 3; i++) await TestInventory.Create(service);
        var first = await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1 });
        var request = new ListVirtualServersRequest { PageSize = 1, PageToken = first.NextPageToken };
        var second = await service.VirtualServers.ListVirtualServersAsync(request);
        // The token of the next page is encrypted anew each time.
        Assert.Equal(second.VirtualServers, (await service.VirtualServers.ListVirtualServersAsync(request)).VirtualServers);

        await using var node = await TestService.Start(service.Database);
        Assert.Equal(second.VirtualServers, (await node.VirtualServers.ListVirtualServersAsync(request)).VirtualServers);
    }

    [Fact]
    public async Task Deleted_virtual_servers_are_listed_on_request_even_several_of_one_name_across_pages()
    {
        var name = TestInventory.Unique("deleted");
        var deleted = new HashSet<string>();
        for (var i = 0; i < 7; i++)
        {
            var known = await TestInventory.Create(service, name);
            await service.Delete(known.Id);
            deleted.Add(known.Id);
        }

        var live = await TestInventory.Create(service, name);
        Assert.Equal([live], (await Pages(new() { PageSize = 2 })).Where(listed => listed.Name == name));
        foreach (var size in new[] { 1, 2, 3, 1000 })
        {
            var all = (await Pages(new() { PageSize = size, ShowDeleted = true })).Where(listed => listed.Name == name).ToList();
            Assert.Equal(deleted.Append(live.Id).Order(), all.Select(listed => listed.Id).Order());
            Assert.All(all, listed => Assert.Equal(listed.Id != live.Id, listed.DeleteTime is not null));
        }
    }

    [Fact]
    public async Task Case_24_pages_neither_skip_nor_repeat_while_others_write()
    {
        // These stay; others around and between them are created, deleted and renamed.
        var stable = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => TestInventory.Create(service, $"stable {i:D2}")));
        var moving = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TestInventory.Create(service, $"stable {i * 5:D2} moving")));
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var turn = 0; !stop.IsCancellationRequested; turn++)
            {
                var passing = await TestInventory.Create(service, $"stable {random.Next(40):D2} passing {writer} {turn}");
                await service.Update(
                    moving[(turn % 4 * 2) + writer].Id,
                    new() { Name = $"stable {random.Next(40):D2} moving {writer} {turn}" });
                await service.Delete(passing.Id);
            }
        })).ToList();

        try
        {
            for (var round = 0; round < 6; round++)
            {
                var deleted = round % 2 == 1;
                // The objects of the last page may be gone when it is read.
                var listed = await Pages(new() { PageSize = 3 + round, ShowDeleted = deleted }, least: 0);
                Assert.Equal(
                    stable.Select(known => known.Id),
                    listed.Where(known => stable.Any(one => one.Id == known.Id)).Select(known => known.Id));
                Assert.Equal(listed.Select(known => known.Name).Order(StringComparer.Ordinal), listed.Select(known => known.Name));
                // A renamed virtual server may appear under both names; one that kept its name appears once.
                var kept = listed.Where(known => moving.All(one => one.Id != known.Id)).Select(known => known.Id).ToList();
                Assert.Equal(kept.Count, kept.Distinct().Count());
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
    }

    private async Task<List<V1.VirtualServer>> Pages(ListVirtualServersRequest request, int least = 1)
    {
        var (all, size) = (new List<V1.VirtualServer>(), request.PageSize);
        request = new(request);
        do
        {
            var page = await service.VirtualServers.ListVirtualServersAsync(request);
            Assert.InRange(page.VirtualServers.Count, least, size);
            if (page.NextPageToken.Length > 0) Assert.Equal(size, page.VirtualServers.Count);
            all.AddRange(page.VirtualServers);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }
}
