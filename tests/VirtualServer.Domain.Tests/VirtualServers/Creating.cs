using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class Creating
{
    [Fact, Trait("case", "1")]
    public void Case_1_A_name_a_vip_a_type_and_a_device_suffice() =>
        Given().When(new Create(AskedWeb)).Then(new Created(Web));

    [Fact, Trait("case", "1")]
    public void Case_1_The_defaults_are_enabled_and_no_ssl_offload_port_or_protocol()
    {
        Assert.True(Web is { Enabled: true, Tls.Offload: false, Listener: { Port: null, Protocol: null } });
        Given().When(new Create(AskedWeb)).Then(new Created(Web));
    }

    [Fact]
    public void Every_requested_field_is_stored() =>
        Given().When(new Create(AskedShop)).Then(new Created(Shop));

    [Fact, Trait("case", "4")]
    public void Case_4_All_missing_fields_are_reported_at_once() =>
        Given().When(new Create(new())).ThenRejected(
            [(FieldRequired, Field.Name), (FieldRequired, Field.Vip), (FieldRequired, Field.LoadBalancerType), .. WithoutPlacement]);

    [Fact, Trait("case", "4")]
    public void Case_4_A_field_given_without_a_value_is_missing() =>
        Given().When(new Create(new() { Name = null, Vip = null, LoadBalancerType = null, Placement = null })).ThenRejected(
            [(FieldRequired, Field.Name), (FieldRequired, Field.Vip), (FieldRequired, Field.LoadBalancerType), .. WithoutPlacement]);

    [Fact, Trait("case", "4")]
    public void Case_4_The_message_of_a_missing_placement_lists_the_four_kinds() =>
        Given().When(new Create(AskedWeb with { Placement = null }))
            .ThenRejected(WithoutPlacement)
            .Saying("device", "device_redundancy_group", "virtual_chassis", "cloud_service");

    [Fact]
    public void All_violations_are_reported_at_once() =>
        Given().Beside(Web).When(new Create(new()
        {
            Name = "web",
            Vip = The.Vip.ById,
            Port = 65536,
            Protocol = (Protocol)12,
            SourceNatPool = The.Device.ById,
            SourceNatType = (SourceNatType)4,
            LoadBalancerType = (LoadBalancerType)5,
            CertificateProfiles = ById(The.Pool, The.Certificate, The.Monitor),
            Tenant = new Reference("not-a-uuid", null),
            HealthCheckMonitor = new Reference("", ""),
            LoadBalancerPool = new Reference(The.Pool.Id.ToString(), The.OtherPool.Name),
            Labels = Pairs(("", "")),
            Description = new string('x', 1025),
        })).ThenRejected(
        [
            (NameTaken, Field.Name), (FieldInvalid, Field.Port), (FieldInvalid, Field.Protocol), (ReferenceNotFound, Field.SourceNatPool),
            (FieldInvalid, Field.SourceNatType), (FieldInvalid, Field.LoadBalancerType), .. WithoutPlacement,
            (ReferenceNotFound, "certificate_profiles[0]"), (ReferenceNotFound, "certificate_profiles[2]"), (FieldInvalid, "tenant.id"),
            (FieldRequired, Field.HealthCheckMonitor), (ReferenceMismatch, Field.LoadBalancerPool), (FieldInvalid, "labels.``"),
            (FieldInvalid, Field.Description),
        ]);

    [Fact, Trait("case", "6")]
    public void Case_6_A_repeated_create_changes_nothing() =>
        Given(new Created(Shop)).When(new Create(AskedShop)).ThenNothing();

    [Fact, Trait("case", "6")]
    public void Case_6_Equal_content_in_another_notation_changes_nothing() =>
        Given(new Created(Shop)).When(new Create(AskedShop with
        {
            Name = " shop ",
            Vip = The.OtherVip.ByName,
            CertificateProfiles = new[] { The.OtherCertificate.ByBoth, The.Certificate.ById, The.Certificate.ByName },
            Labels = Pairs(("team", ""), ("stage", "production")),
        })).ThenNothing();

    [Fact, Trait("case", "6")]
    public void Case_6_Different_content_under_the_same_id_is_rejected() =>
        Given(new Created(Web)).When(new Create(AskedWeb with { Port = 443 })).ThenRejected((IdTaken, "id")).Naming("web");

    [Fact, Trait("case", "6")]
    public void Case_6_A_taken_id_is_reported_together_with_malformed_fields() =>
        Given(new Created(Web)).When(new Create(AskedWeb with { Port = -1 })).ThenRejected((IdTaken, "id"), (FieldInvalid, Field.Port));

    [Fact]
    public void The_id_of_an_object_of_another_kind_is_rejected() =>
        Given().WithId(The.Device.Id).When(new Create(AskedWeb)).ThenRejected((IdTaken, "id")).Naming("lb-1");

    [Fact]
    public void The_id_of_a_deleted_virtual_server_is_rejected() =>
        Given(new Created(Web), new Deleted()).When(new Create(AskedWeb)).ThenRejected((IdTaken, "id")).Saying("undeleted").Naming("web");

    [Fact, Trait("case", "14")]
    public void Case_14_Pool_and_certificates_are_optional()
    {
        Assert.True(Web is { LoadBalancerPool: null, Tls.CertificateProfiles.Count: 0 });
        Given().When(new Create(AskedWeb)).Then(new Created(Web));
    }

    [Fact]
    public void Several_virtual_servers_may_share_a_pool() =>
        Given().Beside(Shop).When(new Create(AskedWeb with { LoadBalancerPool = The.Pool.ById }))
            .Then(new Created(Web with { LoadBalancerPool = The.Pool.Id }));
}
