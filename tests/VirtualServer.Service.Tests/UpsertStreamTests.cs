using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>UpsertInventoryObjects: many objects in one call, each handled independently, in order per object.</summary>
public sealed class UpsertStreamTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_thousand_objects_are_stored_invalid_ones_are_listed_and_a_repetition_changes_nothing()
    {
        var requests = Enumerable.Range(0, 1_000).Select(i => (i % 5) switch
        {
            0 => Wanted(new() { IpAddress = new() { Address = $"10.200.{i / 250}.{i % 250}" } }),
            1 => Wanted(new() { Prefix = new() { Prefix_ = $"10.201.{i / 250}.{i % 250}/32", Namespace = "Streamed" } }),
            2 => Wanted(new() { Device = new() { Name = $"streamed-{i:D4}" } }),
            3 => Wanted(new() { Tenant = new() { Name = $"streamed-{i:D4}" } }),
            _ => Wanted(new() { CloudService = new() { Name = $"streamed-{i:D4}" } }),
        }).ToList();
        requests[100] = Wanted(new() { IpAddress = new() { Address = "nowhere" } });
        requests[300] = new();
        requests[700] = Wanted(new() { Id = "no-uuid", Device = new() { Name = "streamed-bad" } });
        requests[999] = Wanted(new() { Device = new() });

        var first = await Stream(requests);
        Assert.Equal((996, 0, 0, 4), (first.RegisteredCount, first.ChangedCount, first.UnchangedCount, first.RefusedCount));
        Assert.Equal(
            [
                (100, ErrorReason.FieldInvalid, "request.inventory_object.ip_address.address"),
                (300, ErrorReason.FieldRequired, "request.inventory_object.ip_address"),
                (700, ErrorReason.FieldInvalid, "request.inventory_object.id"),
                (999, ErrorReason.FieldRequired, "request.inventory_object.device.name"),
            ],
            first.Refused.Select(refused => (refused.Index, refused.Reason, refused.Field)));
        Assert.All(first.Refused, refused => Assert.NotEmpty(refused.Message));
        Assert.Contains("nowhere", first.Refused[0].Message, StringComparison.Ordinal);

        var before = await service.Everything();
        var again = await Stream(requests);
        Assert.Equal((0, 0, 996, 4), (again.RegisteredCount, again.ChangedCount, again.UnchangedCount, again.RefusedCount));
        Assert.Equal(first.Refused, again.Refused);
        Assert.Equal(before, await service.Everything());

        Assert.Equal(
            "10.200.3.245",
            (await service.Inventory.GetInventoryObjectAsync(
                new() { Name = new() { Kind = Kind.IpAddress, Name = "10.200.3.245" } })).InventoryObject.IpAddress.Address);
    }

    [Fact]
    public async Task Messages_of_one_id_take_effect_in_the_order_they_were_sent()
    {
        var ids = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7().ToString()).ToList();
        var requests = new List<UpsertInventoryObjectRequest>();
        for (var turn = 0; turn < 60; turn++)
        {
            // An id in upper case is the same object.
            foreach (var id in ids)
            {
                requests.Add(
                    Wanted(new() { Id = turn % 2 == 0 ? id : id.ToUpperInvariant(), Tenant = new() { Name = $"{id}-{turn:D2}" } }));
            }
        }

        var answer = await Stream(requests);
        Assert.Equal((5, 295, 0, 0), (answer.RegisteredCount, answer.ChangedCount, answer.UnchangedCount, answer.RefusedCount));
        foreach (var id in ids)
        {
            var history = await service.History(id);
            Assert.Equal(60, history.Count);
            Assert.Equal(
                Enumerable.Range(1, 59).Select(turn => $"{id}-{turn:D2}"),
                history.Skip(1).Select(happened => happened.Data.GetProperty("name").GetProperty("is").GetString()));
        }
    }

    [Fact]
    public async Task Messages_of_one_name_without_an_id_are_one_object_in_any_spelling()
    {
        string[] spellings = ["2001:db8:7::1", "2001:DB8:7::1", "2001:db8:7:0::1", " 2001:db8:7::1 "];
        var answer = await Stream(
            Enumerable.Range(0, 100).Select(i => Wanted(new() { IpAddress = new() { Address = spellings[i % spellings.Length] } })));
        Assert.Equal((1, 0, 99, 0), (answer.RegisteredCount, answer.ChangedCount, answer.UnchangedCount, answer.RefusedCount));
    }

    [Fact]
    public async Task Each_message_is_a_command_with_its_own_options()
    {
        var (device, requestId) = (
            await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } }),
            $"{Guid.NewGuid()}");
        var (trial, name, twice) = (TestInventory.Unique("trial"), TestInventory.Unique("named"), TestInventory.Unique("twice"));
        var answer = await Stream(
        [
            new() { InventoryObject = new() { Device = new() { Name = trial } }, ValidateOnly = true },
            new() { InventoryObject = new() { Id = device.Id, Device = new() { Name = name } }, Etag = device.Etag, Reason = "renamed" },
            new() { InventoryObject = new() { Id = device.Id, Device = new() { Name = "stale" } }, Etag = device.Etag },
            new() { InventoryObject = new() { Device = new() { Name = twice } }, RequestId = requestId },
            new() { InventoryObject = new() { Device = new() { Name = twice } }, RequestId = requestId },
            new() { InventoryObject = new() { Device = new() { Name = twice } }, RequestId = requestId, Reason = "other" },
        ]);

        Assert.Equal(
            [(2, ErrorReason.EtagMismatch, "request.etag"), (5, ErrorReason.RequestIdReused, "request.request_id")],
            answer.Refused.Select(refused => (refused.Index, refused.Reason, refused.Field)));
        Assert.Equal((2, 1, 1, 2), (answer.RegisteredCount, answer.ChangedCount, answer.UnchangedCount, answer.RefusedCount));
        await Refusal.Of(
            service.Inventory.GetInventoryObjectAsync(new() { Name = new() { Kind = Kind.Device, Name = trial } }),
            StatusCode.NotFound,
            "NOT_FOUND");
        Assert.Equal("renamed", (await service.History(device.Id))[^1].Reason);
    }

    [Fact]
    public async Task A_removed_object_sent_with_its_id_is_registered_again()
    {
        var device = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        await service.Remove(device.Id);
        var answer = await Stream([Wanted(new() { Id = device.Id, Device = device.Device })]);
        Assert.Equal((1, 0), (answer.RegisteredCount, answer.ChangedCount));
    }

    [Fact]
    public async Task The_first_hundred_of_many_invalid_messages_are_listed()
    {
        var answer = await Stream(Enumerable.Range(0, 300).Select(i => Wanted(new() { IpAddress = new() { Address = $"bad {i}" } })));
        Assert.Equal((300, 100), (answer.RefusedCount, answer.Refused.Count));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), answer.Refused.Select(refused => refused.Index));
    }

    [Fact]
    public async Task Swapped_and_chained_names_arrive_beside_bad_messages_and_across_groups()
    {
        var devices = new List<InventoryObject>();
        for (var i = 0; i < 6; i++) devices.Add(await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } }));
        var fresh = TestInventory.Unique("fresh");
        // The first two swap their names; the others pass theirs on in a chain whose end comes last.
        string[] names =
        [
            devices[1].Device.Name, devices[0].Device.Name,
            devices[3].Device.Name, devices[4].Device.Name, devices[5].Device.Name, fresh,
        ];
        var requests = Enumerable.Range(0, 900)
            .Select(_ => Wanted(new() { Tenant = new() { Name = TestInventory.Unique("between") } })).ToList();
        for (var i = 0; i < 6; i++)
            requests[i * 150] = Wanted(new() { Id = devices[i].Id, Device = new() { Name = names[i] } });
        requests[1] = Wanted(new() { IpAddress = new() { Address = "nowhere" } });
        var (other, taken) = (await service.Upsert(Named("other")), await service.Upsert(Named("taken")));
        requests[2] = Wanted(new() { Id = other.Id, Device = taken.Device });

        var answer = await Stream(requests);

        foreach (var (device, name) in devices.Zip(names))
        {
            Assert.Equal(
                name,
                (await service.Inventory.GetInventoryObjectAsync(new() { Id = device.Id })).InventoryObject.Device.Name);
        }

        Assert.Equal(
            [(1, ErrorReason.FieldInvalid), (2, ErrorReason.NameTaken)], answer.Refused.Select(refused => (refused.Index, refused.Reason)));
        Assert.Equal((892, 6, 0, 2), (answer.RegisteredCount, answer.ChangedCount, answer.UnchangedCount, answer.RefusedCount));
        Assert.Equal((0, 898), await Again(requests));
    }

    [Fact]
    public async Task A_message_does_not_overtake_one_of_its_object_that_waits_for_a_name()
    {
        var (a, b) = (await service.Upsert(Named("a")), await service.Upsert(Named("b")));
        var (last, free) = (TestInventory.Unique("last"), TestInventory.Unique("free"));
        var requests = Enumerable.Range(0, 600)
            .Select(_ => Wanted(new() { Tenant = new() { Name = TestInventory.Unique("between") } })).ToList();
        requests[0] = Wanted(new() { Id = a.Id, Device = new() { Name = b.Device.Name } });
        requests[300] = Wanted(new() { Id = a.Id, Device = new() { Name = last } });
        requests[500] = Wanted(new() { Id = b.Id, Device = new() { Name = free } });

        Assert.Equal(0, (await Stream(requests)).RefusedCount);
        Assert.Equal(
            [b.Device.Name, last],
            (await service.History(a.Id)).Skip(1).Select(happened => happened.Data.GetProperty("name").GetProperty("is").GetString()));
    }

    [Fact]
    public async Task A_name_that_stays_taken_is_refused_once_in_the_order_of_the_messages()
    {
        var (a, holder) = (await service.Upsert(Named("a")), await service.Upsert(Named("holder")));
        var answer = await Stream(
        [
            Wanted(new() { Id = a.Id, Device = holder.Device }), Wanted(new() { IpAddress = new() { Address = "nowhere" } }),
            Wanted(new() { Device = new() { Name = TestInventory.Unique("free") } }),
        ]);
        Assert.Equal(
            [(0, ErrorReason.NameTaken, "request.inventory_object.device.name"),
                (1, ErrorReason.FieldInvalid, "request.inventory_object.ip_address.address")],
            answer.Refused.Select(refused => (refused.Index, refused.Reason, refused.Field)));
        Assert.Equal((1, 2), (answer.RegisteredCount, answer.RefusedCount));
    }

    [Fact]
    public async Task An_empty_stream_is_answered_with_nothing() => Assert.Equal(new(), await Stream([]));

    [Fact]
    public async Task Two_streams_of_the_same_objects_at_once_register_each_once()
    {
        var names = Enumerable.Range(0, 200).Select(_ => TestInventory.Unique("both")).ToList();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => Stream(names.Select(name => Wanted(new() { VirtualChassis = new() { Name = name } })))));
        Assert.Equal(
            (200, 200, 0),
            (
                answers.Sum(answer => answer.RegisteredCount),
                answers.Sum(answer => answer.UnchangedCount),
                answers.Sum(answer => answer.RefusedCount)));
    }

    [Fact]
    public async Task A_stream_that_breaks_keeps_what_was_stored_and_may_be_sent_again()
    {
        var requests = Enumerable.Range(0, 600)
            .Select(_ => Wanted(new() { Tenant = new() { Name = TestInventory.Unique("broken") } })).ToList();
        using (var call = service.Inventory.UpsertInventoryObjects())
        {
            foreach (var request in requests) await call.RequestStream.WriteAsync(new() { Request = request });
            // The call ends before the stream is completed.
        }

        var answer = await Stream(requests);
        Assert.Equal((600, 0), (answer.RegisteredCount + answer.UnchangedCount, answer.RefusedCount));
    }

    private static InventoryObject Named(string what) => new() { Device = new() { Name = TestInventory.Unique(what) } };

    private async Task<(long Changed, long Unchanged)> Again(IEnumerable<UpsertInventoryObjectRequest> requests)
    {
        var answer = await Stream(requests);
        return (answer.RegisteredCount + answer.ChangedCount, answer.UnchangedCount);
    }

    private static UpsertInventoryObjectRequest Wanted(InventoryObject wanted) => new() { InventoryObject = wanted };

    private async Task<UpsertInventoryObjectsResponse> Stream(IEnumerable<UpsertInventoryObjectRequest> requests)
    {
        using var call = service.Inventory.UpsertInventoryObjects();
        foreach (var request in requests) await call.RequestStream.WriteAsync(new() { Request = request });
        await call.RequestStream.CompleteAsync();
        return await call;
    }
}
