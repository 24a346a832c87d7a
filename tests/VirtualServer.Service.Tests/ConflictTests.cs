using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.Service.Tests.Harness.ExpectedCondition;

namespace VirtualServers.Service.Tests;

/// <summary>
/// CONFLICTED and LISTENER_SHADOWED: two virtual servers that take the same traffic at the same placement name each other in the first read
/// after the command that caused it.
/// </summary>
public sealed class ConflictTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    // The transports of each protocol.
    private static readonly Dictionary<Protocol, string> Transports = new()
    {
        [Protocol.Unspecified] = "tcp udp sctp icmp",
        [Protocol.Tcp] = "tcp",
        [Protocol.Udp] = "udp",
        [Protocol.Icmp] = "icmp",
        [Protocol.Sctp] = "sctp",
        [Protocol.Http] = "tcp",
        [Protocol.Https] = "tcp",
        [Protocol.Http2] = "tcp",
        [Protocol.Grpc] = "tcp",
        [Protocol.Quic] = "udp",
        [Protocol.Dns] = "tcp udp",
        [Protocol.Any] = "tcp udp sctp icmp",
    };

    private static readonly Dictionary<string, Way> Ways = new()
    {
        ["another port"] = Updating(new() { Port = 8443 }, "port"),
        ["another protocol"] = Updating(new() { Protocol = Protocol.Udp }, "protocol"),
        ["another vip"] = new(
            async (service, one) => await service.Update(one.Id, new() { Vip = new() { Name = await TestInventory.NewAddress(service) } }),
            (service, one) => service.Update(one.Id, one, "vip")),
        ["another device"] = Updating(new() { Device = new() { Name = "lb-2" } }, "device"),
        ["a device redundancy group"] = Updating(new() { DeviceRedundancyGroup = new() { Name = "pair-1" } }, "device"),
        ["a virtual chassis"] = Updating(new() { VirtualChassis = new() { Name = "chassis-1" } }, "device"),
        ["a cloud service"] = Updating(new() { CloudService = new() { Name = "cloud-1" } }, "device"),
        ["an update that disables"] = Updating(new() { Enabled = false }, "enabled"),
        ["all at once"] =
            Updating(new() { Port = 0, Protocol = Protocol.Sctp, CloudService = new() { Name = "cloud-1" } }, "port", "protocol", "device"),
        ["disable"] = new(
            (service, one) => service.VirtualServers.DisableVirtualServerAsync(new() { Id = one.Id }).ResponseAsync,
            (service, one) => service.VirtualServers.EnableVirtualServerAsync(new() { Id = one.Id }).ResponseAsync),
        ["delete"] = new((service, one) => service.Delete(one.Id), (service, one) => service.Undelete(one.Id)) { Deletes = true },
    };

    private readonly TestService service = fixture.Service;

    public static TheoryData<string> WaysOut => [.. Ways.Keys];

    [Fact]
    public async Task Case_16_443_tcp_and_443_https_on_one_vip_and_device_are_conflicted_naming_each_other()
    {
        var (tcp, https) = await Pair();
        Assert.Equal((443, Protocol.Tcp, 443, Protocol.Https), (tcp.Port, tcp.Protocol, https.Port, https.Protocol));
        await service.ShowsConflict(tcp, https);
    }

    [Fact]
    public async Task Case_15_53_tcp_and_53_udp_on_one_vip_are_no_conflict_and_neither_are_two_ports()
    {
        var draft = await TestInventory.Draft(service);
        await service.ShowsNone(
            await Create(draft, 53, Protocol.Tcp),
            await Create(draft, 53, Protocol.Udp),
            await Create(draft, 80, Protocol.Tcp),
            await Create(draft, 443, Protocol.Https));
    }

    [Theory, MemberData(nameof(WaysOut))]
    public async Task Either_side_can_leave_and_reenter_a_conflict(string way)
    {
        var (tcp, https) = await Pair();
        foreach (var (moving, other) in new[] { (tcp, https), (https, tcp) })
        {
            await Leave(way, moving, other);
            await Ways[way].Back(service, moving);
            await service.ShowsConflict(moving, other);
        }
    }

    [Theory, MemberData(nameof(WaysOut))]
    public async Task Either_side_can_leave_and_reenter_a_shadow(string way)
    {
        var draft = await TestInventory.Draft(service);
        var (all, https) = (await Create(draft, 0, Protocol.Tcp), await Create(draft, 443, Protocol.Https));
        await service.ShowsShadow(all, https);
        foreach (var (moving, other) in new[] { (all, https), (https, all) })
        {
            // The listener of a given port takes any other port without leaving.
            if (way == "another port" && moving == https) continue;
            await Leave(way, moving, other);
            await Ways[way].Back(service, moving);
            await service.ShowsShadow(moving, other);
        }
    }

    [Fact]
    public async Task Another_port_turns_a_conflict_into_a_shadow_and_back()
    {
        var (tcp, https) = await Pair();
        foreach (var (moving, other) in new[] { (tcp, https), (https, tcp) })
        {
            await service.Update(moving.Id, new() { Port = 0 });
            await service.ShowsShadow(moving, other);
            await service.Update(moving.Id, new() { Port = 443 });
            await service.ShowsConflict(moving, other);
        }
    }

    [Fact]
    public async Task A_disabled_virtual_server_is_in_no_conflict_until_it_is_enabled_again()
    {
        var (tcp, https) = await Pair();
        foreach (var one in new[] { tcp, https }) await service.VirtualServers.DisableVirtualServerAsync(new() { Id = one.Id });
        await service.ShowsNone(tcp, https);

        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = tcp.Id });
        await service.ShowsNone(tcp, https);

        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = https.Id });
        await service.ShowsConflict(tcp, https);
    }

    [Fact]
    public async Task Two_virtual_servers_conflict_again_after_both_move()
    {
        var (tcp, https) = await Pair();
        var vip = new Reference { Name = await TestInventory.NewAddress(service) };
        await service.Update(tcp.Id, new() { Vip = vip, CloudService = new() { Name = "cloud-1" } });
        await service.Update(https.Id, new() { Vip = vip });
        await service.ShowsNone(tcp, https);

        await service.Update(https.Id, new() { CloudService = new() { Name = "cloud-1" } });
        await service.ShowsConflict(tcp, https);
    }

    [Fact]
    public async Task A_conflict_names_the_other_by_its_current_name()
    {
        var (tcp, https) = await Pair();
        https = await service.Update(https.Id, new() { Name = TestInventory.Unique("renamed") });
        await service.ShowsConflict(tcp, https);
    }

    [Fact]
    public async Task Protocols_conflict_when_they_share_a_transport_and_the_first_ten_others_by_name_are_listed()
    {
        // Their names are in the reverse order of their ids.
        var draft = await TestInventory.Draft(service);
        var all = new List<V1.VirtualServer>();
        foreach (var protocol in Transports.Keys)
        {
            draft.Name = $"{(char)('z' - all.Count)} {draft.Vip.Name}";
            all.Add(await service.Create(Listening(draft, 5000, protocol)));
        }

        foreach (var one in all)
        {
            var others = all.Where(other => other != one && Overlap(one.Protocol, other.Protocol))
                .OrderBy(other => other.Name, StringComparer.Ordinal).ToList();
            Assert.Equal(one.Protocol is Protocol.Any or Protocol.Unspecified, others.Count == 11);
            List<ExpectedCondition> expected = [Conflict(others.Take(10)) with { Count = others.Count }];
            if (one.Protocol is Protocol.Icmp) expected.Add(new(ConditionType.PortIgnored));
            await service.Shows(one, expected);
        }
    }

    [Fact]
    public async Task The_same_protocol_is_shadowed_on_port_0_and_on_a_given_port_and_never_conflicted()
    {
        foreach (var protocol in Transports.Keys)
        {
            var draft = await TestInventory.Draft(service);
            var (all, one) = (await Create(draft, 0, protocol), await Create(draft, 5000, protocol));
            ExpectedCondition[] ignored = protocol is Protocol.Icmp ? [new(ConditionType.PortIgnored)] : [];
            await service.Shows(all, [Shadow(one), .. ignored]);
            await service.Shows(one, [Shadow(all), .. ignored]);
        }
    }

    [Fact]
    public async Task Equal_ports_conflict_unset_and_0_are_equal_and_a_given_port_is_shadowed_by_any_port()
    {
        int?[] ports = [null, 0, 80, 81, 65535];
        foreach (var (a, b) in from a in ports from b in ports select (a, b))
        {
            var draft = await TestInventory.Draft(service);
            var (tcp, https) = (await Create(draft, a, Protocol.Tcp), await Create(draft, b, Protocol.Https));
            var (isAny, isOtherAny) = (a is null or 0, b is null or 0);
            foreach (var (one, other) in new[] { (tcp, https), (https, tcp) })
                await service.Shows(
                    one,
                    [
                        .. a == b || (isAny && isOtherAny) ? [Conflict(other)] : Array.Empty<ExpectedCondition>(),
                        .. isAny != isOtherAny ? [Shadow(other)] : Array.Empty<ExpectedCondition>(),
                        .. one.HasPort ? [] : new ExpectedCondition[] { new(ConditionType.PortUnset) },
                    ]);
        }
    }

    [Fact]
    public async Task A_conflict_and_a_listener_of_any_port_are_shown_on_all_three_each_naming_the_others()
    {
        var draft = await TestInventory.Draft(service);
        draft.Name = $"a {draft.Name}";
        var a = await service.Create(Listening(draft, 443, Protocol.Tcp));
        draft.Name = $"b {draft.Name}";
        var b = await service.Create(Listening(draft, 443, Protocol.Https));
        draft.Name = $"c {draft.Name}";
        var c = await service.Create(Listening(draft, 0, Protocol.Any));
        await service.Shows(a, Conflict(b), Shadow(c));
        await service.Shows(b, Conflict(a), Shadow(c));
        await service.Shows(c, Shadow(a, b));

        // One moves to a port where only the listener of all ports is.
        await service.Update(a.Id, new() { Port = 80 });
        await service.Shows(a, Shadow(c));
        await service.Shows(b, Shadow(c));
        await service.Shows(c, Shadow(a, b));

        // The other conflicts when it takes any port, too.
        await service.Update(b.Id, new() { Port = 0 });
        await service.Shows(a, Shadow(b, c));
        await service.Shows(b, Conflict(c), Shadow(a));
        await service.Shows(c, Conflict(b), Shadow(a));
        await service.Update(b.Id, new() { Port = 443 });

        await service.Delete(c.Id);
        await service.ShowsNone(a, b);
    }

    [Fact]
    public async Task The_same_vip_at_two_placements_is_no_conflict()
    {
        var draft = await TestInventory.Draft(service);
        await service.ShowsNone(
            await Create(draft, 443, Protocol.Tcp),
            await Create(new(draft) { Device = new() { Name = "lb-2" } }, 443, Protocol.Https),
            await Create(new(draft) { DeviceRedundancyGroup = new() { Name = "pair-1" } }, 443, Protocol.Http),
            await Create(new(draft) { VirtualChassis = new() { Name = "chassis-1" } }, 443, Protocol.Grpc),
            await Create(new(draft) { CloudService = new() { Name = "cloud-1" } }, 443, Protocol.Http2));
    }

    [Fact]
    public async Task The_same_address_text_in_another_namespace_is_no_conflict()
    {
        var draft = await TestInventory.Draft(service);
        var red = await service.Upsert(new() { IpAddress = new() { Address = draft.Vip.Name, Namespace = "red" } });
        var global = await service.Create(
            new(draft) { Vip = new() { Id = (await service.Upsert(new() { IpAddress = new() { Address = draft.Vip.Name } })).Id } });
        await service.ShowsNone(global, await Create(new(draft) { Vip = new() { Id = red.Id } }, 443, Protocol.Tcp));
    }

    [Fact]
    public async Task Case_17_rejected_and_validate_only_commands_do_not_change_conditions()
    {
        var (tcp, https) = await Pair();
        var fixing = ShortForms.Updating(tcp.Id, new() { Port = 80 });
        fixing.ValidateOnly = true;
        await service.VirtualServers.UpdateVirtualServerAsync(fixing);
        await service.ShowsConflict(tcp, https);

        await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(tcp.Id, new() { Protocol = Protocol.Https })),
            StatusCode.AlreadyExists,
            "LISTENER_TAKEN");
        await service.ShowsConflict(tcp, https);

        await service.VirtualServers.CreateVirtualServerAsync(new()
        {
            VirtualServer = Listening(new(await TestInventory.Draft(service)) { Vip = new() { Id = tcp.Vip.Id } }, 443, Protocol.Grpc),
            ValidateOnly = true,
        });
        await service.ShowsConflict(tcp, https);
    }

    [Fact]
    public async Task Unrelated_changes_keep_a_conflict()
    {
        var (tcp, https) = await Pair();
        await service.Update(tcp.Id, new() { Description = "changed", Tenant = new() { Name = "acme" } });
        await service.ShowsConflict(tcp, https);
    }

    private async Task Leave(string way, V1.VirtualServer moving, V1.VirtualServer other)
    {
        await Ways[way].Out(service, moving);
        await service.ShowsNone(other);
        if (Ways[way].Deletes)
            Assert.Empty((await service.Listed(showDeleted: true)).Single(listed => listed.Id == moving.Id).Conditions);
        else await service.ShowsNone(moving);
    }

    private async Task<(V1.VirtualServer Tcp, V1.VirtualServer Https)> Pair()
    {
        var draft = await TestInventory.Draft(service);
        return (await Create(draft, 443, Protocol.Tcp), await Create(draft, 443, Protocol.Https));
    }

    private Task<V1.VirtualServer> Create(V1.VirtualServer draft, int? port, Protocol protocol) =>
        service.Create(Listening(new(draft) { Name = TestInventory.Unique("web") }, port, protocol));

    private static V1.VirtualServer Listening(V1.VirtualServer draft, int? port, Protocol protocol)
    {
        var listening = new V1.VirtualServer(draft) { Protocol = protocol };
        if (port is { } given) listening.Port = given;
        else listening.ClearPort();
        return listening;
    }

    private static bool Overlap(Protocol a, Protocol b) => Transports[a].Split(' ').Intersect(Transports[b].Split(' ')).Any();

    private static Way Updating(V1.VirtualServer wanted, params string[] mask) =>
        new((service, one) => service.Update(one.Id, wanted, mask), (service, one) => service.Update(one.Id, one, mask));

    /// <summary>How one side leaves a conflict, and how it enters it again.</summary>
    private sealed record Way(Func<TestService, V1.VirtualServer, Task> Out, Func<TestService, V1.VirtualServer, Task> Back)
    {
        public bool Deletes { get; init; }
    }
}
