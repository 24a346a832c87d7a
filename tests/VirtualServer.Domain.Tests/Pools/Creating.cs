using VirtualServers.Domain.Pools;
using VirtualServers.Domain.Tests.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class Creating
{
    [Fact]
    public void A_name_and_an_algorithm_suffice() =>
        Given().When(new Create(AskedWeb)).Then(new Created(Web));

    [Fact]
    public void Every_requested_field_is_stored() =>
        Given().When(new Create(AskedShop)).Then(new Created(Shop));

    [Fact]
    public void A_member_needs_only_an_address_and_a_port_and_defaults_to_active_without_ssl_offload()
    {
        Assert.True(Plain is { Status: MemberStatus.Active, Tls.Offload: false });
        Given().When(Create(AskedPlain)).Then(new Created(Web.With(Plain)));
    }

    public static TheoryData<LoadBalancingAlgorithm> Algorithms => [.. Enum.GetValues<LoadBalancingAlgorithm>()];

    [Theory, MemberData(nameof(Algorithms))]
    public void Every_algorithm_is_accepted(LoadBalancingAlgorithm algorithm) =>
        Given().When(new Create(AskedWeb with { LoadBalancingAlgorithm = algorithm }))
            .Then(new Created(Web with { Algorithm = algorithm }));

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    [InlineData(-1)]
    public void An_unknown_algorithm_is_rejected(int unknown) =>
        Given().When(new Create(AskedWeb with { LoadBalancingAlgorithm = (LoadBalancingAlgorithm)unknown }))
            .ThenRejected((FieldInvalid, Field.LoadBalancingAlgorithm));

    public static TheoryData<MemberStatus> Statuses => [.. Enum.GetValues<MemberStatus>()];

    [Theory, MemberData(nameof(Statuses))]
    public void Every_status_of_a_member_is_accepted(MemberStatus status) =>
        Given().When(Create(AskedPlain with { Status = status })).Then(new Created(Web.With(Plain with { Status = status })));

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(-1)]
    public void An_unknown_status_of_a_member_is_rejected(int unknown) =>
        Rejected(AskedPlain with { Status = (MemberStatus)unknown }, (FieldInvalid, "members[0].status"));

    [Theory]
    [InlineData(0)]
    [InlineData(65535)]
    public void A_member_accepts_ports_from_0_to_65535(int port) =>
        Given().When(Create(AskedPlain with { Port = port }))
            .Then(new Created(Web.With(Plain with { Endpoint = new(The.Backend.Id, port) })));

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void A_port_out_of_range_is_rejected(int port) =>
        Rejected(AskedPlain with { Port = port }, (FieldInvalid, "members[0].port")).Saying($"members[0].port {port}");

    [Fact]
    public void A_label_is_one_line_of_up_to_255_characters()
    {
        var label = VirtualServerScenario.Emoji(255);
        Given().When(Create(AskedPlain with { Label = $" {label} " })).Then(new Created(Web.With(Plain with { Label = label })));
        Rejected(AskedPlain with { Label = VirtualServerScenario.Emoji(256) }, (FieldInvalid, "members[0].label"));
        Rejected(AskedPlain with { Label = "one\nother" }, (FieldInvalid, "members[0].label"));
    }

    [Fact]
    public void All_missing_fields_are_reported_at_once()
    {
        var members = new MemberDraft[] { new(The.Id(91)), AskedPlain, new(The.Id(92)) { IpAddress = null, Port = null } };
        Given().When(new Create(new() { Members = members })).ThenRejected(
            (FieldRequired, Field.Name), (FieldRequired, Field.LoadBalancingAlgorithm),
            (FieldRequired, "members[0].ip_address"), (FieldRequired, "members[0].port"),
            (FieldRequired, "members[2].ip_address"), (FieldRequired, "members[2].port"));
        Given().When(new Create(new() { Name = null, LoadBalancingAlgorithm = null }))
            .ThenRejected((FieldRequired, Field.Name), (FieldRequired, Field.LoadBalancingAlgorithm));
    }

    [Fact]
    public void All_violations_are_reported_at_once() =>
        Given().Beside(Web).When(new Create(new()
        {
            Name = "web",
            LoadBalancingAlgorithm = (LoadBalancingAlgorithm)14,
            HealthCheckMonitor = The.Tenant.ById,
            Tenant = new Reference("not-a-uuid", null),
            Labels = VirtualServerScenario.Pairs(("", "")),
            Description = new string('x', 1025),
            Members = new[]
            {
                AskedPlain,
                AskedFull with
                {
                    IpAddress = The.RedVip.ByBareName,
                    Port = 65536,
                    Status = (MemberStatus)6,
                    Label = "\0",
                    CertificateProfiles = VirtualServerScenario.ById(The.Pool, The.Certificate, The.Monitor),
                    HealthCheckMonitor = new Reference("", ""),
                    Tenant = new Reference(The.Tenant.Id.ToString(), The.OtherTenant.Name),
                },
            },
        })).ThenRejected(
            (NameTaken, Field.Name), (FieldInvalid, Field.LoadBalancingAlgorithm), (ReferenceNotFound, Field.HealthCheckMonitor),
            (FieldInvalid, "tenant.id"), (FieldInvalid, "labels.``"), (FieldInvalid, Field.Description),
            (ReferenceNotFound, "members[1].ip_address"), (FieldInvalid, "members[1].port"), (FieldInvalid, "members[1].status"),
            (FieldInvalid, "members[1].label"),
            (ReferenceNotFound, "members[1].certificate_profiles[0]"), (ReferenceNotFound, "members[1].certificate_profiles[2]"),
            (FieldRequired, "members[1].health_check_monitor"),
            (ReferenceMismatch, "members[1].tenant"));

    [Fact]
    public void A_duplicate_member_is_rejected_in_any_notation()
    {
        Duplicate(AskedPlain);
        Duplicate(AskedPlain with { Label = "another" });
        Duplicate(AskedPlain with { IpAddress = The.Backend.ByName });
        Duplicate(AskedPlain with { IpAddress = The.Backend.ByBoth });

        static void Duplicate(MemberDraft again) =>
            Given().When(Create(AskedPlain, AskedFull, again.Again(91)))
                .ThenRejected((FieldInvalid, "members[2]")).Saying("members[0]", "list each member once");
    }

    [Fact]
    public void A_duplicate_member_is_reported_together_with_its_other_violations() =>
        Given().When(Create(AskedPlain with { Label = "\0" }, AskedPlain.Again(91), AskedPlain.Again(92) with { Tenant = The.Pool.ById }))
            .ThenRejected((FieldInvalid, "members[0].label"), (FieldInvalid, "members[1]"), (FieldInvalid, "members[2]"),
                (ReferenceNotFound, "members[2].tenant"));

    [Fact]
    public void Members_without_a_valid_endpoint_are_not_duplicates() =>
        Given().When(Create(
                AskedPlain with { Port = 0 },
                AskedPlain.Again(91) with { Port = null },
                AskedPlain.Again(92) with { Port = null }))
            .ThenRejected((FieldRequired, "members[1].port"), (FieldRequired, "members[2].port"));

    [Fact]
    public void Members_may_share_an_address_or_a_port() =>
        Given().When(Create(
                AskedPlain,
                AskedPlain.Again(82) with { Port = 81 },
                AskedPlain.Again(83) with { IpAddress = The.OtherBackend.ById }))
            .Then(new Created(Web.With(
                Plain,
                Plain with { Id = The.Id(82), Endpoint = new(The.Backend.Id, 81) },
                Plain with { Id = The.Id(83), Endpoint = new(The.OtherBackend.Id, 80) })));

    [Fact]
    public void The_same_address_text_in_two_namespaces_is_two_members() =>
        Given().When(Create(
                AskedPlain with { IpAddress = The.RedVip.ById },
                AskedPlain.Again(82) with { IpAddress = The.BlueVip.ById }))
            .Then(new Created(Web.With(
                Plain with { Endpoint = new(The.RedVip.Id, 80) },
                Plain with { Id = The.Id(82), Endpoint = new(The.BlueVip.Id, 80) })));

    [Fact]
    public void A_pool_has_up_to_1000_members()
    {
        var (asked, members) = Many(1000);
        Given().When(new Create(AskedWeb with { Members = asked })).Then(new Created(Web.With(members)));
        Given().When(new Create(AskedWeb with { Members = new[] { AskedPlain }.Concat(asked).ToArray() }))
            .ThenRejected((FieldInvalid, Field.Members)).Saying("1001", "1000");
    }

    [Fact, Trait("case", "6")]
    public void Case_6_A_repeated_create_changes_nothing() =>
        Given(new Created(Shop)).When(new Create(AskedShop with { Members = new[] { AskedPlain.Again(91), AskedFull.Again(92) } }))
            .ThenNothing();

    [Fact, Trait("case", "6")]
    public void Case_6_Equal_content_in_another_notation_changes_nothing() =>
        Given(new Created(Shop)).When(new Create(AskedShop with
        {
            Name = " shop ",
            Tenant = The.Tenant.ByName,
            Labels = VirtualServerScenario.Pairs(("team", ""), ("stage", "production")),
            Members = new[]
            {
                AskedFull.Again(91) with
                {
                    IpAddress = new Reference(null, "2001:DB8:1:0::1"),
                    CertificateProfiles = new[] { The.OtherCertificate.ByBoth, The.Certificate.ById, The.Certificate.ByName },
                },
                AskedPlain.Again(92) with { Status = MemberStatus.Active, Label = " ", SslOffload = false },
            },
        })).ThenNothing();

    [Fact, Trait("case", "6")]
    public void Case_6_Different_content_under_the_same_id_is_rejected()
    {
        Different(AskedShop with { Description = "Another." });
        Different(AskedShop with { Members = new[] { AskedPlain } });
        Different(AskedShop with { Members = new[] { AskedPlain, AskedFull, AskedPlain.Again(91) with { Port = 81 } } });
        Different(AskedShop with { Members = new[] { AskedPlain, AskedFull with { Port = 8444 } } });
        Different(AskedShop with { Members = new[] { AskedPlain, AskedFull with { Label = "" } } });

        static void Different(Draft draft) => Given(new Created(Shop)).When(new Create(draft)).ThenRejected((IdTaken, "id")).Naming("shop");
    }

    [Fact, Trait("case", "6")]
    public void Case_6_A_taken_id_is_reported_together_with_malformed_fields() =>
        Given(new Created(Web)).When(Create(AskedPlain with { Port = -1 }))
            .ThenRejected((IdTaken, "id"), (FieldInvalid, "members[0].port"));

    [Fact]
    public void The_id_of_a_deleted_pool_is_rejected() =>
        Given(new Created(Web), new Deleted()).When(new Create(AskedWeb)).ThenRejected((IdTaken, "id")).Saying("undeleted").Naming("web");

    private static Create Create(params MemberDraft[] members) => new(AskedWeb with { Members = members });

    private static Rejection Rejected(MemberDraft member, (Reason Reason, string Field) expected) =>
        Given().When(Create(member)).ThenRejected(expected);
}
