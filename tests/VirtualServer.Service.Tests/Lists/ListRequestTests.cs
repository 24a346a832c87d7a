using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Lists;

/// <summary>The fields that requests for many objects have in common.</summary>
public sealed class ListRequestTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Theory]
    [InlineData("id")]
    [InlineData("Name")]
    [InlineData("name asc desc")]
    [InlineData("name descending")]
    [InlineData("name,")]
    [InlineData("name, name desc")]
    [InlineData("address")]
    [InlineData("name,vip,port,protocol,type")]
    public async Task Case_24_an_unknown_order_is_rejected(string order)
    {
        var refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new() { OrderBy = order }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["order_by"], refusal.Fields.Distinct());
    }

    [Fact]
    public async Task Case_25_q_matches_name_VIP_port_placement_pool_and_tenant_in_any_letter_case()
    {
        var mark = TestInventory.Unique("sought");
        foreach (var known in new InventoryObject[]
        {
            new() { Device = new() { Name = $"{mark}-Device" } }, new() { Tenant = new() { Name = $"{mark}-Tenant" } },
        })
        {
            await service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = known });
        }

        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(
            new() { LoadBalancerPool = await TestInventory.Pool(service, $"{mark}-Pool") })).LoadBalancerPool;
        var draft = await TestInventory.Draft(service, $"{mark}-Name");
        (draft.Port, draft.Device, draft.Tenant) = (34_567, new() { Name = $"{mark}-Device" }, new() { Name = $"{mark}-Tenant" });
        draft.LoadBalancerPool = new() { Id = pool.Id };
        var server = await service.Create(draft);
        foreach (var text in new[] { "-Name", "-Device", "-Tenant", "-Pool" }.Select(part => mark + part)
            .SelectMany(text => new[] { text.ToUpperInvariant(), text.ToLowerInvariant() }).Concat([server.Vip.Name, "34567"]))
        {
            var found = await service.VirtualServers.ListVirtualServersAsync(new() { Filter = new() { Q = text } });
            Assert.Equal([server.Id], found.VirtualServers.Select(one => one.Id));
        }
    }

    [Fact]
    public async Task A_filter_lists_all_violations_with_their_paths()
    {
        var refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new()
            {
                Filter = new()
                {
                    Ids = { "x" },
                    Names = { "good", " " },
                    Protocols = { Protocol.Unspecified, (Protocol)99 },
                    LoadBalancerTypes = { LoadBalancerType.Unspecified },
                    Port = new() { Ports = { 80, 65536 }, Ranges = { new PortRange { First = 9, Last = 8 } } },
                    Vips = { new AddressFilter(), new AddressFilter { Address = "10.0.0.0/8" } },
                    VipCidrs = { new CidrFilter { Cidr = "10.0.0.1/8" } },
                    Tenant = new() { AnyOf = { new Reference() } },
                    PlacementKinds = { Kind.Tenant },
                    Labels = { new LabelFilter() },
                    Q = new('q', 256),
                },
            }),
            StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(
            [
                "filter.ids[0]", "filter.labels[0].key", "filter.load_balancer_types[0]", "filter.names[1]",
                "filter.placement_kinds[0]", "filter.port.ports[1]", "filter.port.ranges[0].last", "filter.protocols[1]", "filter.q",
                "filter.tenant.any_of[0].name", "filter.vip_cidrs[0].cidr", "filter.vips[0]", "filter.vips[1].address",
            ],
            refusal.Fields.Order(StringComparer.Ordinal));

        var timeless = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(
                new() { Filter = new() { CreateTime = new() { From = new() { Seconds = long.MaxValue } } } }),
            StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["filter.create_time.from"], timeless.Fields);
    }

    [Fact]
    public async Task Too_many_values_are_rejected()
    {
        var filter = new VirtualServerFilter
        {
            Ids = { Enumerable.Repeat("0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10", 1001) }, NameContains = { Enumerable.Repeat("x", 101) },
        };
        var refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["filter.ids", "filter.name_contains"], refusal.Fields.Order());
        Assert.Contains("filter.ids has 1001 values: use up to 1000", refusal.Message, StringComparison.Ordinal);

        filter = new()
        {
            Conditions = { Enumerable.Repeat(ConditionType.PoolUnset, 101) },
            Severities = { Enumerable.Repeat(ConditionSeverity.Error, 101) },
        };
        refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["filter.conditions", "filter.severities"], refusal.Fields.Order());

        var kinds = new InventoryObjectFilter { Kinds = { Enumerable.Repeat(Kind.Device, 101) } };
        refusal = await Refusal.Of(
            service.Inventory.ListInventoryObjectsAsync(new() { Filter = kinds }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["filter.kinds"], refusal.Fields);
    }

    [Fact]
    public async Task Values_beyond_the_limit_are_not_read()
    {
        var filter = new VirtualServerFilter { Names = { Enumerable.Repeat(" ", 100_000) } };
        var refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Contains("filter.names has 100000 values: use up to 1000", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("and 981 more", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_of_a_malformed_value_has_its_path_its_cause_and_a_remedy()
    {
        var filter = new VirtualServerFilter
        {
            Ids = { "x" },
            Names = { " " },
            Protocols = { (Protocol)99 },
            Port = new() { Ports = { 65536 } },
            Labels = { new LabelFilter { Key = "k\u202E", Values = { "v\u0000" } } },
            Q = string.Concat(Enumerable.Repeat("🙂", 256)),
        };
        var refusal = await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(
            [
                "filter.ids[0] \"x\" is not a UUID: write it like 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10",
                "filter.labels[0].key has the character U+202E: only printable text is allowed",
                "filter.labels[0].values[0] has the character U+0000: only printable text is allowed",
                "filter.names[0] is blank: use at least one visible character",
                "filter.port.ports[0] 65536 is out of range: use 0 to 65535",
                "filter.protocols[0] 99 is not defined: use a value from 0 to 11, as named in the contract",
                "filter.q has 256 characters: at most 255 are allowed",
            ],
            refusal.Status.GetDetail<BadRequest>().FieldViolations.Select(violation => violation.Description)
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_read_time_in_the_future_is_rejected_and_conditions_cannot_be_filtered_in_the_past()
    {
        var future = DateTimeOffset.UtcNow.AddMinutes(5).ToTimestamp();
        Assert.Equal(["read_time"], (await Refusal.Of(
            service.Pools.ListLoadBalancerPoolsAsync(new() { ReadTime = future }), StatusCode.InvalidArgument, "FIELD_INVALID")).Fields);
        Assert.Equal(["read_time"], (await Refusal.Of(
            service.Pools.BatchGetLoadBalancerPoolsAsync(new() { ReadTime = future, Targets = { new BatchTarget { Name = "pool-1" } } }),
            StatusCode.InvalidArgument, "FIELD_INVALID")).Fields);

        var past = new ListVirtualServersRequest
        {
            ReadTime = DateTimeOffset.UtcNow.ToTimestamp(), Filter = new() { Conditions = { ConditionType.PoolUnset } },
        };
        var refusal = await Refusal.Of(service.VirtualServers.ListVirtualServersAsync(past), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["filter.conditions"], refusal.Fields);
        Assert.Contains("omit the filter by conditions, or read_time", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_mask_trims_the_objects()
    {
        var known = await TestInventory.Create(service);
        var request = new ListVirtualServersRequest
        {
            Filter = new() { Ids = { known.Id } }, ReadMask = new() { Paths = { "name", "port" } },
        };
        var expected = new V1.VirtualServer { Name = known.Name, Port = known.Port };
        Assert.Equal([expected], (await service.VirtualServers.ListVirtualServersAsync(request)).VirtualServers);
        request.ReadMask = new() { Paths = { "vip" } };
        Assert.Equal(
            [new V1.VirtualServer { Vip = known.Vip }], (await service.VirtualServers.ListVirtualServersAsync(request)).VirtualServers);
        request.ReadMask = new() { Paths = { "*" } };
        Assert.Equal([await service.Get(known.Id)], (await service.VirtualServers.ListVirtualServersAsync(request)).VirtualServers);
        request.ReadMask = new() { Paths = { "vip.name" } };
        Assert.Equal(["read_mask"], (await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(request), StatusCode.InvalidArgument, "FIELD_UNKNOWN")).Fields);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Names_and_conditions_that_a_read_mask_omits_are_not_read(bool isPast)
    {
        var known = await TestInventory.Create(service);
        var expected = new V1.VirtualServer { Name = known.Name, Port = known.Port };
        var (mask, time) = (new FieldMask { Paths = { "name", "port" } }, isPast ? known.UpdateTime : null);
        await using var held = await HeldLock.Take(
            service, "lock table registry.uses, registry.conditions in access exclusive mode");
        var deadline = DateTime.UtcNow.AddSeconds(10);

        Assert.Equal([expected], (await service.VirtualServers.ListVirtualServersAsync(
            new() { Filter = new() { Ids = { known.Id } }, ReadMask = mask, ReadTime = time }, deadline: deadline)).VirtualServers);
        Assert.Equal([expected, expected], (await service.VirtualServers.BatchGetVirtualServersAsync(
            new()
            {
                Targets = { new BatchTarget { Id = known.Id }, new BatchTarget { Name = known.Name } }, ReadMask = mask, ReadTime = time,
            }, deadline: deadline)).VirtualServers);
    }

    [Fact]
    public async Task A_read_mask_trims_the_objects_of_a_batch()
    {
        var draft = new V1.VirtualServer(await TestInventory.Draft(service)) { LoadBalancerPool = null };
        var known = await service.Get((await service.Create(draft)).Id);
        Assert.NotEmpty(known.Conditions);
        var request = new BatchGetVirtualServersRequest { Targets = { new BatchTarget { Id = known.Id } } };
        foreach (var (path, expected) in new (string, V1.VirtualServer)[]
        {
            ("conditions", new() { Conditions = { known.Conditions } }),
            ("vip", new() { Vip = known.Vip }),
            ("*", known),
        })
        {
            request.ReadMask = new() { Paths = { path } };
            Assert.Equal([expected], (await service.VirtualServers.BatchGetVirtualServersAsync(request)).VirtualServers);
        }
    }

    [Fact]
    public async Task A_page_token_is_bound_to_the_whole_request_but_the_page()
    {
        for (var i = 0; i < 3; i++) await TestInventory.Create(service);
        var time = DateTimeOffset.UtcNow.ToTimestamp();
        ListVirtualServersRequest[] requests =
        [
            new() { PageSize = 1 },
            new() { PageSize = 1, OrderBy = "name desc" },
            new() { PageSize = 1, ReadTime = time },
            new() { PageSize = 1, ReadMask = new() { Paths = { "name" } } },
            new() { PageSize = 1, Filter = new() { Protocols = { Protocol.Https, Protocol.Http } } },
        ];
        foreach (var from in requests)
        {
            var token = (await service.VirtualServers.ListVirtualServersAsync(from)).NextPageToken;
            foreach (var to in requests)
            {
                var next = new ListVirtualServersRequest(to) { PageToken = token, PageSize = 2, WithTotalSize = true };
                var call = service.VirtualServers.ListVirtualServersAsync(next);
                if (from == to) await call;
                else Assert.Equal(["page_token"], (await Refusal.Of(call, StatusCode.InvalidArgument, "FIELD_INVALID")).Fields);
            }
        }

        // The order of values has no meaning.
        var same = new ListVirtualServersRequest { Filter = new() { Protocols = { Protocol.Http, Protocol.Https, Protocol.Http } } };
        same.PageToken = (await service.VirtualServers.ListVirtualServersAsync(requests[^1])).NextPageToken;
        await service.VirtualServers.ListVirtualServersAsync(same);
    }

    [Fact]
    public async Task A_batch_keeps_the_order_and_names_what_is_missing()
    {
        var (first, second, deleted) =
            (await TestInventory.Create(service), await TestInventory.Create(service), await TestInventory.Create(service));
        await service.Delete(deleted.Id);
        var found = await service.VirtualServers.BatchGetVirtualServersAsync(new()
        {
            Targets =
            {
                new BatchTarget { Name = second.Name }, new BatchTarget { Name = "nobody" }, new BatchTarget { Id = first.Id },
                new BatchTarget { Id = deleted.Id }, new BatchTarget { Id = second.Id },
            },
        });
        Assert.Equal([second.Id, first.Id, second.Id], found.VirtualServers.Select(one => one.Id));
        Assert.Equal(await service.Get(first.Id), found.VirtualServers[1]);
        Assert.Equal(
            [(1, ErrorReason.NotFound), (3, ErrorReason.NotFound)], found.Missing.Select(missing => (missing.Index, missing.Reason)));
        Assert.Contains("nobody", found.Missing[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_of_inventory_names_what_is_ambiguous()
    {
        var address = TestInventory.UniqueAddress();
        var blue = await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = "Blue" } });
        await service.Upsert(new() { IpAddress = new() { Address = address } });
        var found = await service.Inventory.BatchGetInventoryObjectsAsync(new()
        {
            Targets =
            {
                new InventoryBatchTarget { Name = new() { Kind = Kind.IpAddress, Name = address } },
                new InventoryBatchTarget { Name = new() { Kind = Kind.IpAddress, Name = address, Namespace = "Blue" } },
            },
        });
        Assert.Equal([blue], found.InventoryObjects);
        Assert.Equal([(0, ErrorReason.ReferenceAmbiguous)], found.Missing.Select(missing => (missing.Index, missing.Reason)));
    }

    [Fact]
    public async Task A_batch_as_of_a_time_has_the_objects_and_names_of_then()
    {
        var device = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("old") } });
        var draft = new V1.VirtualServer(await TestInventory.Draft(service)) { Device = new() { Id = device.Id } };
        var known = await service.Create(draft);
        await service.Upsert(new() { Id = device.Id, Device = new() { Name = TestInventory.Unique("new") } });
        await service.Update(known.Id, new() { Name = TestInventory.Unique("renamed"), Port = 8443 });
        await service.Delete(known.Id);

        var request = new BatchGetVirtualServersRequest
        {
            ReadTime = known.UpdateTime, Targets = { new BatchTarget { Name = known.Name }, new BatchTarget { Id = known.Id } },
        };
        Assert.Equal([known, known], (await service.VirtualServers.BatchGetVirtualServersAsync(request)).VirtualServers);
        request.ReadTime = known.UpdateTime.ToDateTimeOffset().AddMicroseconds(-1).ToTimestamp();
        Assert.Equal([0, 1], (await service.VirtualServers.BatchGetVirtualServersAsync(request)).Missing.Select(missing => missing.Index));
    }

    [Fact]
    public async Task A_total_size_is_exact_up_to_10000_and_a_bound_above()
    {
        await using var empty = await TestService.Start();
        using var call = empty.Inventory.UpsertInventoryObjects();
        for (var i = 0; i < 12_500; i++)
        {
            await call.RequestStream.WriteAsync(
                new() { Request = new() { InventoryObject = new() { VirtualChassis = new() { Name = $"total {i:D5}" } } } });
        }

        await call.RequestStream.CompleteAsync();
        await call;

        var request = new ListInventoryObjectsRequest { Kind = Kind.VirtualChassis, PageSize = 1, WithTotalSize = true };
        var page = await empty.Inventory.ListInventoryObjectsAsync(request);
        Assert.Equal((10_000, true), (page.TotalSize, page.TotalSizeIsLowerBound));

        request.Filter = new() { NamePrefixes = { "TOTAL 0" } };
        page = await empty.Inventory.ListInventoryObjectsAsync(request);
        Assert.Equal((10_000, false), (page.TotalSize, page.TotalSizeIsLowerBound));

        request.WithTotalSize = false;
        Assert.False((await empty.Inventory.ListInventoryObjectsAsync(request)).HasTotalSize);

        // Many matches, one after the other in the order: all are found, in every part of the list.
        request.PageSize = 1000;
        request.OrderBy = "name desc";
        foreach (var (prefixes, matches) in new (string[], int)[] { (["total 00"], 1_000), (["total 0", "total 100"], 10_100) })
        {
            request.Filter = new() { NamePrefixes = { prefixes } };
            request.PageToken = "";
            var names = new List<string>();
            do
            {
                page = await empty.Inventory.ListInventoryObjectsAsync(request);
                names.AddRange(page.InventoryObjects.Select(one => one.VirtualChassis.Name));
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            Assert.Equal(Enumerable.Range(0, matches).Reverse().Select(i => $"total {i:D5}"), names);
        }
    }

    [Fact]
    public async Task Case_24_pages_of_a_filter_in_another_order_neither_skip_nor_repeat_while_others_write()
    {
        const string label = "stable";
        var stable = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            var draft = new V1.VirtualServer(await TestInventory.Draft(service)) { Port = 1000 + (i / 3), Labels = { [label] = "yes" } };
            stable.Add((await service.Create(draft)).Id);
        }

        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var turn = 0; !stop.IsCancellationRequested; turn++)
            {
                var draft = new V1.VirtualServer(await TestInventory.Draft(service))
                {
                    Port = 1000 + (turn % 10), Labels = { [label] = "yes" },
                };
                var passing = await service.Create(draft);
                await service.Update(passing.Id, new() { Port = 1000 + (turn * 7 % 10) });
                await service.Delete(passing.Id);
            }
        });

        try
        {
            foreach (var time in new[] { null, DateTimeOffset.UtcNow.AddSeconds(-1).ToTimestamp() })
            {
                for (var size = 1; size < 8; size += 3)
                {
                    var request = new ListVirtualServersRequest
                    {
                        Filter = new() { Labels = { new LabelFilter { Key = label } } },
                        OrderBy = "port desc, create_time",
                        PageSize = size,
                        ReadTime = time,
                    };
                    var listed = new List<V1.VirtualServer>();
                    do
                    {
                        var page = await service.VirtualServers.ListVirtualServersAsync(request);
                        listed.AddRange(page.VirtualServers);
                        request.PageToken = page.NextPageToken;
                    }
                    while (request.PageToken.Length > 0);
                    Assert.Equal(
                        time is null ? stable.Order() : stable.Order().Intersect(listed.Select(one => one.Id)),
                        listed.Select(one => one.Id).Where(stable.Contains).Order());
                    Assert.Equal(listed.Select(one => one.Port).OrderDescending(), listed.Select(one => one.Port));
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writer;
        }
    }
}
