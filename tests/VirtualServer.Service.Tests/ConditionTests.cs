using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.V1.ConditionType;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>Conditions of a single virtual server: each appears with a command and disappears with every command that fixes it.</summary>
public sealed class ConditionTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly Reference Prefix = new() { Name = "192.0.2.0/24" };

    // Each condition with its cause and with every update that fixes it: fields and mask.
    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["ssl_offload without certificates"] = new(
            new(CertificatesMissing),
            draft => draft.SslOffload = true,
            Fix(new() { SslOffload = false }, "ssl_offload"),
            Fix(new() { CertificateProfiles = { new Reference { Name = "www" } } }, "certificate_profiles")),
        ["certificates without ssl_offload"] = new(
            new(CertificatesUnused),
            draft => draft.CertificateProfiles.Add(new Reference { Name = "www" }),
            Fix(new() { SslOffload = true }, "ssl_offload"),
            Fix(new(), "certificate_profiles")),
        ["ssl_offload with UDP"] = new(
            new(SslOffloadWithoutTls),
            draft => Offload(draft, Protocol.Udp),
            Fix(new() { Protocol = Protocol.Quic }, "protocol"),
            Fix(new(), "protocol"),
            Fix(new(), "ssl_offload", "certificate_profiles")),
        ["ssl_offload with SCTP"] = new(
            new(SslOffloadWithoutTls),
            draft => Offload(draft, Protocol.Sctp),
            Fix(new() { Protocol = Protocol.Tcp }, "protocol"),
            Fix(new(), "ssl_offload", "certificate_profiles")),
        ["no pool"] = new(
            new(PoolUnset),
            draft => draft.LoadBalancerPool = null,
            Fix(new() { LoadBalancerPool = new() { Name = "pool-1" } }, "load_balancer_pool"),
            Fix(new() { Enabled = false }, "enabled")),
        ["no port"] = new(
            new(PortUnset),
            draft => draft.ClearPort(),
            Fix(new() { Port = 443 }, "port"),
            Fix(new() { Port = 0 }, "port"),
            Fix(new() { Enabled = false }, "enabled"),
            Fix(new() { Protocol = Protocol.Any }, "protocol"),
            Fix(new() { Protocol = Protocol.Icmp }, "protocol"),
            Fix(new(), "protocol"),
            Fix(new() { Protocol = Protocol.Dns, LoadBalancerType = LoadBalancerType.Dns }, "protocol", "load_balancer_type")),
        ["a port with ICMP"] = new(
            new(PortIgnored),
            draft => draft.Protocol = Protocol.Icmp,
            Fix(new(), "port"),
            Fix(new() { Protocol = Protocol.Tcp }, "protocol"),
            Fix(new(), "protocol")),
        ["port 0 with ICMP"] = new(
            new(PortIgnored),
            draft => (draft.Protocol, draft.Port) = (Protocol.Icmp, 0),
            Fix(new(), "port")),
        ["HTTPS at layer 4"] = new(
            new(ProtocolTypeMismatch),
            draft => draft.LoadBalancerType = LoadBalancerType.Layer4,
            Fix(new() { LoadBalancerType = LoadBalancerType.Layer7 }, "load_balancer_type"),
            Fix(new() { LoadBalancerType = LoadBalancerType.Layer2 }, "load_balancer_type"),
            Fix(new() { Protocol = Protocol.Tcp }, "protocol"),
            Fix(new(), "protocol")),
        ["HTTPS on DNS"] = new(
            new(ProtocolTypeMismatch) { Reason = "OTHER_PROTOCOL_ON_DNS" },
            draft => draft.LoadBalancerType = LoadBalancerType.Dns,
            Fix(new() { LoadBalancerType = LoadBalancerType.Layer7 }, "load_balancer_type"),
            Fix(new() { Protocol = Protocol.Dns }, "protocol"),
            Fix(new() { Protocol = Protocol.Any }, "protocol"),
            Fix(new(), "protocol")),
        ["POOL without a prefix"] = new(
            new(NatPoolMissing),
            draft => draft.SourceNatType = SourceNatType.Pool,
            Fix(new() { SourceNatPool = Prefix }, "source_nat_pool"),
            Fix(new() { SourceNatType = SourceNatType.Auto }, "source_nat_type"),
            Fix(new() { SourceNatType = SourceNatType.Static }, "source_nat_type"),
            Fix(new(), "source_nat_type")),
        ["AUTO with a prefix"] = new(
            new(NatPoolUnused),
            draft => (draft.SourceNatType, draft.SourceNatPool) = (SourceNatType.Auto, Prefix),
            Fix(new() { SourceNatType = SourceNatType.Pool }, "source_nat_type"),
            Fix(new() { SourceNatType = SourceNatType.Static }, "source_nat_type"),
            Fix(new(), "source_nat_pool"),
            Fix(new(), "source_nat_pool", "source_nat_type")),
        ["a prefix without a type"] = new(
            new(NatTypeUnset),
            draft => draft.SourceNatPool = Prefix,
            Fix(new() { SourceNatType = SourceNatType.Pool }, "source_nat_type"),
            Fix(new() { SourceNatType = SourceNatType.Static }, "source_nat_type"),
            Fix(new(), "source_nat_pool")),
    };

    private readonly TestService service = fixture.Service;

    public static TheoryData<string> AllRows => [.. Rows.Keys];

    [Theory, MemberData(nameof(AllRows))]
    public async Task A_condition_appears_with_a_create_disappears_with_each_fix_and_reappears_with_an_update(string what)
    {
        await Certificate();
        var (condition, cause, fixes) = Rows[what];
        var draft = await TestInventory.Draft(service);
        cause(draft);
        var server = await service.Create(draft);
        await service.Shows(server, condition);

        foreach (var (change, mask) in fixes)
        {
            await service.Update(server.Id, change, mask);
            await service.ShowsNone(server);

            await service.Update(server.Id, server, mask);
            await service.Shows(server, condition);
        }
    }

    [Theory, MemberData(nameof(AllRows))]
    public async Task A_deleted_virtual_server_has_no_condition_until_it_is_undeleted(string what)
    {
        await Certificate();
        var draft = await TestInventory.Draft(service);
        Rows[what].Cause(draft);
        var server = await service.Create(draft);

        await service.Delete(server.Id);
        Assert.Empty((await service.Listed(showDeleted: true)).Single(listed => listed.Id == server.Id).Conditions);
        Assert.Equal(0, await service.Scalar<long>($"select count(*) from registry.conditions where virtual_server = '{server.Id}'"));

        await service.Undelete(server.Id);
        await service.Shows(server, Rows[what].Condition);
    }

    [Fact]
    public async Task Case_12_ssl_offload_without_certificates_and_certificates_without_ssl_offload_are_conditions()
    {
        var offloading = await TestInventory.Draft(service);
        offloading.SslOffload = true;
        await service.Shows(await service.Create(offloading), new ExpectedCondition(CertificatesMissing));

        var certified = await TestInventory.Draft(service);
        certified.CertificateProfiles.Add(await service.Add(Kind.CertificateProfile, "certificate"));
        await service.Shows(await service.Create(certified), new ExpectedCondition(CertificatesUnused));
    }

    [Fact]
    public async Task Case_11_a_prefix_with_type_pool_or_static_and_clearing_both_cause_no_condition()
    {
        foreach (var type in new[] { SourceNatType.Pool, SourceNatType.Static })
        {
            var server = await service.Create(new(await TestInventory.Draft(service)) { SourceNatPool = Prefix, SourceNatType = type });
            await service.ShowsNone(server);
            await service.Update(server.Id, new(), "source_nat_pool", "source_nat_type");
            await service.ShowsNone(server);
        }
    }

    [Fact]
    public async Task Case_1_and_14_a_minimal_virtual_server_only_lacks_a_pool()
    {
        var whole = await TestInventory.Draft(service);
        var server = await service.Create(
            new() { Name = whole.Name, Vip = whole.Vip, LoadBalancerType = whole.LoadBalancerType, Device = whole.Device });
        await service.Shows(server, new ExpectedCondition(PoolUnset));

        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        await service.ShowsNone(server);
        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = server.Id });
        await service.Shows(server, new ExpectedCondition(PoolUnset));
    }

    [Theory]
    [InlineData(LoadBalancerType.Layer4, Protocol.Any, 7777)]
    [InlineData(LoadBalancerType.Layer2, Protocol.Any, null)]
    [InlineData(LoadBalancerType.Layer7, Protocol.Tcp, 8080)]
    [InlineData(LoadBalancerType.Dns, Protocol.Dns, null)]
    public async Task Case_9_matching_types_and_protocols_cause_no_condition(LoadBalancerType type, Protocol protocol, int? port)
    {
        var draft = await TestInventory.Draft(service);
        (draft.LoadBalancerType, draft.Protocol) = (type, protocol);
        if (port is { } given) draft.Port = given;
        else draft.ClearPort();
        await service.ShowsNone(await service.Create(draft));
    }

    [Fact]
    public async Task Several_conditions_are_shown_by_type_and_disappear_together()
    {
        var draft = await TestInventory.Draft(service);
        (draft.LoadBalancerType, draft.Protocol, draft.SslOffload, draft.LoadBalancerPool, draft.SourceNatPool) =
            (LoadBalancerType.Dns, Protocol.Udp, true, null, Prefix);
        draft.ClearPort();
        var server = await service.Create(draft);
        await service.Shows(
            server,
            new(CertificatesMissing),
            new(SslOffloadWithoutTls),
            new(PoolUnset),
            new(PortUnset),
            new(ProtocolTypeMismatch) { Reason = "OTHER_PROTOCOL_ON_DNS" },
            new(NatTypeUnset));

        await service.Update(
            server.Id,
            new() { Protocol = Protocol.Dns, LoadBalancerPool = new() { Name = "pool-1" } },
            "protocol",
            "ssl_offload",
            "load_balancer_pool",
            "source_nat_pool");
        await service.ShowsNone(server);
    }

    [Fact]
    public async Task The_reason_and_the_message_change_when_only_the_type_changes()
    {
        var server = await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerType = LoadBalancerType.Layer4 });
        await service.Update(server.Id, new() { LoadBalancerType = LoadBalancerType.Dns });
        await service.Shows(server, new ExpectedCondition(ProtocolTypeMismatch) { Reason = "OTHER_PROTOCOL_ON_DNS" });
        Assert.Contains("DNS", (await service.Get(server.Id)).Conditions[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditions_that_a_caller_sends_are_ignored()
    {
        var draft = await TestInventory.Draft(service);
        draft.Conditions.Add(new Condition { Type = PoolEmpty, Reason = "MADE_UP", Message = "made up" });
        var server = await service.Create(draft);
        await service.ShowsNone(server);
        await service.Update(server.Id, draft);
        await service.ShowsNone(server);
        Assert.Equal(1, await service.Events(server.Id));
    }

    [Fact]
    public async Task A_virtual_server_read_with_conditions_can_be_written_back_unchanged()
    {
        var server = await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = null });
        var read = await service.Get(server.Id);
        Assert.NotEmpty(read.Conditions);
        await service.Update(server.Id, read, "*");
        Assert.Equal(read, await service.Get(server.Id));
    }

    private static void Offload(V1.VirtualServer draft, Protocol protocol)
    {
        (draft.Protocol, draft.SslOffload) = (protocol, true);
        draft.CertificateProfiles.Add(new Reference { Name = "www" });
    }

    private async Task Certificate()
    {
        // The first test creates it; the others repeat the same create.
        await service.Profiles.CreateCertificateProfileAsync(
            new() { CertificateProfile = new() { Id = "01930000-0000-7000-8000-0000000000cc", Name = "www" } });
    }

    private static (V1.VirtualServer Change, string[] Mask) Fix(V1.VirtualServer change, params string[] mask) => (change, mask);

    /// <summary>A condition, its cause, and its fixes.</summary>
    private sealed record Row(
        ExpectedCondition Condition,
        Action<V1.VirtualServer> Cause,
        params (V1.VirtualServer Change, string[] Mask)[] Fixes);
}
