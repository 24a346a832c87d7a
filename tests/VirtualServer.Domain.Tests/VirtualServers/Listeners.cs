using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class Listeners
{
    [Theory, Trait("case", "8")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    public void Case_8_Ports_from_0_to_65535_are_accepted(int port) =>
        Given().When(new Create(AskedWeb with { Port = port })).Then(new Created(Web.On(port)));

    [Theory, Trait("case", "8")]
    [InlineData(-1)]
    [InlineData(65536)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Case_8_A_port_out_of_range_is_rejected(int port) =>
        Given().When(new Create(AskedWeb with { Port = port })).ThenRejected((FieldInvalid, Field.Port)).Saying("0 to 65535");

    [Fact, Trait("case", "8")]
    public void Case_8_Port_and_protocol_are_optional() =>
        Given().When(new Create(AskedWeb with { Port = null, Protocol = null })).Then(new Created(Web.On(null)));

    public static TheoryData<Protocol> Protocols => [.. Enum.GetValues<Protocol>()];

    [Theory, Trait("case", "9"), MemberData(nameof(Protocols))]
    public void Case_9_Every_protocol_is_accepted(Protocol protocol) =>
        Given().When(new Create(AskedWeb with { Protocol = protocol })).Then(new Created(Web.On(null, protocol)));

    [Fact, Trait("case", "9")]
    public void Case_9_The_protocols_are_the_eleven_of_the_seed() =>
        Assert.Equal(["Tcp", "Udp", "Icmp", "Sctp", "Http", "Https", "Http2", "Grpc", "Quic", "Dns", "Any"], Enum.GetNames<Protocol>());

    [Fact, Trait("case", "9")]
    public void Case_9_Protocol_ANY_accepts_a_port() =>
        Given().When(new Create(AskedWeb with { Port = 7777, Protocol = Protocol.Any })).Then(new Created(Web.On(7777, Protocol.Any)));

    [Theory, Trait("case", "9")]
    [InlineData(LoadBalancerType.Layer2, Protocol.Any)]
    [InlineData(LoadBalancerType.Layer7, Protocol.Tcp)]
    [InlineData(LoadBalancerType.Layer4, Protocol.Https)]
    [InlineData(LoadBalancerType.Dns, Protocol.Sctp)]
    public void Case_9_Every_type_accepts_every_protocol(LoadBalancerType type, Protocol protocol) =>
        Given().When(new Create(AskedWeb with { LoadBalancerType = type, Protocol = protocol }))
            .Then(new Created(Web.On(null, protocol) with { LoadBalancerType = type }));

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(-1)]
    public void An_unknown_protocol_is_rejected_and_not_treated_as_unset(int unknown) =>
        Given().When(new Create(AskedWeb with { Protocol = (Protocol)unknown })).ThenRejected((FieldInvalid, Field.Protocol))
            .Saying(unknown == 0 ? "is not set" : $"{unknown}");

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-1)]
    public void An_unknown_load_balancer_type_is_rejected(int unknown) =>
        Given().When(new Create(AskedWeb with { LoadBalancerType = (LoadBalancerType)unknown }))
            .ThenRejected((FieldInvalid, Field.LoadBalancerType));

    [Fact, Trait("case", "15")]
    public void Case_15_A_different_port_and_protocol_on_the_same_vip_is_a_different_listener() =>
        Given().Beside(Web.On(80, Protocol.Tcp) with { Name = "plain" })
            .When(new Create(AskedWeb with { Port = 443, Protocol = Protocol.Https })).Then(new Created(Web.On(443, Protocol.Https)));

    [Fact, Trait("case", "15")]
    public void Case_15_The_same_port_with_a_different_protocol_is_a_different_listener() =>
        Given().Beside(Web.On(53, Protocol.Tcp) with { Name = "dns-tcp" })
            .When(new Create(AskedWeb with { Port = 53, Protocol = Protocol.Udp })).Then(new Created(Web.On(53, Protocol.Udp)));

    [Fact, Trait("case", "15")]
    public void Case_15_A_taken_listener_is_rejected_and_the_holder_is_named() =>
        Given().Beside(Web.On(443, Protocol.Https) with { Name = "first" })
            .When(new Create(AskedWeb with { Port = 443, Protocol = Protocol.Https }))
            .ThenRejected((ListenerTaken, Field.Vip), (ListenerTaken, Field.Port), (ListenerTaken, Field.Protocol))
            .Naming("first").Saying("port 443", "protocol HTTPS");

    [Fact, Trait("case", "16")]
    public void Case_16_Overlapping_listeners_are_accepted() =>
        Given().Beside(Web.On(443, Protocol.Tcp) with { Name = "first" })
            .When(new Create(AskedWeb with { Port = 443, Protocol = Protocol.Https })).Then(new Created(Web.On(443, Protocol.Https)));

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, Protocol.Tcp)]
    [InlineData(0, null)]
    public void An_unset_port_or_protocol_is_a_value_of_its_own(int? port, Protocol? protocol) =>
        Given().Beside(Web.On(port, protocol) with { Name = "first" })
            .When(new Create(AskedWeb with { Port = port, Protocol = protocol }))
            .ThenRejected(
            [
                (ListenerTaken, Field.Vip),
                .. port is null ? [] : new[] { (ListenerTaken, Field.Port) },
                .. protocol is null ? [] : new[] { (ListenerTaken, Field.Protocol) },
            ]).Naming("first");

    [Fact]
    public void Unset_and_0_are_different_ports() =>
        Given().Beside(Web.On(0) with { Name = "first" }).When(new Create(AskedWeb with { Port = null })).Then(new Created(Web.On(null)));

    [Fact]
    public void Unset_and_ANY_are_different_protocols() =>
        Given().Beside(Web.On(80, Protocol.Any) with { Name = "first" }).When(new Create(AskedWeb with { Port = 80 }))
            .Then(new Created(Web.On(80)));

    [Fact]
    public void A_disabled_virtual_server_with_another_placement_holds_its_listener() =>
        Given().Beside(Web with { Name = "first", Enabled = false, Placement = The.Chassis.Placement })
            .When(new Create(AskedWeb)).ThenRejected((ListenerTaken, Field.Vip)).Naming("first");

    [Fact]
    public void The_same_address_text_in_two_namespaces_is_two_addresses() =>
        Given().Beside(Web with { Name = "first", Listener = new(The.RedVip.Id, null, null) })
            .When(new Create(AskedWeb with { Vip = The.BlueVip.ById }))
            .Then(new Created(Web with { Listener = new(The.BlueVip.Id, null, null) }));

    [Fact]
    public void A_listener_is_taken_in_any_notation_of_its_vip() =>
        Given().Beside(Web with { Name = "first", Listener = new(The.OtherVip.Id, null, null) })
            .When(new Create(AskedWeb with { Vip = new Reference(null, "2001:0DB8::0010") })).ThenRejected((ListenerTaken, Field.Vip))
            .Naming("first");

    [Fact, Trait("case", "17")]
    public void Case_17_A_port_change_to_a_free_listener_changes_only_the_listener() =>
        Given(new Created(Web.On(443, Protocol.Tcp))).When(new Configure(new() { Port = 8443 }))
            .Then(new Changed { Listener = new(new(The.Vip.Id, 443, Protocol.Tcp), new(The.Vip.Id, 8443, Protocol.Tcp)) });

    [Fact, Trait("case", "17")]
    public void Case_17_A_port_change_to_a_taken_listener_is_rejected() =>
        Given(new Created(Web.On(80, Protocol.Tcp))).Beside(Web.On(443, Protocol.Tcp) with { Name = "first" })
            .When(new Configure(new() { Port = 443 })).ThenRejected((ListenerTaken, Field.Port)).Naming("first");

    [Fact, Trait("case", "17")]
    public void Case_17_A_protocol_or_vip_change_to_a_taken_listener_is_rejected()
    {
        var beside = Given(new Created(Web.On(443, Protocol.Tcp)))
            .Beside(Web.On(443, Protocol.Https) with { Name = "same-vip" }, 2)
            .Beside(Web with { Name = "same-port", Listener = new(The.OtherVip.Id, 443, Protocol.Tcp) }, 3);
        beside.When(new Configure(new() { Protocol = Protocol.Https })).ThenRejected((ListenerTaken, Field.Protocol)).Naming("same-vip");
        beside.When(new Configure(new() { Vip = The.OtherVip.ByName })).ThenRejected((ListenerTaken, Field.Vip)).Naming("same-port");
    }

    [Fact]
    public void Clearing_the_port_is_rejected_if_the_listener_is_taken() =>
        Given(new Created(Web.On(443))).Beside(Web with { Name = "first" })
            .When(new Configure(new() { Port = null })).ThenRejected((ListenerTaken, Field.Port)).Naming("first")
            .Saying("port unset", "protocol unset");

    [Fact]
    public void A_virtual_server_can_keep_its_listener() =>
        Given(new Created(Web.On(443))).When(new Configure(new() { Vip = The.Vip.ByName, Port = 443, Protocol = null })).ThenNothing();

    [Fact]
    public void The_listener_of_a_deleted_virtual_server_is_free()
    {
        var created = Given().When(new Create(AskedWeb)).Then(new Created(Web));
        created.Next().When(new Create(AskedWeb with { Name = "next" })).ThenRejected((ListenerTaken, Field.Vip));
        created.When(new Delete()).Then(new Deleted(), again: NotFound)
            .Next().When(new Create(AskedWeb with { Name = "next" })).Then(new Created(Web with { Name = "next" }));
    }
}
