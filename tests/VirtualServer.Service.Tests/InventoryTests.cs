using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Upsert, get and list of inventory objects. Removal is in RemovalTests, the stream in UpsertStreamTests.</summary>
public sealed class InventoryTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly Dictionary<Kind, Func<string, InventoryObject>> Named = new()
    {
        [Kind.Device] = name => new() { Device = new() { Name = name } },
        [Kind.DeviceRedundancyGroup] = name => new() { DeviceRedundancyGroup = new() { Name = name } },
        [Kind.VirtualChassis] = name => new() { VirtualChassis = new() { Name = name } },
        [Kind.CloudService] = name => new() { CloudService = new() { Name = name } },
        [Kind.Tenant] = name => new() { Tenant = new() { Name = name } },
    };

    private readonly TestService service = fixture.Service;

    public static TheoryData<Kind> KindsWithNames => [.. Named.Keys];

    public static TheoryData<Kind> Kinds => [.. Named.Keys, Kind.IpAddress, Kind.Prefix];

    [Theory, MemberData(nameof(KindsWithNames))]
    public async Task A_registered_object_is_found_by_id_and_name_and_a_repeated_upsert_changes_nothing(Kind kind)
    {
        var name = TestInventory.Unique("thing");
        var registered = await service.Upsert(Named[kind](name));
        Assert.Equal((1, 7), (registered.Version, Guid.Parse(registered.Id).Version));
        Assert.Equal(registered.CreateTime, registered.UpdateTime);
        Assert.Null(registered.DeleteTime);
        Assert.Equal(Named[kind](name), Bare(registered));

        Assert.Equal(registered, await Get(registered.Id));
        Assert.Equal(registered, await Get(kind, name));
        Assert.Equal(registered, await Get(kind, $" {name} "));
        Assert.Equal(registered, await service.Upsert(Named[kind](name)));
        Assert.Equal(registered, await service.Upsert(Named[kind]($"  {name}\t")));
        Assert.Equal(registered, await service.Upsert(registered));
        Assert.Equal(["inventory_object.registered"], await service.EventTypes(registered.Id));

        // The name of one kind is free for every other.
        foreach (var (other, make) in Named.Where(other => other.Key != kind))
            Assert.NotEqual(registered.Id, (await service.Upsert(make(name))).Id);
    }

    [Theory, MemberData(nameof(KindsWithNames))]
    public async Task An_upsert_by_id_renames(Kind kind)
    {
        var (before, after) = (TestInventory.Unique("before"), TestInventory.Unique("after"));
        var known = await service.Upsert(Named[kind](before));
        var wanted = Named[kind](after);
        wanted.Id = known.Id;
        var renamed = await service.Upsert(wanted);

        Assert.Equal((known.Id, 2, known.CreateTime), (renamed.Id, renamed.Version, renamed.CreateTime));
        Assert.NotEqual(known.Etag, renamed.Etag);
        Assert.Equal(renamed, await Get(kind, after));
        await Refusal.Of(Getting(kind, before), StatusCode.NotFound, "NOT_FOUND");
        Assert.Equal(["inventory_object.registered", "inventory_object.changed"], await service.EventTypes(known.Id));
        Assert.NotEqual(known.Id, (await service.Upsert(Named[kind](before))).Id);
    }

    [Fact]
    public async Task A_name_has_255_characters_and_is_compared_exactly()
    {
        var name = TestInventory.Unique("").PadLeft(255, 'ü');
        var registered = await service.Upsert(new() { Device = new() { Name = name } });
        Assert.Equal(registered, await Get(Kind.Device, name));
        Assert.NotEqual(registered.Id, (await service.Upsert(new() { Device = new() { Name = name.ToUpperInvariant() } })).Id);
    }

    [Fact]
    public async Task The_caller_may_choose_the_id()
    {
        var (id, name) = (Guid.NewGuid().ToString(), TestInventory.Unique("thing"));
        var registered = await service.Upsert(new() { Id = id.ToUpperInvariant(), Tenant = new() { Name = name } });
        Assert.Equal(id, registered.Id);
        Assert.Equal(registered, await Get(Kind.Tenant, name));
        Assert.Equal(registered, await service.Upsert(new() { Tenant = new() { Name = name } }));
    }

    [Fact]
    public async Task The_name_of_another_object_is_taken()
    {
        var holder = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("holder") } });
        var other = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("other") } });
        foreach (var id in new[] { other.Id, Guid.CreateVersion7().ToString() })
        {
            var refusal = await Refusal.Of(Upserting(new() { Id = id, Device = holder.Device }), StatusCode.AlreadyExists, "NAME_TAKEN");
            Assert.Equal(["inventory_object.device.name"], refusal.Fields);
            Assert.Equal(
                ("device", holder.Id, holder.Device.Name),
                (refusal.Clash!.ResourceType, refusal.Clash.ResourceName, refusal.Clash.Description));
        }

        Assert.Equal(other, await Get(other.Id));
    }

    [Fact]
    public async Task The_id_of_an_object_of_another_kind_is_taken()
    {
        var virtualServer = await TestInventory.Create(service);
        var device = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        var removed = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        await service.Remove(removed.Id);
        foreach (var (id, holder) in new[]
        {
            (virtualServer.Id, virtualServer.Name),
            (device.Id, device.Device.Name),
            (removed.Id, removed.Device.Name),
        })
        {
            var refusal = await Refusal.Of(
                Upserting(new() { Id = id, Tenant = new() { Name = TestInventory.Unique("tenant") } }),
                StatusCode.AlreadyExists,
                "ID_TAKEN");
            Assert.Equal(["inventory_object.id"], refusal.Fields);
            Assert.Equal((id, holder), (refusal.Clash!.ResourceName, refusal.Clash.Description));
        }
    }

    [Theory]
    [InlineData("192.0.2.77", "192.0.2.77")]
    [InlineData(" 192.0.2.78 ", "192.0.2.78")]
    [InlineData("2001:DB8::A", "2001:db8::a")]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:000b", "2001:db8::b")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("::", "::")]
    [InlineData("0:0:0:0:0:0:0:1", "::1")]
    [InlineData("::FFFF:192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.79/32", "192.0.2.79")]
    [InlineData("2001:db8::c/128", "2001:db8::c")]
    [InlineData("64:ff9b::c000:20a", "64:ff9b::192.0.2.10")]
    [InlineData("::ffff:0:c000:20a", "::ffff:0:192.0.2.10")]
    [InlineData("::192.0.2.10", "::192.0.2.10")]
    [InlineData("fe80::5efe:192.0.2.10", "fe80::5efe:c000:20a")]
    public async Task An_address_is_stored_in_canonical_form_and_found_in_any_form(string given, string canonical)
    {
        var registered = await service.Upsert(new() { IpAddress = new() { Address = given } });
        Assert.Equal((canonical, "Global"), (registered.IpAddress.Address, registered.IpAddress.Namespace));
        Assert.Equal(registered, await service.Upsert(new() { IpAddress = new() { Address = canonical, Namespace = "Global" } }));
        foreach (var spelling in new[] { given, canonical, canonical.ToUpperInvariant() })
            Assert.Equal(registered, await Get(Kind.IpAddress, spelling));
    }

    [Theory]
    [InlineData("198.51.100.0/24", "198.51.100.0/24")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("198.51.100.7/32", "198.51.100.7/32")]
    [InlineData("2001:0DB8:0::/48", "2001:db8::/48")]
    [InlineData("::/0", "::/0")]
    [InlineData("::ffff:198.18.0.0/111", "198.18.0.0/15")]
    [InlineData("64:ff9b::a00:0/104", "64:ff9b::10.0.0.0/104")]
    public async Task A_prefix_is_stored_in_canonical_form_and_found_in_any_form(string given, string canonical)
    {
        var registered = await service.Upsert(new() { Prefix = new() { Prefix_ = given } });
        Assert.Equal((canonical, "Global"), (registered.Prefix.Prefix_, registered.Prefix.Namespace));
        Assert.Equal(registered, await service.Upsert(new() { Prefix = new() { Prefix_ = $" {canonical} " } }));
        foreach (var spelling in new[] { given, canonical }) Assert.Equal(registered, await Get(Kind.Prefix, spelling));
    }

    [Fact]
    public async Task A_prefix_with_host_bits_is_rejected_with_the_correct_prefix_in_the_message()
    {
        var refusal = await Refusal.Of(
            Upserting(new() { Prefix = new() { Prefix_ = "192.0.2.1/24" } }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(["inventory_object.prefix.prefix"], refusal.Fields);
        Assert.Contains("192.0.2.0/24", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_text_in_two_namespaces_is_two_objects_and_ambiguous_without_one()
    {
        var address = TestInventory.UniqueAddress();
        var global = await service.Upsert(new() { IpAddress = new() { Address = address } });
        Assert.Equal(global, await Get(Kind.IpAddress, address));

        var blue = await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = " Blue " } });
        Assert.Equal("Blue", blue.IpAddress.Namespace);
        Assert.NotEqual(global.Id, blue.Id);

        var name = new ObjectName { Kind = Kind.IpAddress, Name = address };
        foreach (var call in new Google.Protobuf.IMessage[]
        {
            new GetInventoryObjectRequest { Name = name }, new RemoveInventoryObjectRequest { Name = name },
            new ListUsagesRequest { Name = name },
        })
        {
            var refusal = await Refusal.Of(service.Send(call), StatusCode.FailedPrecondition, "REFERENCE_AMBIGUOUS");
            Assert.Equal(["name"], refusal.Fields);
            Assert.Matches("give the namespace or the id: \"Blue\" \\(.*\\), \"Global\" \\(", refusal.Message);
        }

        Assert.Equal(blue, await Get(Kind.IpAddress, address, "Blue"));
        Assert.Equal(global, await Get(Kind.IpAddress, address, "Global"));
        await Refusal.Of(Getting(Kind.IpAddress, address, "blue"), StatusCode.NotFound, "NOT_FOUND");

        await service.Inventory.RemoveInventoryObjectAsync(
            new() { Name = new() { Kind = Kind.IpAddress, Name = address, Namespace = "Blue" } });
        Assert.Equal(global, await Get(Kind.IpAddress, address));
    }

    [Fact]
    public async Task An_address_may_move_to_another_namespace_and_to_another_address()
    {
        var (address, other) = (TestInventory.UniqueAddress(), TestInventory.UniqueAddress());
        var known = await service.Upsert(new() { IpAddress = new() { Address = address } });
        var taken = await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = "Green" } });

        var refusal = await Refusal.Of(
            Upserting(new() { Id = known.Id, IpAddress = taken.IpAddress }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
        Assert.Equal(taken.Id, refusal.Clash!.ResourceName);

        var moved = await service.Upsert(new() { Id = known.Id, IpAddress = new() { Address = other, Namespace = "Red" } });
        Assert.Equal((known.Id, 2, other, "Red"), (moved.Id, moved.Version, moved.IpAddress.Address, moved.IpAddress.Namespace));
        Assert.Equal(["name", "namespace"], (await service.History(known.Id))[1].Facets);
    }

    [Fact]
    public async Task A_rename_shows_in_the_next_read_of_referring_objects_without_an_event_of_theirs()
    {
        var draft = await TestInventory.Draft(service);
        draft.Tenant = new() { Id = (await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } })).Id };
        draft.Device = new() { Id = (await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } })).Id };
        draft.SourceNatPool = new()
        {
            Id = (await service.Upsert(new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } })).Id,
        };
        var known = await service.Create(draft);

        var (tenant, device, vip, prefix) = (
            TestInventory.Unique("renamed"),
            TestInventory.Unique("renamed"),
            TestInventory.UniqueAddress(),
            $"{TestInventory.UniqueAddress()}/32");
        await service.Upsert(new() { Id = known.Tenant.Id, Tenant = new() { Name = tenant } });
        await service.Upsert(new() { Id = known.Device.Id, Device = new() { Name = device } });
        await service.Upsert(new() { Id = known.Vip.Id, IpAddress = new() { Address = vip } });
        await service.Upsert(new() { Id = known.SourceNatPool.Id, Prefix = new() { Prefix_ = prefix } });

        var expected = new V1.VirtualServer(known);
        (expected.Tenant.Name, expected.Device.Name, expected.Vip.Name, expected.SourceNatPool.Name) = (tenant, device, vip, prefix);
        Assert.Equal(expected, (await service.Get(known.Id)).Having(ConditionType.NatTypeUnset));
        Assert.Equal(
            expected,
            Assert.Single(
                (await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1000 })).VirtualServers,
                listed => listed.Id == known.Id).Having(ConditionType.NatTypeUnset));
        Assert.Equal(expected, await service.Update(known.Id, new() { Vip = new() { Name = vip } }));
        Assert.Equal(1, await service.Events(known.Id));

        var disabled = (await service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id })).VirtualServer;
        Assert.Equal(
            (tenant, device, vip, prefix),
            (disabled.Tenant.Name, disabled.Device.Name, disabled.Vip.Name, disabled.SourceNatPool.Name));
    }

    [Fact]
    public async Task An_unknown_object_is_not_found()
    {
        var virtualServer = await TestInventory.Create(service);
        foreach (var id in new[] { Guid.CreateVersion7().ToString(), virtualServer.Id })
            await Refusal.Of(service.Inventory.GetInventoryObjectAsync(new() { Id = id }), StatusCode.NotFound, "NOT_FOUND");
        foreach (var (kind, name) in new[]
        {
            (Kind.Device, "nobody"),
            (Kind.Tenant, "lb-1"),
            (Kind.Device, "LB-1"),
            (Kind.IpAddress, "203.0.113.250"),
            (Kind.Prefix, "203.0.113.0/24"),
            (Kind.Device, new('n', 300)),
        })
            await Refusal.Of(Getting(kind, name), StatusCode.NotFound, "NOT_FOUND");
    }

    [Theory]
    [InlineData(Kind.IpAddress, "no address", "is not an IP address")]
    [InlineData(Kind.Prefix, "203.0.113.1/24", "use 203.0.113.0/24")]
    public async Task A_name_that_is_no_address_or_prefix_is_malformed(Kind kind, string name, string because)
    {
        var asked = new ObjectName { Kind = kind, Name = name };
        foreach (var call in new Google.Protobuf.IMessage[]
        {
            new GetInventoryObjectRequest { Name = asked }, new RemoveInventoryObjectRequest { Name = asked, AllowMissing = true },
            new ListUsagesRequest { Name = asked },
        })
        {
            var refusal = await Refusal.Of(service.Send(call), StatusCode.InvalidArgument, "FIELD_INVALID");
            Assert.Equal(["name.name"], refusal.Fields);
            Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_twenty_concurrent_upserts_of_one_new_name_one_registers_and_all_get_the_same_answer()
    {
        for (var round = 0; round < 5; round++)
        {
            var name = TestInventory.Unique("raced");
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.Upsert(new() { Device = new() { Name = name } })));
            Assert.Single(answers.Distinct());
            Assert.Equal(1, await service.Events(answers[0].Id));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_list_contains_the_live_objects_of_one_kind_by_name(Kind kind)
    {
        var all = await List(kind, 1000);
        var names = all.Select(Name).ToList();
        Assert.NotEmpty(all);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.All(all, listed => Assert.Equal(KindOf(listed), kind));
        Assert.All(all, listed => Assert.Null(listed.DeleteTime));
        Assert.Equal(all, await List(kind, 1));
        Assert.Equal(all, await List(kind, 2));
        Assert.Equal(all.Count, all.Select(listed => listed.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_list_omits_removed_objects_and_shows_namespaces()
    {
        var address = TestInventory.UniqueAddress();
        var (red, blue) = (
            await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = "Red" } }),
            await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = "Blue" } }));
        var removed = await service.Upsert(new() { IpAddress = new() { Address = address } });
        await service.Remove(removed.Id);

        var listed = (await List(Kind.IpAddress, 1)).Where(known => known.IpAddress.Address == address).ToHashSet();
        Assert.Equal(new HashSet<InventoryObject> { red, blue }, listed);
    }

    private static InventoryObject Bare(InventoryObject known) =>
        new(known) { Id = "", Version = 0, Etag = "", CreateTime = null, UpdateTime = null };

    private static Kind KindOf(InventoryObject known) => known.ObjectCase switch
    {
        InventoryObject.ObjectOneofCase.IpAddress => Kind.IpAddress,
        InventoryObject.ObjectOneofCase.Prefix => Kind.Prefix,
        InventoryObject.ObjectOneofCase.Device => Kind.Device,
        InventoryObject.ObjectOneofCase.DeviceRedundancyGroup => Kind.DeviceRedundancyGroup,
        InventoryObject.ObjectOneofCase.VirtualChassis => Kind.VirtualChassis,
        InventoryObject.ObjectOneofCase.CloudService => Kind.CloudService,
        InventoryObject.ObjectOneofCase.Tenant => Kind.Tenant,
        _ => Kind.Unspecified,
    };

    private static string Name(InventoryObject known) =>
        known.IpAddress?.Address ?? known.Prefix?.Prefix_ ?? known.Device?.Name ?? known.DeviceRedundancyGroup?.Name
        ?? known.VirtualChassis?.Name ?? known.CloudService?.Name ?? known.Tenant.Name;

    private async Task<List<InventoryObject>> List(Kind kind, int pageSize)
    {
        var (all, request) = (new List<InventoryObject>(), new ListInventoryObjectsRequest { Kind = kind, PageSize = pageSize });
        do
        {
            var page = await service.Inventory.ListInventoryObjectsAsync(request);
            Assert.InRange(page.InventoryObjects.Count, 1, pageSize);
            all.AddRange(page.InventoryObjects);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    private async Task<InventoryObject> Get(string id) =>
        (await service.Inventory.GetInventoryObjectAsync(new() { Id = id })).InventoryObject;

    private async Task<InventoryObject> Get(Kind kind, string name, string scope = "") =>
        (await Getting(kind, name, scope)).InventoryObject;

    private AsyncUnaryCall<GetInventoryObjectResponse> Getting(Kind kind, string name, string scope = "") =>
        service.Inventory.GetInventoryObjectAsync(new() { Name = new() { Kind = kind, Name = name, Namespace = scope } });

    private AsyncUnaryCall<UpsertInventoryObjectResponse> Upserting(InventoryObject wanted) =>
        service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = wanted });
}
