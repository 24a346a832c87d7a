using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Kind = VirtualServers.V1.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>domain.md, section 1, row <c>name</c>: names are stored and looked up in NFC, so that NFC and NFD twins are one name.</summary>
public sealed class NameTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Decomposed = "Zoe\u0308";
    private const string Composed = "Zo\u00EB";

    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_name_is_stored_in_NFC_and_found_in_any_form()
    {
        var name = TestInventory.Unique("web");
        var created = await service.Create(await TestInventory.Draft(service, $"{Decomposed} {name}"));
        Assert.Equal($"{Composed} {name}", created.Name);
        foreach (var form in new[] { $"{Composed} {name}", $" {Decomposed} {name}" })
            Assert.Equal(created.Id, (await service.VirtualServers.GetVirtualServerAsync(new() { Name = form })).VirtualServer.Id);

        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = await TestInventory.Draft(service, $"{Decomposed} {name}") }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
        Assert.Equal(created.Id, refusal.Clash!.ResourceName);
        Assert.Equal(1, (await service.Update(created.Id, new() { Name = $"{Decomposed} {name}" })).Version);
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Name = $"{Decomposed} {name}" });
        Assert.Equal(
            created.Id,
            (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Name = $"{Decomposed} {name}" })).VirtualServer.Id);
    }

    [Fact]
    public async Task An_inventory_object_and_a_reference_to_it_are_found_in_any_form()
    {
        var name = TestInventory.Unique("device");
        var device = await service.Upsert(new() { Device = new() { Name = $"{Decomposed} {name}" } });
        Assert.Equal($"{Composed} {name}", device.Device.Name);
        Assert.Equal(device.Id, (await service.Upsert(new() { Device = new() { Name = $"{Composed} {name}" } })).Id);
        Assert.Equal(
            device.Id,
            (await service.Inventory.GetInventoryObjectAsync(
                new() { Name = new() { Kind = Kind.Device, Name = $"{Decomposed} {name}" } })).InventoryObject.Id);

        var draft = await TestInventory.Draft(service);
        foreach (var form in new[] { Composed, Decomposed })
        {
            draft.Device = new() { Id = device.Id, Name = $"{form} {name}" };
            var server = await service.Create(draft);
            Assert.Equal(new Reference { Id = device.Id, Name = $"{Composed} {name}" }, server.Device);
            await service.Delete(server.Id);
        }
    }

    [Fact]
    public async Task A_namespace_is_found_in_any_form()
    {
        var address = TestInventory.UniqueAddress();
        var known = await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = Decomposed } });
        Assert.Equal(Composed, known.IpAddress.Namespace);
        Assert.Equal(
            known.Id,
            (await service.Inventory.GetInventoryObjectAsync(
                new() { Name = new() { Kind = Kind.IpAddress, Name = address, Namespace = $" {Decomposed} " } })).InventoryObject.Id);
    }

    [Fact]
    public async Task A_filter_finds_texts_in_any_form()
    {
        var name = TestInventory.Unique("found");
        var draft = await TestInventory.Draft(service, $"{Decomposed} {name}");
        draft.Labels.Add("owner", $"{name} {Decomposed}");
        var server = await service.Create(draft);
        var address = await service.Upsert(
            new() { IpAddress = new() { Address = TestInventory.UniqueAddress(), Namespace = $"{Decomposed} {name}" } });
        foreach (var form in new[] { Composed, Decomposed })
        {
            VirtualServerFilter[] filters =
            [
                new() { NamePrefixes = { $"{form} {name}" } },
                new() { NameContains = { $"{form} {name}" } },
                new() { Q = $"{form} {name}" },
                new() { Q = $"{name} {form}" },
            ];
            foreach (var filter in filters)
            {
                var found = await service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter });
                Assert.Equal([server.Id], found.VirtualServers.Select(one => one.Id));
            }

            var inNamespace = await service.Inventory.ListInventoryObjectsAsync(
                new() { Kind = Kind.IpAddress, Filter = new() { Namespaces = { $" {form} {name}" } } });
            Assert.Equal([address], inNamespace.InventoryObjects);
        }
    }

    // PostgreSQL has an implementation of its own.
    [Fact]
    public async Task The_canonical_form_is_that_of_PostgreSQL_for_every_character_and_for_random_texts()
    {
        var random = new Random(4711);
        int[] points = [.. Enumerable.Range(0x21, 0xD800 - 0x21).Concat(Enumerable.Range(0xE000, 0x30000 - 0xE000))];
        int[] marks = [.. Enumerable.Range(0x300, 0x70), .. Enumerable.Range(0x591, 0x2D), .. Enumerable.Range(0x1161, 0x80)];
        string[] texts =
        [
            .. points.Select(char.ConvertFromUtf32),
            .. points.Select(point => $"{char.ConvertFromUtf32(point)}\u0301\u0323\u0345"),
            .. Enumerable.Range(0, 20_000).Select(_ => string.Concat(
                Enumerable.Range(0, random.Next(1, 8)).Select(i => char.ConvertFromUtf32(
                    i % 2 == 0 ? random.Next(0x41, 0x250) : marks[random.Next(marks.Length)])))),
        ];
        await using var source = Npgsql.NpgsqlDataSource.Create(service.Database);
        await using var command = source.CreateCommand(
            "select array_agg(normalize(t, NFC) order by n) from unnest($1::text[]) with ordinality as u(t, n)");
        command.Parameters.Add(new() { Value = texts.Select(text => text.Trim()).ToArray() });
        var expected = (string[])(await command.ExecuteScalarAsync())!;

        Assert.Empty(texts.Zip(expected).Where(pair => Domain.Texts.Canonical(pair.First) != pair.Second.Trim()).Take(10));
    }
}
