using Google.Protobuf.Collections;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>UpdateVirtualServer changes the fields of the mask atomically, with one event.</summary>
public sealed class UpdateTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly string[] Placements = ["device", "device_redundancy_group", "virtual_chassis", "cloud_service"];

    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Without_a_mask_every_field_that_has_a_value_is_changed()
    {
        var known = await Full();
        var updated = await service.Update(known.Id, new() { Port = 0, SslOffload = false, Labels = { ["only"] = "one" } });

        var expected =
            new V1.VirtualServer(known) { Port = 0, SslOffload = false, Version = 2, Etag = updated.Etag, UpdateTime = updated.UpdateTime };
        expected.Labels.Clear();
        expected.Labels.Add("only", "one");
        Assert.Equal(expected, updated);
        Assert.Equal(expected, (await service.Get(known.Id)).Having(ConditionType.CertificatesUnused));
    }

    [Fact]
    public async Task Without_a_mask_and_without_a_value_nothing_is_changed()
    {
        var known = await Full();
        Assert.Equal(known, await service.Update(known.Id, new()));
        Assert.Equal(
            known,
            (await service.VirtualServers.UpdateVirtualServerAsync(
                new() { Id = known.Id, VirtualServer = new(), UpdateMask = new() })).VirtualServer);
        Assert.Equal(1, await service.Events(known.Id));
    }

    [Fact]
    public async Task An_update_without_a_virtual_server_is_rejected()
    {
        var known = await TestInventory.Create(service);
        var refusal = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(new() { Id = known.Id }),
            StatusCode.InvalidArgument,
            "FIELD_REQUIRED");
        Assert.Equal(["virtual_server"], refusal.Fields);
    }

    [Fact]
    public async Task A_star_names_every_field_and_clears_unset_fields()
    {
        var known = await Full();
        var wanted = await TestInventory.Draft(service);
        wanted.Enabled = true;
        var updated = await service.Update(known.Id, wanted, "*");

        var expected = new V1.VirtualServer(wanted)
        {
            Id = known.Id,
            Vip = new() { Id = updated.Vip.Id, Name = wanted.Vip.Name, Namespace = "Global" },
            Device = new() { Id = updated.Device.Id, Name = "lb-1" },
            SslOffload = false,
            LoadBalancerPool = new() { Id = updated.LoadBalancerPool.Id, Name = "pool-1" },
            Version = 2,
            Etag = updated.Etag,
            CreateTime = known.CreateTime,
            UpdateTime = updated.UpdateTime,
        };
        Assert.Equal(expected, updated);
        Assert.Equal(2, await service.Events(known.Id));
    }

    [Fact]
    public async Task A_star_without_required_fields_is_rejected()
    {
        var known = await Full();
        var refusal = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(known.Id, new() { Enabled = true }, "*")),
            StatusCode.InvalidArgument,
            "FIELD_REQUIRED");
        Assert.Equal(
            [
                "virtual_server.cloud_service", "virtual_server.device", "virtual_server.device_redundancy_group",
                "virtual_server.load_balancer_type", "virtual_server.name", "virtual_server.vip", "virtual_server.virtual_chassis",
            ],
            refusal.Fields.Order(StringComparer.Ordinal));
    }

    public static TheoryData<string> Settable =>
    [
        "name", "vip", "port", "protocol", "source_nat_pool", "source_nat_type", "load_balancer_type", "enabled", "ssl_offload", "device",
        "tenant",
        "health_check_monitor", "certificate_profiles", "load_balancer_pool", "labels", "description",
    ];

    [Theory, MemberData(nameof(Settable))]
    public async Task A_field_in_the_mask_is_changed_and_no_other_is(string field)
    {
        var (known, wanted) = (await Full(), await Full());
        await service.Delete(wanted.Id);
        (wanted.Protocol, wanted.SourceNatType, wanted.LoadBalancerType, wanted.Enabled, wanted.SslOffload) =
            (Protocol.Quic, SourceNatType.Auto, LoadBalancerType.Layer2, true, false);
        wanted.Port = 4433;
        var updated = await service.Update(known.Id, wanted, field);

        var accessor = V1.VirtualServer.Descriptor.FindFieldByName(field).Accessor;
        Assert.NotEqual(accessor.GetValue(known), accessor.GetValue(updated));
        var expected = new V1.VirtualServer(known);
        CopyField(wanted, expected, field);
        (expected.Version, expected.Etag, expected.UpdateTime) = (2, updated.Etag, updated.UpdateTime);
        Assert.Equal(expected, updated);
        Assert.Equal(expected, (await service.Get(known.Id)).Having(field switch
        {
            "ssl_offload" => [ConditionType.CertificatesUnused],
            "source_nat_type" => [ConditionType.NatPoolUnused],
            _ => [],
        }));

        // The same again changes nothing.
        Assert.Equal(updated, await service.Update(known.Id, wanted, field));
        Assert.Equal(2, await service.Events(known.Id));
    }

    [Theory]
    [InlineData("port")]
    [InlineData("protocol")]
    [InlineData("source_nat_pool")]
    [InlineData("source_nat_type")]
    [InlineData("ssl_offload")]
    [InlineData("tenant")]
    [InlineData("health_check_monitor")]
    [InlineData("certificate_profiles")]
    [InlineData("load_balancer_pool")]
    [InlineData("labels")]
    [InlineData("description")]
    public async Task An_optional_field_in_the_mask_without_a_value_is_cleared(string field)
    {
        var known = await Full();
        var updated = await service.Update(known.Id, new(), field);

        var expected = new V1.VirtualServer(known);
        if (field == "ssl_offload") expected.SslOffload = false;
        else V1.VirtualServer.Descriptor.FindFieldByName(field).Accessor.Clear(expected);
        (expected.Version, expected.Etag, expected.UpdateTime) = (2, updated.Etag, updated.UpdateTime);
        Assert.Equal(expected, updated);
        Assert.Equal(expected, await service.Update(known.Id, new(), field));
        Assert.Equal(["virtual_server.created", "virtual_server.changed"], await service.EventTypes(known.Id));
    }

    [Theory]
    [InlineData("name", "name")]
    [InlineData("vip", "vip")]
    [InlineData("load_balancer_type", "load_balancer_type")]
    [InlineData("device", "device", "device_redundancy_group", "virtual_chassis", "cloud_service")]
    [InlineData("virtual_chassis", "device", "device_redundancy_group", "virtual_chassis", "cloud_service")]
    public async Task A_required_field_in_the_mask_without_a_value_is_rejected(string field, params string[] named)
    {
        var known = await Full();
        var refusal = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(known.Id, new(), field)),
            StatusCode.InvalidArgument,
            "FIELD_REQUIRED");
        Assert.Equal(named.Select(path => $"virtual_server.{path}"), refusal.Fields);
        Assert.Equal(known, await service.Get(known.Id));
    }

    [Fact]
    public async Task Enabled_in_the_mask_without_a_value_is_true()
    {
        var known = await service.Create(new(await TestInventory.Draft(service)) { Enabled = false });
        Assert.True((await service.Update(known.Id, new(), "enabled")).Enabled);
        Assert.Equal(2, (await service.Update(known.Id, new(), "enabled")).Version);
    }

    [Theory]
    [InlineData("prot")]
    [InlineData("Port")]
    [InlineData("sourceNatPool")]
    [InlineData("vip.name")]
    [InlineData("labels.stage")]
    [InlineData("labels['stage']")]
    [InlineData("virtual_server.port")]
    [InlineData("placement")]
    [InlineData("**")]
    [InlineData("")]
    [InlineData(" port")]
    [InlineData("port\0")]
    public async Task An_unknown_or_nested_path_is_rejected_and_nothing_is_changed(string path)
    {
        var known = await TestInventory.Create(service);
        foreach (var mask in new string[][] { [path], ["description", path], ["*", path] })
        {
            var refusal = await Refusal.Of(
                service.VirtualServers.UpdateVirtualServerAsync(
                    ShortForms.Updating(known.Id, new(known) { Description = "changed" }, mask)),
                StatusCode.InvalidArgument,
                "FIELD_UNKNOWN");
            Assert.Equal(["update_mask"], refusal.Fields);
        }

        Assert.Equal(known, await service.Get(known.Id));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("version")]
    [InlineData("etag")]
    [InlineData("create_time")]
    [InlineData("update_time")]
    [InlineData("delete_time")]
    public async Task An_output_only_path_is_ignored(string path)
    {
        var known = await TestInventory.Create(service);
        var wanted = new V1.VirtualServer
        {
            Id = Guid.CreateVersion7().ToString(),
            Version = 77,
            Etag = "other",
            CreateTime = new(),
            UpdateTime = new(),
            DeleteTime = new(),
            Description = "changed",
        };
        Assert.Equal(known, await service.Update(known.Id, wanted, path));

        var updated = await service.Update(known.Id, wanted, path, "description");
        Assert.Equal(new(known) { Description = "changed", Version = 2, Etag = updated.Etag, UpdateTime = updated.UpdateTime }, updated);
    }

    [Fact]
    public async Task A_repeated_path_counts_once()
    {
        var known = await TestInventory.Create(service);
        Assert.Equal(2, (await service.Update(known.Id, new() { Port = 1 }, "port", "port")).Version);
    }

    [Fact]
    public async Task Case_7_a_rename_keeps_id_references_and_history()
    {
        var known = await Full();
        var name = TestInventory.Unique("renamed");
        var renamed = await service.Update(known.Id, new() { Name = $" {name} " });

        Assert.Equal(new(known) { Name = name, Version = 2, Etag = renamed.Etag, UpdateTime = renamed.UpdateTime }, renamed);
        Assert.Equal(renamed, (await service.VirtualServers.GetVirtualServerAsync(new() { Name = name })).VirtualServer);
        await Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Name = known.Name }), StatusCode.NotFound, "NOT_FOUND");
        var history = await service.History(known.Id);
        Assert.Equal(["virtual_server.created", "virtual_server.changed"], history.Select(happened => happened.Type));
        Assert.Equal(["name"], history[1].Facets);
        Assert.Equal(known.Name, (await TestInventory.Create(service, known.Name)).Name);
    }

    [Fact]
    public async Task Case_7_a_rename_to_a_taken_name_is_rejected_naming_its_holder()
    {
        var (known, holder) = (await TestInventory.Create(service), await TestInventory.Create(service));
        var refusal = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(new() { Name = known.Name, VirtualServer = new() { Name = holder.Name } }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
        Assert.Equal((holder.Id, holder.Name), (refusal.Clash!.ResourceName, refusal.Clash.Description));
        Assert.Equal(["virtual_server.name"], refusal.Fields);
        Assert.Equal(known, await service.Get(known.Id));
        Assert.Equal(1, await service.Events(known.Id));
    }

    [Fact]
    public async Task An_update_by_name_uses_the_current_name_and_names_can_be_swapped()
    {
        var (a, b) = (await TestInventory.Create(service), await TestInventory.Create(service));
        await service.VirtualServers.UpdateVirtualServerAsync(new() { Name = a.Name, VirtualServer = new() { Name = "between" } });
        await service.VirtualServers.UpdateVirtualServerAsync(new() { Name = b.Name, VirtualServer = new() { Name = a.Name } });
        await service.VirtualServers.UpdateVirtualServerAsync(new() { Name = "between", VirtualServer = new() { Name = b.Name } });
        Assert.Equal((b.Name, a.Name), ((await service.Get(a.Id)).Name, (await service.Get(b.Id)).Name));
    }

    [Fact]
    public async Task Case_10_a_move_through_all_four_placements_is_one_event_each_and_clears_the_former()
    {
        var known = await TestInventory.Create(service);
        var moves = new (string Field, string Name)[]
        {
            ("device_redundancy_group", "pair-1"),
            ("cloud_service", "cloud-1"),
            ("virtual_chassis", "chassis-1"),
            ("device", "lb-2"),
            ("device", "lb-1"),
        };
        foreach (var (move, index) in moves.Select((move, index) => (move, index)))
        {
            var wanted = new V1.VirtualServer();
            V1.VirtualServer.Descriptor.FindFieldByName(move.Field).Accessor.SetValue(wanted, new Reference { Name = move.Name });
            // With every form of mask: none, the new field, a former field, all placements.
            var moved = index switch
            {
                0 => await service.Update(known.Id, wanted),
                1 => await service.Update(known.Id, wanted, move.Field),
                2 => await service.Update(known.Id, wanted, "device"),
                _ => await service.Update(known.Id, wanted, Placements),
            };

            foreach (var placement in Placements)
            {
                var reference = (Reference?)V1.VirtualServer.Descriptor.FindFieldByName(placement).Accessor.GetValue(moved);
                Assert.Equal(placement == move.Field ? move.Name : null, reference?.Name);
            }

            Assert.Equal(moved, await service.Get(known.Id));
            Assert.Equal(index + 2, moved.Version);
            Assert.Equal(moved, await service.Update(known.Id, wanted));
        }

        var history = await service.History(known.Id);
        Assert.Equal(moves.Length + 1, history.Count);
        Assert.All(history.Skip(1), happened => Assert.Equal(["placement"], happened.Facets));
        Assert.Equal(
            1,
            await service.Scalar<long>(
                $"select count(*) from registry.uses where source = '{known.Id}' and field not in ('vip', 'load_balancer_pool')"
                + " and valid_until = 'infinity'"));
    }

    [Fact]
    public async Task Case_11_prefix_and_type_are_cleared_in_one_update_and_the_rest_stays()
    {
        var known = await Full();
        var updated = await service.Update(known.Id, new() { Description = "not in the mask" }, "source_nat_pool", "source_nat_type");

        var expected = new V1.VirtualServer(known)
        {
            SourceNatPool = null,
            SourceNatType = SourceNatType.Unspecified,
            Version = 2,
            Etag = updated.Etag,
            UpdateTime = updated.UpdateTime,
        };
        Assert.Equal(expected, updated);
        Assert.Equal(["sourceNat"], (await service.History(known.Id))[1].Facets);
    }

    [Fact]
    public async Task Case_13_the_same_certificates_store_no_event_and_another_set_stores_one()
    {
        var known = await Full();
        var certificates = known.CertificateProfiles.ToList();
        Assert.Equal(
            known,
            await service.Update(known.Id, new()
            {
                CertificateProfiles = { certificates[1], certificates[0], certificates[1], new Reference { Name = certificates[0].Name } },
            }));

        var third = await service.Add(Kind.CertificateProfile, "certificate");
        var replaced = await service.Update(known.Id, new() { CertificateProfiles = { third, certificates[0] } });
        Assert.Equal(2, replaced.Version);
        Assert.Equal(new HashSet<Reference> { third, certificates[0] }, replaced.CertificateProfiles.ToHashSet());
        Assert.Equal(["tls"], (await service.History(known.Id))[1].Facets);
        Assert.Equal(
            2,
            await service.Scalar<long>(
                $"select count(*) from registry.uses where source = '{known.Id}' and field = 'certificate_profiles'"
                + " and valid_until = 'infinity'"));
    }

    [Fact]
    public async Task Case_17_a_taken_listener_is_rejected_and_a_free_one_is_accepted()
    {
        var holder = await TestInventory.Create(service);
        var known = await service.Create(new(holder) { Id = "", Name = TestInventory.Unique("web"), Port = 8443 });
        var elsewhere = await TestInventory.Create(service);

        var port = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(known.Id, new() { Port = 443 })),
            StatusCode.AlreadyExists,
            "LISTENER_TAKEN");
        var vip = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(
                ShortForms.Updating(elsewhere.Id, new() { Vip = new() { Name = holder.Vip.Name } })),
            StatusCode.AlreadyExists,
            "LISTENER_TAKEN");
        Assert.Equal(["virtual_server.port"], port.Fields);
        Assert.Equal(["virtual_server.vip"], vip.Fields);
        Assert.All([port, vip], refusal =>
            Assert.Equal((holder.Id, holder.Name), (refusal.Clash!.ResourceName, refusal.Clash.Description)));
        Assert.Equal((1, 1), (await service.Events(known.Id), await service.Events(elsewhere.Id)));

        await service.Update(known.Id, new() { Protocol = Protocol.Tcp });
        Assert.Equal(443, (await service.Update(known.Id, new() { Port = 443 })).Port);
        var protocol = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(known.Id, new() { Protocol = Protocol.Https }, "protocol")),
            StatusCode.AlreadyExists,
            "LISTENER_TAKEN");
        Assert.Equal(holder.Id, protocol.Clash!.ResourceName);
        await service.Update(known.Id, new(), "protocol");
        var unset = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(holder.Id, new(), "protocol")),
            StatusCode.AlreadyExists,
            "LISTENER_TAKEN");
        Assert.Equal(known.Id, unset.Clash!.ResourceName);
    }

    [Fact]
    public async Task Case_19_writing_back_a_read_with_every_field_in_the_mask_changes_nothing()
    {
        var known = await Full();
        Assert.Equal(known, await service.Update(known.Id, known, "*"));
        Assert.Equal(known, await service.Update(known.Id, known));
        Assert.Equal(
            known,
            await service.Update(
                known.Id,
                known,
                [.. V1.VirtualServer.Descriptor.Fields.InDeclarationOrder().Select(field => field.Name)]));
        Assert.Equal(1, await service.Events(known.Id));
    }

    [Fact]
    public async Task An_update_of_many_fields_is_one_event()
    {
        var known = await TestInventory.Create(service);
        var wanted = new V1.VirtualServer(await Full())
        {
            Name = TestInventory.Unique("changed"),
            Vip = new() { Name = await TestInventory.NewAddress(service) },
            LoadBalancerType = LoadBalancerType.Dns,
            VirtualChassis = new() { Name = "chassis-1" },
        };
        var updated = await service.Update(known.Id, wanted, "*");

        var history = await service.History(known.Id);
        Assert.Equal((2, 2), (history.Count, updated.Version));
        Assert.Equal(
            [
                "description", "enabled", "healthCheckMonitor", "labels", "listener", "loadBalancerPool", "loadBalancerType", "name",
                "placement", "sourceNat", "tenant", "tls",
            ],
            history[1].Facets);
    }

    [Fact]
    public async Task An_update_of_enabled_alone_stores_an_enabled_or_disabled_event()
    {
        var known = await TestInventory.Create(service);
        await service.Update(known.Id, new() { Enabled = false });
        await service.Update(known.Id, new(known) { Enabled = true }, "*");
        Assert.Equal(["virtual_server.created", "virtual_server.disabled", "virtual_server.enabled"], await service.EventTypes(known.Id));
    }

    [Fact]
    public async Task A_missing_virtual_server_cannot_be_updated()
    {
        var deleted = await TestInventory.Create(service);
        await service.Delete(deleted.Id);
        foreach (var request in new UpdateVirtualServerRequest[]
        {
            new() { Id = deleted.Id },
            new() { Name = deleted.Name },
            new() { Name = "nobody" },
            new() { Id = Guid.CreateVersion7().ToString() },
            new() { Id = deleted.Device.Id },
        })
        {
            request.VirtualServer = new() { Port = 1 };
            await Refusal.Of(service.VirtualServers.UpdateVirtualServerAsync(request), StatusCode.NotFound, "NOT_FOUND");
        }
    }

    [Fact]
    public async Task Case_5_unknown_references_are_rejected_and_nothing_is_changed()
    {
        var known = await Full();
        var unknown = new Reference { Name = "nowhere" };
        var wanted = new V1.VirtualServer
        {
            Vip = new() { Name = "192.0.2.99" },
            CloudService = unknown,
            SourceNatPool = new() { Name = "192.0.2.99/32" },
            Tenant = unknown,
            HealthCheckMonitor = unknown,
            LoadBalancerPool = unknown,
            CertificateProfiles = { known.CertificateProfiles[0], unknown },
            Description = "changed",
        };
        var refusal = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(known.Id, wanted)),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");
        Assert.Equal(
            [
                "virtual_server.certificate_profiles[1]", "virtual_server.cloud_service", "virtual_server.health_check_monitor",
                "virtual_server.load_balancer_pool", "virtual_server.source_nat_pool", "virtual_server.tenant", "virtual_server.vip",
            ],
            refusal.Fields.Order(StringComparer.Ordinal));
        Assert.Equal(known, await service.Get(known.Id));
    }

    // A virtual server that has a value in every field.
    private async Task<V1.VirtualServer> Full()
    {
        var draft = await TestInventory.Draft(service);
        draft.SourceNatPool = new()
        {
            Id = (await service.Upsert(new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } })).Id,
        };
        draft.SourceNatType = SourceNatType.Pool;
        draft.Device = new() { Id = (await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } })).Id };
        draft.Enabled = false;
        draft.SslOffload = true;
        draft.Tenant = new() { Id = (await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } })).Id };
        draft.HealthCheckMonitor = await service.Add(Kind.HealthCheckMonitor, "monitor");
        draft.CertificateProfiles.Add(
            [await service.Add(Kind.CertificateProfile, "certificate"), await service.Add(Kind.CertificateProfile, "certificate")]);
        draft.LoadBalancerPool = await service.Add(Kind.LoadBalancerPool, "backends");
        draft.Labels.Add(new Dictionary<string, string> { ["stage"] = "test", ["number"] = TestInventory.Unique("label") });
        draft.Description = TestInventory.Unique("Some text");
        return await service.Create(draft);
    }

    private static void CopyField(V1.VirtualServer from, V1.VirtualServer to, string field)
    {
        var accessor = V1.VirtualServer.Descriptor.FindFieldByName(field).Accessor;
        switch (accessor.GetValue(to))
        {
            case MapField<string, string> labels: labels.Clear(); labels.Add(from.Labels); break;
            case RepeatedField<Reference> references: references.Clear(); references.Add(from.CertificateProfiles); break;
            default: accessor.SetValue(to, accessor.GetValue(from)); break;
        }
    }
}
