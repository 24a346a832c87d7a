using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// BatchUpsertInventoryObjects: all objects or none, judged by the final state of the set (domain.md, section 2: the owner is right). The
/// rules of sets have domain tests too.
/// </summary>
public sealed class BatchUpsertTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Names_are_swapped_with_one_event_each_and_one_correlation_id()
    {
        var (a, b) = (await Device(), await Device());
        await service.Create(new(await TestInventory.Draft(service)) { Device = new() { Id = a.Id } });

        var answer = await service.Inventory.BatchUpsertInventoryObjectsAsync(
            Set("swap", ById(a, b.Device.Name), ById(b, a.Device.Name)), new Metadata { { "x-correlation-id", "swap-1" } });

        Assert.Equal(
            [(a.Id, b.Device.Name, UpsertOutcome.Changed), (b.Id, a.Device.Name, UpsertOutcome.Changed)],
            answer.Results.Select(one => (one.InventoryObject.Id, one.InventoryObject.Device.Name, one.Outcome)));
        foreach (var result in answer.Results)
        {
            Assert.Equal(result.InventoryObject, await Get(result.InventoryObject.Id));
            var history = await service.History(result.InventoryObject.Id);
            Assert.Equal((2, "swap-1", "swap"), (history.Count, history[1].CorrelationId, history[1].Reason));
        }

        Assert.Equal(b.Id, (await service.Inventory.GetInventoryObjectAsync(
            new() { Name = new() { Kind = Kind.Device, Name = a.Device.Name } })).InventoryObject.Id);
    }

    [Fact]
    public async Task Addresses_and_namespaces_rotate_while_they_are_referred_to()
    {
        var servers = new List<V1.VirtualServer>();
        for (var i = 0; i < 3; i++) servers.Add(await TestInventory.Create(service));
        string[] addresses = [.. servers.Select(server => server.Vip.Name)];

        await service.Inventory.BatchUpsertInventoryObjectsAsync(
            Set("", [.. servers.Select((server, i) => Address(server.Vip.Id, addresses[(i + 1) % 3], "Global"))]));
        for (var i = 0; i < 3; i++) Assert.Equal(addresses[(i + 1) % 3], (await service.Get(servers[i].Id)).Vip.Name);

        var other = await service.Upsert(new() { IpAddress = new() { Address = addresses[1], Namespace = "Red" } });
        await service.Inventory.BatchUpsertInventoryObjectsAsync(
            Set("", Address(servers[0].Vip.Id, addresses[1], "Red"), Address(other.Id, addresses[1], "Global")));
        Assert.Equal("Red", (await service.Get(servers[0].Id)).Vip.Namespace);
    }

    [Fact]
    public async Task A_name_is_passed_on_in_a_chain_to_a_new_object_and_to_one_that_was_removed()
    {
        var (a, b, gone) = (await Device(), await Device(), await Device());
        await service.Remove(gone.Id);
        var fresh = TestInventory.Unique("fresh");
        var answer = await service.Inventory.BatchUpsertInventoryObjectsAsync(
            Set("", ById(gone, b.Device.Name), ByName(a.Device.Name), ById(b, fresh), ById(a, gone.Device.Name)));
        Assert.Equal(
            [UpsertOutcome.Registered, UpsertOutcome.Registered, UpsertOutcome.Changed, UpsertOutcome.Changed],
            answer.Results.Select(one => one.Outcome));
        Assert.Equal(
            [b.Device.Name, a.Device.Name, fresh, gone.Device.Name], answer.Results.Select(one => one.InventoryObject.Device.Name));
        string[] ids = [.. answer.Results.Select(one => one.InventoryObject.Id)];
        Assert.Equal((gone.Id, b.Id, a.Id), (ids[0], ids[2], ids[3]));
        Assert.DoesNotContain(ids[1], new[] { a.Id, b.Id, gone.Id });
    }

    [Fact]
    public async Task A_repeated_set_changes_nothing_and_keeps_versions()
    {
        var (a, b) = (await Device(), await Device());
        var set = Set("", ById(a, b.Device.Name), ById(b, a.Device.Name), ByName(TestInventory.Unique("new")));
        await service.Inventory.BatchUpsertInventoryObjectsAsync(set);
        var before = await service.Everything();
        var again = await service.Inventory.BatchUpsertInventoryObjectsAsync(set);
        Assert.All(again.Results, one => Assert.Equal(UpsertOutcome.Unchanged, one.Outcome));
        Assert.Equal([2, 2, 1], again.Results.Select(one => one.InventoryObject.Version));
        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task A_refusal_names_the_index_of_every_bad_upsert_and_nothing_is_stored()
    {
        var (a, b, taken) = (await Device(), await Device(), await Device());
        var before = await service.Everything();
        var set = Set(
            "",
            ById(a, b.Device.Name),
            new() { InventoryObject = new() { IpAddress = new() { Address = "nowhere" } } },
            ById(b, taken.Device.Name),
            new() { InventoryObject = new() { Id = a.Id, Device = new() { Name = "twice" } } },
            new() { InventoryObject = new() { Id = "no-uuid", Tenant = new() { Name = "x" } } },
            new() { InventoryObject = taken, Etag = "stale" },
            new() { InventoryObject = new() { Tenant = new() { Name = "x" } }, RequestId = $"{Guid.NewGuid()}", ValidateOnly = true });

        var refusal = await Refusal.Of(
            service.Inventory.BatchUpsertInventoryObjectsAsync(set), StatusCode.InvalidArgument, "FIELD_INVALID");

        Assert.Equal(
            [
                "requests[1].inventory_object.ip_address.address", "requests[2].inventory_object.device.name",
                "requests[3].inventory_object.id", "requests[4].inventory_object.id", "requests[5].etag",
                "requests[6].inventory_object.tenant.name", "requests[6].request_id", "requests[6].validate_only",
            ],
            refusal.Fields.Order(StringComparer.Ordinal));
        Assert.Contains("in requests[1], \"nowhere\" is not an IP address", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await service.Everything());

        refusal = await Refusal.Of(
            service.Inventory.BatchUpsertInventoryObjectsAsync(Set("", ById(a, "free"), new())),
            StatusCode.InvalidArgument, "FIELD_REQUIRED");
        Assert.All(refusal.Fields, field => Assert.StartsWith("requests[1].inventory_object.", field, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_taken_name_is_refused_with_its_holder()
    {
        var (a, taken) = (await Device(), await Device());
        var refusal = await Refusal.Of(
            service.Inventory.BatchUpsertInventoryObjectsAsync(Set("", ByName(TestInventory.Unique("new")), ById(a, taken.Device.Name))),
            StatusCode.AlreadyExists, "NAME_TAKEN");
        Assert.Equal(["requests[1].inventory_object.device.name"], refusal.Fields);
        Assert.Equal(taken.Id, refusal.Clash!.ResourceName);
    }

    [Fact]
    public async Task A_set_has_one_to_a_thousand_upserts()
    {
        await Refusal.Of(service.Inventory.BatchUpsertInventoryObjectsAsync(new()), StatusCode.InvalidArgument, "FIELD_REQUIRED");
        var names = Enumerable.Range(0, 1_000).Select(_ => TestInventory.Unique("many")).ToList();
        var refusal = await Refusal.Of(
            service.Inventory.BatchUpsertInventoryObjectsAsync(Set("", [.. names.Append("one more").Select(ByName)])),
            StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["requests"], refusal.Fields);

        var stored = await service.Inventory.BatchUpsertInventoryObjectsAsync(Set("", [.. names.Select(ByName)]));
        Assert.Equal(names, stored.Results.Select(one => one.InventoryObject.Device.Name));
        // All of them pass their names on.
        var rotated = stored.Results.Select((one, i) => ById(one.InventoryObject, names[(i + 1) % names.Count])).ToArray();
        Assert.All(
            (await service.Inventory.BatchUpsertInventoryObjectsAsync(Set("", rotated))).Results,
            one => Assert.Equal(UpsertOutcome.Changed, one.Outcome));
    }

    [Fact]
    public async Task A_validate_only_set_is_answered_with_the_stored_versions_and_the_conditions_it_leads_to_and_not_stored()
    {
        var server = await TestInventory.Create(service);
        var prefix = await service.Upsert(new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } });
        await service.Update(server.Id, new() { SourceNatPool = new() { Id = prefix.Id }, SourceNatType = SourceNatType.Pool });
        var (a, b) = (await Device(), await Device());
        var before = await service.Everything();
        var set = Set(
            "", ById(a, b.Device.Name), ById(b, a.Device.Name), ByName(TestInventory.Unique("new")),
            new() { InventoryObject = new() { Id = prefix.Id, Prefix = new() { Prefix_ = "2001:db8:ba7c::/48" } } });
        set.ValidateOnly = true;
        var answer = await service.Inventory.BatchUpsertInventoryObjectsAsync(set);
        Assert.Equal(
            [(b.Device.Name, 1, a.Etag), (a.Device.Name, 1, b.Etag)],
            answer.Results.Take(2).Select(one => (one.InventoryObject.Device.Name, one.InventoryObject.Version, one.InventoryObject.Etag)));
        Assert.Equal((0, ""), (answer.Results[2].InventoryObject.Version, answer.Results[2].InventoryObject.Etag));
        var change = Assert.Single(answer.ConditionChanges);
        Assert.Equal((1, ConditionType.NatFamilyMismatch), (answer.ConditionChangeCount, change.Condition.Type));
        Assert.Equal(before, await service.Everything());

        (set.ValidateOnly, set.View) = (false, CommandView.WithConditions);
        Assert.Equal(answer.ConditionChanges, (await service.Inventory.BatchUpsertInventoryObjectsAsync(set)).ConditionChanges);
    }

    [Fact]
    public async Task A_repeated_request_id_returns_the_first_answer()
    {
        var (a, b) = (await Device(), await Device());
        var set = Set("", ById(a, b.Device.Name), ById(b, a.Device.Name));
        set.RequestId = $"{Guid.NewGuid()}";
        var first = await service.Inventory.BatchUpsertInventoryObjectsAsync(set);
        await service.Upsert(new() { Id = a.Id, Device = new() { Name = TestInventory.Unique("later") } });
        Assert.Equal(first, await service.Inventory.BatchUpsertInventoryObjectsAsync(set));
        set.Reason = "another";
        await Refusal.Of(service.Inventory.BatchUpsertInventoryObjectsAsync(set), StatusCode.InvalidArgument, "REQUEST_ID_REUSED");
    }

    [Fact]
    public async Task An_upsert_has_its_own_etag_and_reason()
    {
        var (a, b) = (await Device(), await Device());
        var (first, second) = (ById(a, b.Device.Name), ById(b, a.Device.Name));
        (first.Etag, first.Reason) = (a.Etag, "its own");
        await service.Inventory.BatchUpsertInventoryObjectsAsync(Set("that of the set", first, second));
        Assert.Equal("its own", (await service.History(a.Id))[1].Reason);
        Assert.Equal("that of the set", (await service.History(b.Id))[1].Reason);
        var refusal = await Refusal.Of(
            service.Inventory.BatchUpsertInventoryObjectsAsync(
                Set("", new UpsertInventoryObjectRequest { InventoryObject = a, Etag = a.Etag }, ById(b, b.Device.Name))),
            StatusCode.Aborted, "ETAG_MISMATCH");
        Assert.Equal(["requests[0].etag"], refusal.Fields);
    }

    [Fact]
    public async Task Overlapping_sets_that_race_take_effect_one_after_another()
    {
        // Every set permutes the names of the same objects: whichever is last, each name belongs to exactly one of them.
        var devices = new List<InventoryObject>();
        for (var i = 0; i < 12; i++) devices.Add(await Device());
        string[] names = [.. devices.Select(device => device.Device.Name)];
        for (var round = 0; round < 5; round++)
        {
            var sets = Enumerable.Range(0, 6).Select(seed =>
            {
                var (random, permuted) = (new Random((round * 10) + seed), names.ToArray());
                random.Shuffle(permuted);
                var upserts = devices.Select((device, i) => ById(device, permuted[i])).ToArray();
                random.Shuffle(upserts);
                return Set($"{seed}", upserts);
            }).ToList();
            await Task.WhenAll(sets.Select(set => service.Inventory.BatchUpsertInventoryObjectsAsync(set).ResponseAsync));

            var final = new List<InventoryObject>();
            foreach (var device in devices) final.Add(await Get(device.Id));
            Assert.Equal(names.Order(), final.Select(device => device.Device.Name).Order());
            Assert.Contains(sets, set => set.Requests.All(upsert =>
                final.Single(one => one.Id == upsert.InventoryObject.Id).Device.Name == upsert.InventoryObject.Device.Name));
        }
    }

    [Fact]
    public async Task Sets_that_race_for_one_name_do_not_both_get_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var (a, b, x, y) = (await Device(), await Device(), TestInventory.Unique("x"), TestInventory.Unique("y"));
            // The names in opposite orders, as for a deadlock.
            var calls = new[] { Set("", ById(a, x), ByName(y)), Set("", ById(b, y), ByName(x)) }
                .Select(set => service.Inventory.BatchUpsertInventoryObjectsAsync(set).ResponseAsync).ToList();
            var outcomes = await Task.WhenAll(calls.Select(async call =>
            {
                try
                {
                    await call;
                    return StatusCode.OK;
                }
                catch (RpcException exception)
                {
                    return exception.StatusCode;
                }
            }));
            Assert.Equal([StatusCode.OK, StatusCode.AlreadyExists], outcomes.Order());
        }
    }

    private async Task<InventoryObject> Device() =>
        await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });

    private async Task<InventoryObject> Get(string id) =>
        (await service.Inventory.GetInventoryObjectAsync(new() { Id = id })).InventoryObject;

    private static UpsertInventoryObjectRequest ById(InventoryObject known, string name) =>
        new() { InventoryObject = new() { Id = known.Id, Device = new() { Name = name } } };

    private static UpsertInventoryObjectRequest ByName(string name) => new() { InventoryObject = new() { Device = new() { Name = name } } };

    private static UpsertInventoryObjectRequest Address(string id, string address, string scope) =>
        new() { InventoryObject = new() { Id = id, IpAddress = new() { Address = address, Namespace = scope } } };

    private static BatchUpsertInventoryObjectsRequest Set(string reason, params UpsertInventoryObjectRequest[] upserts) =>
        new() { Reason = reason, Requests = { upserts } };
}
