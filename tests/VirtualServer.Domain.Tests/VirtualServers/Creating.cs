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
    public void Case_1_A_name_a_vip_a_type_and_a_device_are_enough() =>
        Given().When(new Create(AskedWeb)).Then(new Created(Web));

    [Fact, Trait("case", "1")]
    public void Case_1_It_is_enabled_without_ssl_offload_and_without_port_and_protocol()
    {
        Assert.True(Web is { Enabled: true, Tls.Offload: false, Listener: { Port: null, Protocol: null } });
        Given().When(new Create(AskedWeb)).Then(new Created(Web));
    }

    [Fact]
    public void Everything_that_is_asked_for_comes_out() =>
        Given().When(new Create(AskedShop)).Then(new Created(Shop));

    [Fact, Trait("case", "4")]
    public void Case_4_All_that_is_missing_is_told_at_once() =>
        Given().When(new Create(new())).ThenRejected(
            (FieldRequired, Field.Name), (FieldRequired, Field.Vip), (FieldRequired, Field.LoadBalancerType), (FieldRequired, Field.Placement));

    [Fact, Trait("case", "4")]
    public void Case_4_Given_without_a_value_is_missing_too() =>
        Given().When(new Create(new() { Name = null, Vip = null, LoadBalancerType = null, Placement = null })).ThenRejected(
            (FieldRequired, Field.Name), (FieldRequired, Field.Vip), (FieldRequired, Field.LoadBalancerType), (FieldRequired, Field.Placement));

    [Fact, Trait("case", "4")]
    public void Case_4_A_placement_that_is_missing_names_the_four_that_are_possible() =>
        Given().When(new Create(AskedWeb with { Placement = null }))
            .ThenRejected((FieldRequired, Field.Placement))
            .Saying("device", "device_redundancy_group", "virtual_chassis", "cloud_service");

    [Fact]
    public void All_that_is_wrong_is_told_at_once() =>
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
            (NameTaken, Field.Name), (FieldInvalid, Field.Port), (FieldInvalid, Field.Protocol), (ReferenceNotFound, Field.SourceNatPool),
            (FieldInvalid, Field.SourceNatType), (FieldInvalid, Field.LoadBalancerType), (FieldRequired, Field.Placement),
            (ReferenceNotFound, Field.CertificateProfiles), (ReferenceNotFound, Field.CertificateProfiles), (FieldInvalid, Field.Tenant),
            (FieldRequired, Field.HealthCheckMonitor), (ReferenceMismatch, Field.LoadBalancerPool), (FieldInvalid, Field.Labels),
            (FieldInvalid, Field.Description));

    [Fact, Trait("case", "6")]
    public void Case_6_The_same_content_again_under_the_same_id_changes_nothing() =>
        Given(new Created(Shop)).When(new Create(AskedShop)).ThenNothing();

    [Fact, Trait("case", "6")]
    public void Case_6_The_same_content_in_other_words_is_the_same() =>
        Given(new Created(Shop)).When(new Create(AskedShop with
        {
            Name = " shop ",
            Vip = The.OtherVip.ByName,
            CertificateProfiles = new[] { The.OtherCertificate.ByBoth, The.Certificate.ById, The.Certificate.ByName },
            Labels = Pairs(("team", ""), ("stage", "production")),
        })).ThenNothing();

    [Fact, Trait("case", "6")]
    public void Case_6_Another_content_under_the_same_id_is_refused() =>
        Given(new Created(Web)).When(new Create(AskedWeb with { Port = 443 })).ThenRejected((IdTaken, "id")).Naming("web");

    [Fact, Trait("case", "6")]
    public void Case_6_What_else_is_wrong_with_another_content_is_told_as_well() =>
        Given(new Created(Web)).When(new Create(AskedWeb with { Port = -1 })).ThenRejected((IdTaken, "id"), (FieldInvalid, Field.Port));

    [Fact]
    public void The_id_of_an_object_of_another_kind_is_refused() =>
        Given().WithId(The.Device.Id).When(new Create(AskedWeb)).ThenRejected((IdTaken, "id")).Naming("lb-1");

    [Fact]
    public void The_id_of_a_deleted_virtual_server_is_refused() =>
        Given(new Created(Web), new Deleted()).When(new Create(AskedWeb)).ThenRejected((IdTaken, "id")).Saying("undeleted").Naming("web");

    [Fact, Trait("case", "14")]
    public void Case_14_Neither_pool_nor_certificates_are_needed()
    {
        Assert.True(Web is { LoadBalancerPool: null, Tls.CertificateProfiles.Count: 0 });
        Given().When(new Create(AskedWeb)).Then(new Created(Web));
    }

    [Fact]
    public void Several_virtual_servers_may_share_a_pool() =>
        Given().Beside(Shop).When(new Create(AskedWeb with { LoadBalancerPool = The.Pool.ById }))
            .Then(new Created(Web with { LoadBalancerPool = The.Pool.Id }));
}
