using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>CreateVirtualServer: fields are stored and returned, and invalid creates are rejected.</summary>
public sealed class CreateTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Case_1_a_name_a_vip_a_type_and_a_device_are_enough()
    {
        var address = await TestInventory.NewAddress(service);
        var created = await service.Create(new()
        {
            Name = "minimal",
            Vip = new() { Name = address },
            LoadBalancerType = LoadBalancerType.Layer4,
            Device = new() { Name = "lb-1" },
        });

        Assert.Equal(("minimal", LoadBalancerType.Layer4, 1), (created.Name, created.LoadBalancerType, created.Version));
        Assert.Equal((true, true, false), (created.HasEnabled, created.Enabled, created.SslOffload));
        Assert.Equal((false, Protocol.Unspecified), (created.HasPort, created.Protocol));
        Assert.Equal((address, "lb-1"), (created.Vip.Name, created.Device.Name));
        Assert.True(Guid.TryParse(created.Vip.Id, out _) && Guid.TryParse(created.Device.Id, out _));
        Assert.Equal(7, Guid.Parse(created.Id).Version);
        Assert.NotEmpty(created.Etag);
        Assert.Equal(created.CreateTime, created.UpdateTime);
        Assert.Null(created.DeleteTime);
        Assert.Equal(created, (await service.Get(created.Id)).Having(ConditionType.PoolUnset));
        Assert.Equal(["virtual_server.created"], await service.EventTypes(created.Id));
    }

    [Fact]
    public async Task Every_field_is_stored_and_returned()
    {
        var asked = await TestInventory.Draft(service);
        asked.SourceNatPool = new() { Name = "192.0.2.0/24" };
        asked.SourceNatType = SourceNatType.Pool;
        asked.Enabled = false;
        asked.SslOffload = true;
        asked.Tenant = new() { Name = "acme" };
        asked.HealthCheckMonitor = await service.Add(Kind.HealthCheckMonitor, "monitor");
        Reference[] certificates =
        [
            await service.Add(Kind.CertificateProfile, "certificate"),
            await service.Add(Kind.CertificateProfile, "certificate"),
        ];
        asked.CertificateProfiles.Add(certificates.OrderBy(certificate => certificate.Id, StringComparer.Ordinal));
        asked.LoadBalancerPool = await service.Add(Kind.LoadBalancerPool, "backends");
        asked.Labels.Add(new Dictionary<string, string> { ["team"] = "edge", ["empty"] = "" });
        asked.Description = "Line one\n\tand two, with ünïcödé 🙂";
        var created = await service.Create(asked);

        var expected = new V1.VirtualServer(asked)
        {
            Id = created.Id, Version = 1, Etag = created.Etag, CreateTime = created.CreateTime, UpdateTime = created.UpdateTime,
            Vip = new() { Id = created.Vip.Id, Name = asked.Vip.Name, Namespace = "Global" },
            SourceNatPool = new() { Id = created.SourceNatPool.Id, Name = "192.0.2.0/24", Namespace = "Global" },
            Tenant = new() { Id = created.Tenant.Id, Name = "acme" },
            Device = new() { Id = created.Device.Id, Name = "lb-1" },
        };
        Assert.Equal(expected, created);
        Assert.Equal(expected, await service.Get(created.Id));
    }

    [Fact]
    public async Task Output_only_fields_are_ignored()
    {
        var asked = await TestInventory.Draft(service);
        (asked.Version, asked.Etag) = (99, "other");
        asked.CreateTime = asked.UpdateTime = asked.DeleteTime = new() { Seconds = 1 };
        var created = await service.Create(asked);

        Assert.Equal(1, created.Version);
        Assert.NotEqual("other", created.Etag);
        Assert.True(created.CreateTime.Seconds > 1 && created.UpdateTime.Seconds > 1);
        Assert.Null(created.DeleteTime);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t \n")]
    [InlineData("\u00A0\u2003")]
    public async Task Case_2_a_blank_name_is_missing(string name)
    {
        var draft = await TestInventory.Draft(service);
        draft.Name = name;

        var refusal = await Refusal.Of(Creating(draft), StatusCode.InvalidArgument, "FIELD_REQUIRED");
        Assert.Equal(["virtual_server.name"], refusal.Fields);
    }

    [Theory]
    [InlineData("n")]
    [InlineData("ü")]
    [InlineData("\U0001F642")]
    public async Task Case_2_a_name_has_up_to_255_characters_of_any_kind(string character)
    {
        var name = string.Concat(Enumerable.Repeat(character, 255));
        var created = await TestInventory.Create(service, $" {name}\u2003");
        Assert.Equal(name, created.Name);
        Assert.Equal(created, (await service.VirtualServers.GetVirtualServerAsync(new() { Name = name })).VirtualServer);

        var refusal = await Refusal.Of(
            Creating(await TestInventory.Draft(service, name + character)),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(["virtual_server.name"], refusal.Fields);
    }

    [Fact]
    public async Task Case_3_a_live_name_is_taken_naming_its_holder_and_free_again_after_a_delete()
    {
        var holder = await TestInventory.Create(service);
        var again = await TestInventory.Draft(service, $"  {holder.Name} ");

        var refusal = await Refusal.Of(Creating(again), StatusCode.AlreadyExists, "NAME_TAKEN");
        Assert.Equal(["virtual_server.name"], refusal.Fields);
        Assert.Equal(
            ("virtual server", holder.Id, holder.Name),
            (refusal.Clash!.ResourceType, refusal.Clash.ResourceName, refusal.Clash.Description));
        Assert.Contains(holder.Id, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(holder.Id, refusal.Info.Metadata["id"]);

        await service.Delete(holder.Id);
        var created = await service.Create(again);
        Assert.Equal(holder.Name, created.Name);
        Assert.NotEqual(holder.Id, created.Id);
    }

    [Fact]
    public async Task Names_are_compared_exactly_in_NFC()
    {
        var name = TestInventory.Unique("Straße");
        foreach (var other in new[]
        {
            name,
            name.ToUpperInvariant(),
            name.ToLowerInvariant(),
            name.Replace("ß", "ss", StringComparison.Ordinal),
            name.Replace("a", "á", StringComparison.Ordinal),
        })
            Assert.Equal(other, (await TestInventory.Create(service, other)).Name);
        await Refusal.Of(
            Creating(await TestInventory.Draft(service, name.Replace("a", "a\u0301", StringComparison.Ordinal))),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
    }

    [Fact]
    public async Task Case_4_all_missing_fields_are_listed_in_one_answer()
    {
        string[] missing =
        [
            "virtual_server.cloud_service", "virtual_server.device", "virtual_server.device_redundancy_group",
            "virtual_server.load_balancer_type", "virtual_server.name", "virtual_server.vip", "virtual_server.virtual_chassis",
        ];
        foreach (var request in new CreateVirtualServerRequest[] { new(), new() { VirtualServer = new() } })
        {
            var refusal = await Refusal.Of(
                service.VirtualServers.CreateVirtualServerAsync(request),
                StatusCode.InvalidArgument,
                "FIELD_REQUIRED");
            Assert.Equal(missing, refusal.Fields.Order(StringComparer.Ordinal));
            Assert.All(refusal.Reasons, reason => Assert.Equal("FIELD_REQUIRED", reason));
        }
    }

    [Fact]
    public async Task Case_5_unknown_references_are_rejected_all_at_once_and_nothing_is_stored()
    {
        var nowhere = Guid.CreateVersion7().ToString();
        foreach (var unknown in new Reference[]
        {
            new() { Id = nowhere },
            new() { Name = "nowhere" },
            new() { Id = nowhere, Name = "nowhere" },
        })
        {
            var draft = Referring(unknown);
            draft.Device = unknown;
            if (unknown.Name.Length > 0)
            {
                draft.Vip = new(unknown) { Name = "192.0.2.99" };
                draft.SourceNatPool = new(unknown) { Name = "192.0.2.99/32" };
            }

            var before = await service.Everything();

            var refusal = await Refusal.Of(Creating(draft), StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND");
            string[] fields =
            [
                "virtual_server.certificate_profiles[0]", "virtual_server.device", "virtual_server.health_check_monitor",
                "virtual_server.load_balancer_pool", "virtual_server.source_nat_pool", "virtual_server.tenant", "virtual_server.vip",
            ];
            Assert.Equal(fields, refusal.Fields.Order(StringComparer.Ordinal));
            Assert.Equal(
                fields.Select(field => ("REFERENCE_NOT_FOUND", field)),
                refusal.Preconditions.OrderBy(state => state.Subject, StringComparer.Ordinal));
            Assert.Equal(before, await service.Everything());
        }
    }

    [Theory]
    [InlineData("device")]
    [InlineData("device_redundancy_group")]
    [InlineData("virtual_chassis")]
    [InlineData("cloud_service")]
    public async Task Case_5_a_reference_never_points_across_kinds(string placement)
    {
        var kinds = new Dictionary<string, string>
        {
            ["device"] = "pair-1",
            ["device_redundancy_group"] = "lb-1",
            ["virtual_chassis"] = "cloud-1",
            ["cloud_service"] = "chassis-1",
        };
        var other = kinds[placement];
        var id = await service.Scalar<Guid>($"select id from registry.directory where name = '{other}'");
        foreach (var wrong in new Reference[]
        {
            new() { Name = other },
            new() { Id = id.ToString() },
            new() { Id = id.ToString(), Name = other },
        })
        {
            var draft = Referring(wrong);
            // The name of another kind is no address, which is malformed.
            if (wrong.Name.Length > 0) (draft.Vip, draft.SourceNatPool) = (new() { Id = wrong.Id }, new() { Id = wrong.Id });
            if (wrong.Id.Length == 0) (draft.Vip, draft.SourceNatPool) = (new() { Name = "192.0.2.99" }, new() { Name = "192.0.2.99/32" });
            V1.VirtualServer.Descriptor.FindFieldByName(placement).Accessor.SetValue(draft, wrong);
            var refusal = await Refusal.Of(Creating(draft), StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND");
            Assert.Contains($"virtual_server.{placement}", refusal.Fields);
            Assert.Equal(7, refusal.Fields.Length);
        }
    }

    [Fact]
    public async Task A_reference_is_an_id_or_a_name_or_both_and_both_are_answered()
    {
        var first = await TestInventory.Create(service);
        foreach (var device in new Reference[]
        {
            new() { Id = first.Device.Id },
            new() { Name = "lb-1" },
            first.Device,
            new() { Id = first.Device.Id.ToUpperInvariant() },
        })
        {
            var draft = await TestInventory.Draft(service);
            draft.Device = device;
            Assert.Equal(first.Device, (await service.Create(draft)).Device);
        }
    }

    [Theory]
    [InlineData("2001:DB8:0:0::10")]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0010")]
    [InlineData("2001:db8::0.0.0.16")]
    public async Task An_address_is_found_in_any_valid_spelling(string spelling)
    {
        var draft = await TestInventory.Draft(service);
        (draft.Vip, draft.Description) = (new() { Name = spelling }, spelling);
        (draft.Port, draft.Protocol) = (spelling.Length, Protocol.Any);
        Assert.Equal("2001:db8::10", (await service.Create(draft)).Vip.Name);
    }

    [Fact]
    public async Task An_id_and_a_name_that_disagree_are_rejected()
    {
        var other = await service.Scalar<Guid>("select id from registry.directory where name = 'lb-2'");
        var draft = await TestInventory.Draft(service);
        draft.Device.Id = other.ToString();

        var refusal = await Refusal.Of(Creating(draft), StatusCode.FailedPrecondition, "REFERENCE_MISMATCH");
        Assert.Equal(["virtual_server.device"], refusal.Fields);
        Assert.Equal(("device", "lb-2"), (refusal.Clash!.ResourceType, refusal.Clash.Description));
        Assert.Equal([("REFERENCE_MISMATCH", other.ToString())], refusal.Preconditions);
    }

    [Fact]
    public async Task Case_6_a_repeated_create_with_a_given_id_returns_the_same_answer_and_stores_one_event()
    {
        var draft = await TestInventory.Draft(service);
        draft.Id = Guid.CreateVersion7().ToString();
        var first = await service.Create(draft);
        Assert.Equal(draft.Id, first.Id);

        Assert.Equal(first, await service.Create(draft));
        Assert.Equal(
            first,
            await service.Create(new(draft)
            {
                Id = draft.Id.ToUpperInvariant(),
                Name = $" {draft.Name} ",
                Device = first.Device,
                Enabled = true,
                Version = 9,
            }));
        Assert.Equal(1, await service.Events(first.Id));
    }

    [Fact]
    public async Task Case_6_other_content_under_the_same_id_is_rejected_naming_its_holder()
    {
        var known = await TestInventory.Create(service);
        var other = await TestInventory.Draft(service);
        other.Id = known.Id;

        var refusal = await Refusal.Of(Creating(other), StatusCode.AlreadyExists, "ID_TAKEN");
        Assert.Equal(["virtual_server.id"], refusal.Fields);
        Assert.Equal((known.Id, known.Name), (refusal.Clash?.ResourceName, refusal.Clash?.Description));
        Assert.Equal(known, await service.Get(known.Id));

        await service.Delete(known.Id);
        await Refusal.Of(Creating(other), StatusCode.AlreadyExists, "ID_TAKEN");
    }

    [Fact]
    public async Task Case_6_the_id_of_an_object_of_another_kind_is_taken()
    {
        var draft = await TestInventory.Draft(service);
        draft.Id = (await service.Scalar<Guid>("select id from registry.directory where name = 'acme'")).ToString();

        var refusal = await Refusal.Of(Creating(draft), StatusCode.AlreadyExists, "ID_TAKEN");
        Assert.Equal(("tenant", "acme"), (refusal.Clash!.ResourceType, refusal.Clash.Description));
    }

    [Fact]
    public async Task Case_6_of_twenty_concurrent_creates_of_one_id_and_content_all_get_the_same_answer()
    {
        var draft = await TestInventory.Draft(service);
        draft.Id = Guid.CreateVersion7().ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.Create(draft)));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, await service.Events(draft.Id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    public async Task Case_8_ports_go_from_0_to_65535(int port)
    {
        var draft = await TestInventory.Draft(service);
        draft.Port = port;
        var created = await service.Create(draft);
        Assert.Equal((true, port), (created.HasPort, created.Port));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public async Task Case_8_other_ports_are_rejected(int port)
    {
        var draft = await TestInventory.Draft(service);
        draft.Port = port;
        var refusal = await Refusal.Of(Creating(draft), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["virtual_server.port"], refusal.Fields);
    }

    [Fact]
    public async Task Case_8_port_and_protocol_may_be_left_out()
    {
        var draft = await TestInventory.Draft(service);
        draft.ClearPort();
        draft.Protocol = Protocol.Unspecified;
        var created = await service.Create(draft);
        Assert.Equal((false, Protocol.Unspecified), (created.HasPort, created.Protocol));
    }

    [Fact]
    public async Task Case_9_all_eleven_protocols_are_stored_and_returned()
    {
        var draft = await TestInventory.Draft(service);
        var protocols = Enum.GetValues<Protocol>().Except([Protocol.Unspecified]).ToList();
        Assert.Equal(11, protocols.Count);
        foreach (var protocol in protocols)
            Assert.Equal(protocol, (await service.Create(new(draft) { Name = TestInventory.Unique("web"), Protocol = protocol })).Protocol);
    }

    [Theory]
    [InlineData(LoadBalancerType.Layer4, Protocol.Any, 7777)]
    [InlineData(LoadBalancerType.Layer2, Protocol.Any, null)]
    [InlineData(LoadBalancerType.Layer7, Protocol.Tcp, 8080)]
    [InlineData(LoadBalancerType.Dns, Protocol.Dns, null)]
    public async Task Case_9_types_and_protocols_can_be_combined(LoadBalancerType type, Protocol protocol, int? port)
    {
        var draft = await TestInventory.Draft(service);
        (draft.LoadBalancerType, draft.Protocol) = (type, protocol);
        if (port is { } given) draft.Port = given;
        else draft.ClearPort();

        var created = await service.Create(draft);
        Assert.Equal((type, protocol, port), (created.LoadBalancerType, created.Protocol, created.HasPort ? created.Port : null));
    }

    [Theory]
    [InlineData(SourceNatType.Pool, true)]
    [InlineData(SourceNatType.Static, true)]
    [InlineData(SourceNatType.Auto, false)]
    [InlineData(SourceNatType.Pool, false)]
    [InlineData(SourceNatType.Unspecified, true)]
    public async Task Case_11_source_nat_types_are_accepted_with_and_without_a_prefix(SourceNatType type, bool prefix)
    {
        var draft = await TestInventory.Draft(service);
        (draft.SourceNatType, draft.SourceNatPool) = (type, prefix ? new() { Name = "192.0.2.0/24" } : null);

        var created = await service.Create(draft);
        Assert.Equal((type, prefix ? "192.0.2.0/24" : null), (created.SourceNatType, created.SourceNatPool?.Name));
    }

    [Fact]
    public async Task Case_12_ssl_offload_and_certificates_are_independent()
    {
        var offloading = await TestInventory.Draft(service);
        offloading.SslOffload = true;
        Assert.True((await service.Create(offloading)).SslOffload);

        var certified = await TestInventory.Draft(service);
        certified.CertificateProfiles.Add(await service.Add(Kind.CertificateProfile, "certificate"));
        var created = await service.Create(certified);
        Assert.Equal((false, certified.CertificateProfiles), (created.SslOffload, created.CertificateProfiles));
    }

    [Fact]
    public async Task Case_14_neither_pool_nor_certificates_are_required()
    {
        var draft = await TestInventory.Draft(service);
        draft.LoadBalancerPool = null;
        var created = await service.Create(draft);
        Assert.Null(created.LoadBalancerPool);
        Assert.Empty(created.CertificateProfiles);
    }

    [Fact]
    public async Task Case_15_another_port_or_protocol_of_one_vip_is_another_listener()
    {
        var draft = await TestInventory.Draft(service);
        foreach (var (port, protocol) in new (int?, Protocol)[]
        {
            (80, Protocol.Tcp), (443, Protocol.Https), (53, Protocol.Tcp), (53, Protocol.Udp), (0, Protocol.Tcp), (null, Protocol.Tcp),
            (0, Protocol.Unspecified), (null, Protocol.Unspecified), (null, Protocol.Any), (53, Protocol.Unspecified),
        })
        {
            var created = await service.Create(Listening(draft, port, protocol));
            var refusal = await Refusal.Of(Creating(Listening(draft, port, protocol)), StatusCode.AlreadyExists, "LISTENER_TAKEN");
            Assert.Equal(
                ("virtual server", created.Id, created.Name),
                (refusal.Clash!.ResourceType, refusal.Clash.ResourceName, refusal.Clash.Description));
            Assert.Equal(
                [
                    "virtual_server.vip",
                    .. port is null ? [] : new[] { "virtual_server.port" },
                    .. protocol is Protocol.Unspecified ? [] : new[] { "virtual_server.protocol" },
                ],
                refusal.Fields);
        }
    }

    [Fact]
    public async Task Case_15_a_listener_is_taken_even_if_its_holder_is_disabled_or_placed_elsewhere()
    {
        var holder = await TestInventory.Draft(service);
        holder.Enabled = false;
        var taken = await service.Create(holder);
        var other = new V1.VirtualServer(holder)
        {
            Name = TestInventory.Unique("web"),
            CloudService = new() { Name = "cloud-1" },
            Vip = new() { Id = taken.Vip.Id },
        };

        var refusal = await Refusal.Of(Creating(other), StatusCode.AlreadyExists, "LISTENER_TAKEN");
        Assert.Equal(taken.Id, refusal.Clash!.ResourceName);

        await service.Delete(taken.Id);
        await service.Create(other);
    }

    [Fact]
    public async Task Case_15_the_same_address_in_two_namespaces_is_two_addresses()
    {
        var draft = await TestInventory.Draft(service);
        var red = await service.Upsert(new() { IpAddress = new() { Address = draft.Vip.Name, Namespace = "Red" } });
        var global = await service.Upsert(new() { IpAddress = new() { Address = draft.Vip.Name } });

        var first = await service.Create(new(draft) { Vip = new() { Id = global.Id } });
        var second = await service.Create(new(draft) { Name = TestInventory.Unique("web"), Vip = new() { Id = red.Id } });
        Assert.Equal(first.Vip.Name, second.Vip.Name);
        Assert.NotEqual(first.Vip.Id, second.Vip.Id);
    }

    [Fact]
    public async Task Case_16_tcp_and_https_on_one_port_are_two_listeners()
    {
        var draft = await TestInventory.Draft(service);
        await service.Create(Listening(draft, 443, Protocol.Tcp));
        await service.Create(Listening(draft, 443, Protocol.Https));
    }

    [Fact]
    public async Task Certificates_are_a_set()
    {
        var (a, b) = (
            await service.Add(Kind.CertificateProfile, "certificate"),
            await service.Add(Kind.CertificateProfile, "certificate"));
        var draft = await TestInventory.Draft(service);
        draft.CertificateProfiles.Add([new() { Name = b.Name }, a, new() { Name = b.Name }, new() { Id = a.Id }, a]);

        var created = await service.Create(draft);
        Assert.Equal(new HashSet<Reference> { a, b }, created.CertificateProfiles.ToHashSet());
    }

    [Fact]
    public async Task Several_virtual_servers_may_share_one_pool()
    {
        var pool = await service.Add(Kind.LoadBalancerPool, "backends");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(
                pool,
                (await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = pool })).LoadBalancerPool);
        }
    }

    private AsyncUnaryCall<CreateVirtualServerResponse> Creating(V1.VirtualServer draft) =>
        service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft });

    private static V1.VirtualServer Listening(V1.VirtualServer draft, int? port, Protocol protocol)
    {
        var listening = new V1.VirtualServer(draft) { Name = TestInventory.Unique("web"), Protocol = protocol };
        if (port is { } given) listening.Port = given;
        else listening.ClearPort();
        return listening;
    }

    // With every reference except the placement.
    private static V1.VirtualServer Referring(Reference reference) => new()
    {
        Name = TestInventory.Unique("web"),
        Vip = reference,
        LoadBalancerType = LoadBalancerType.Layer4,
        SourceNatPool = reference,
        Tenant = reference,
        HealthCheckMonitor = reference,
        CertificateProfiles = { reference },
        LoadBalancerPool = reference,
    };
}
