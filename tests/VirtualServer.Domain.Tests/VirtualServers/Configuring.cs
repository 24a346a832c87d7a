using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class Configuring
{
    // Every field: an update of Shop, and the event with the one facet that differs.
    private static readonly Dictionary<string, (Draft Asked, Changed Expected)> Fields = new()
    {
        [Field.Name] = (new() { Name = "store" }, new() { Name = new("shop", "store") }),
        [Field.Vip] = (new() { Vip = The.Vip.ById }, new() { Listener = new(Shop.Listener, Shop.Listener with { Vip = The.Vip.Id }) }),
        [Field.Port] = (new() { Port = 8443 }, new() { Listener = new(Shop.Listener, Shop.Listener with { Port = 8443 }) }),
        [Field.Protocol] =
            (new() { Protocol = Protocol.Tcp }, new() { Listener = new(Shop.Listener, Shop.Listener with { Protocol = Protocol.Tcp }) }),
        [Field.SourceNatPool] =
            (new() { SourceNatPool = The.OtherPrefix.ById },
             new() { SourceNat = new(Shop.SourceNat, Shop.SourceNat with { Pool = The.OtherPrefix.Id }) }),
        [Field.SourceNatType] =
            (new() { SourceNatType = SourceNatType.Static },
             new() { SourceNat = new(Shop.SourceNat, Shop.SourceNat with { Type = SourceNatType.Static }) }),
        [Field.LoadBalancerType] =
            (new() { LoadBalancerType = LoadBalancerType.Layer4 },
             new() { LoadBalancerType = new(LoadBalancerType.Layer7, LoadBalancerType.Layer4) }),
        [Field.SslOffload] = (new() { SslOffload = false }, new() { Tls = new(Shop.Tls, Shop.Tls with { Offload = false }) }),
        [Field.Placement] = (new() { Placement = The.Device.Placed }, new() { Placement = new(Shop.Placement, The.Device.Placement) }),
        [Field.Tenant] = (new() { Tenant = The.OtherTenant.ById }, new() { Tenant = new(The.Tenant.Id, The.OtherTenant.Id) }),
        [Field.HealthCheckMonitor] =
            (new() { HealthCheckMonitor = The.OtherMonitor.ById }, new() { HealthCheckMonitor = new(The.Monitor.Id, The.OtherMonitor.Id) }),
        [Field.CertificateProfiles] =
            (new() { CertificateProfiles = ById(The.Certificate) }, new() { Tls = new(Shop.Tls, new(true, [The.Certificate.Id])) }),
        [Field.LoadBalancerPool] =
            (new() { LoadBalancerPool = The.OtherPool.ById }, new() { LoadBalancerPool = new(The.Pool.Id, The.OtherPool.Id) }),
        [Field.Labels] = (new() { Labels = Pairs(("stage", "test")) }, new() { Labels = new(Shop.Labels, new([new("stage", "test")])) }),
        [Field.Description] = (new() { Description = "Moved." }, new() { Description = new("The shop's front door.", "Moved.") }),
    };

    public static TheoryData<string> FieldNames => [.. Fields.Keys];

    [Theory, MemberData(nameof(FieldNames))]
    public void A_field_that_is_not_in_the_mask_is_unchanged(string field) =>
        Given(new Created(Shop)).When(new Configure(Fields[field].Asked)).Then(Fields[field].Expected);

    // Every optional field: an update of Shop that clears it, and the resulting event.
    private static readonly Dictionary<string, (Draft Cleared, Changed Expected)> Optional = new()
    {
        [Field.Port] = (new() { Port = null }, new() { Listener = new(Shop.Listener, Shop.Listener with { Port = null }) }),
        [Field.Protocol] = (new() { Protocol = null }, new() { Listener = new(Shop.Listener, Shop.Listener with { Protocol = null }) }),
        [Field.SourceNatPool] = (new() { SourceNatPool = null }, new() { SourceNat = new(Shop.SourceNat, new(null, SourceNatType.Pool)) }),
        [Field.SourceNatType] = (new() { SourceNatType = null }, new() { SourceNat = new(Shop.SourceNat, new(The.Prefix.Id, null)) }),
        [Field.Tenant] = (new() { Tenant = null }, new() { Tenant = new(The.Tenant.Id, null) }),
        [Field.HealthCheckMonitor] = (new() { HealthCheckMonitor = null }, new() { HealthCheckMonitor = new(The.Monitor.Id, null) }),
        [Field.CertificateProfiles] = (new() { CertificateProfiles = ById() }, new() { Tls = new(Shop.Tls, new(true, [])) }),
        [Field.LoadBalancerPool] = (new() { LoadBalancerPool = null }, new() { LoadBalancerPool = new(The.Pool.Id, null) }),
        [Field.Labels] = (new() { Labels = Pairs() }, new() { Labels = new(Shop.Labels, Labels.None) }),
        [Field.Description] = (new() { Description = null }, new() { Description = new("The shop's front door.", "") }),
    };

    public static TheoryData<string> OptionalNames => [.. Optional.Keys];

    [Theory, MemberData(nameof(OptionalNames))]
    public void An_optional_field_given_without_a_value_is_cleared(string field) =>
        Given(new Created(Shop)).When(new Configure(Optional[field].Cleared)).Then(Optional[field].Expected);

    [Fact]
    public void A_required_field_cannot_be_cleared() =>
        Given(new Created(Shop)).When(new Configure(new() { Name = null, Vip = null, LoadBalancerType = null, Placement = null }))
            .ThenRejected(
                [(FieldRequired, Field.Name), (FieldRequired, Field.Vip), (FieldRequired, Field.LoadBalancerType), .. WithoutPlacement]);

    [Fact]
    public void A_name_cannot_become_blank() =>
        Given(new Created(Shop)).When(new Configure(new() { Name = "  " })).ThenRejected((FieldRequired, Field.Name));

    [Fact]
    public void Several_fields_are_one_event() =>
        Given(new Created(Shop))
            .When(new Configure(
                new() { Name = "store", Enabled = true, Port = 8443, SourceNatType = null, LoadBalancerPool = The.OtherPool.ById }))
            .Then(new Changed
            {
                Name = new("shop", "store"),
                Enabled = new(false, true),
                Listener = new(Shop.Listener, Shop.Listener with { Port = 8443 }),
                SourceNat = new(Shop.SourceNat, Shop.SourceNat with { Type = null }),
                LoadBalancerPool = new(The.Pool.Id, The.OtherPool.Id),
            });

    [Fact]
    public void An_unchanged_field_is_not_in_the_event() =>
        Given(new Created(Shop)).When(new Configure(AskedShop with { Description = "Moved." }))
            .Then(new Changed { Description = new("The shop's front door.", "Moved.") });

    [Fact]
    public void One_invalid_field_rejects_the_whole_update() =>
        Given(new Created(Shop)).When(new Configure(new() { Name = "store", Port = 65536 })).ThenRejected((FieldInvalid, Field.Port));

    [Fact, Trait("case", "19")]
    public void Case_19_The_same_content_with_every_field_named_changes_nothing() =>
        Given(new Created(Shop)).When(new Configure(AskedShop)).ThenNothing();

    [Fact]
    public void An_empty_mask_changes_nothing() =>
        Given(new Created(Shop)).When(new Configure(new())).ThenNothing();

    [Fact]
    public void A_missing_virtual_server_is_not_found() =>
        Given().When(new Configure(new() { Port = 443 })).ThenRejected((NotFound, ""));

    [Fact]
    public void A_deleted_virtual_server_is_not_found() =>
        Given(new Created(Web), new Deleted()).When(new Configure(new() { Port = 443 })).ThenRejected((NotFound, ""));

    [Fact]
    public void A_missing_virtual_server_is_reported_together_with_malformed_fields() =>
        Given().When(new Configure(new() { Port = -1, Tenant = new Reference("no-uuid", null) }))
            .ThenRejected((NotFound, ""), (FieldInvalid, Field.Port), (FieldInvalid, "tenant.id"));
}
