using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class References
{
    // Every field that refers to something: its kind, two objects of it, and how a draft mentions it.
    private static readonly Dictionary<string, (Named One, Named Another, Func<Reference, Draft> Mentioned)> Fields = new()
    {
        [Field.Vip] = (The.Vip, The.OtherVip, reference => AskedWeb with { Vip = reference }),
        [Field.SourceNatPool] = (The.Prefix, The.OtherPrefix, reference => AskedWeb with { SourceNatPool = reference }),
        [Field.Tenant] = (The.Tenant, The.OtherTenant, reference => AskedWeb with { Tenant = reference }),
        [Field.HealthCheckMonitor] = (The.Monitor, The.OtherMonitor, reference => AskedWeb with { HealthCheckMonitor = reference }),
        [Field.LoadBalancerPool] = (The.Pool, The.OtherPool, reference => AskedWeb with { LoadBalancerPool = reference }),
        [Field.CertificateProfiles] = (The.Certificate, The.OtherCertificate, reference => AskedWeb with { CertificateProfiles = new[] { reference } }),
        ["device"] = (The.Device, The.OtherDevice, reference => AskedWeb with { Placement = new PlacementReference(Kind.Device, reference) }),
    };

    public static TheoryData<string> FieldNames => [.. Fields.Keys];

    [Theory, MemberData(nameof(FieldNames))]
    public void An_object_is_found_by_id_by_name_and_by_both(string field)
    {
        var (one, _, mentioned) = Fields[field];
        var created = Given().When(new Create(mentioned(one.ById))).Then(new Created(Mentioning(field, one)));
        created.When(new Create(mentioned(one.ByName))).ThenNothing();
        created.When(new Create(mentioned(one.ByBoth))).ThenNothing();
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_An_unknown_id_is_refused(string field) =>
        Refused(field, new(The.Id(99).ToString(), null), ReferenceNotFound).Saying(The.Id(99).ToString(), "id");

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_An_unknown_name_is_refused(string field) =>
        Refused(field, new(null, "nobody"), ReferenceNotFound).Saying("\"nobody\"");

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_An_object_that_is_gone_is_unknown(string field)
    {
        var (one, _, mentioned) = Fields[field];
        Given().Without(one).When(new Create(mentioned(one.ById))).ThenRejected((ReferenceNotFound, field));
        Given().Without(one).When(new Create(mentioned(one.ByName))).ThenRejected((ReferenceNotFound, field));
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_A_reference_never_points_across_kinds(string field)
    {
        var other = Fields.Values.First(candidate => candidate.One.Kind != Fields[field].One.Kind).One;
        Refused(field, other.ById, ReferenceNotFound);
        Refused(field, other.ByName, ReferenceNotFound);
    }

    [Fact, Trait("case", "5")]
    public void Case_5_The_id_of_a_device_is_not_the_id_of_a_chassis() =>
        Given().When(new Create(AskedWeb with { Placement = new PlacementReference(Kind.VirtualChassis, The.Device.ById) }))
            .ThenRejected((ReferenceNotFound, "virtual_chassis"));

    [Fact, Trait("case", "5")]
    public void Case_5_All_references_that_are_wrong_are_named_at_once()
    {
        var unknown = new Reference(null, "nobody");
        Given().When(new Create(AskedWeb with
        {
            Vip = unknown,
            Placement = new PlacementReference(Kind.CloudService, unknown),
            SourceNatPool = unknown,
            Tenant = unknown,
            HealthCheckMonitor = unknown,
            LoadBalancerPool = unknown,
            CertificateProfiles = new[] { unknown, The.Certificate.ById },
        })).ThenRejected(
            (ReferenceNotFound, Field.Vip), (ReferenceNotFound, "cloud_service"), (ReferenceNotFound, Field.SourceNatPool), (ReferenceNotFound, Field.Tenant),
            (ReferenceNotFound, Field.HealthCheckMonitor), (ReferenceNotFound, Field.LoadBalancerPool), (ReferenceNotFound, Field.CertificateProfiles));
    }

    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_and_a_name_that_belong_to_two_objects_are_refused(string field)
    {
        var (one, another, _) = Fields[field];
        Refused(field, new(one.Id.ToString(), another.Name), ReferenceMismatch).Naming(one.Name);
    }

    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_with_a_name_that_belongs_to_nobody_is_refused(string field) =>
        Refused(field, Fields[field].One.ById with { Name = "nobody" }, ReferenceMismatch);

    [Theory, MemberData(nameof(FieldNames))]
    public void A_name_does_not_stand_in_for_an_unknown_id(string field) =>
        Refused(field, Fields[field].One.ByName with { Id = The.Id(99).ToString() }, ReferenceNotFound);

    [Theory, MemberData(nameof(FieldNames))]
    public void Neither_id_nor_name_is_refused(string field)
    {
        Refused(field, new(null, null), FieldRequired);
        Refused(field, new("", ""), FieldRequired);
    }

    [Theory]
    [InlineData("42")]
    [InlineData("lb-1")]
    [InlineData("{00000000-0000-7000-8000-000000000041}")]
    [InlineData("00000000000070008000000000000041")]
    [InlineData("00000000-0000-7000-8000-00000000004g")]
    [InlineData("+0000000-0000-7000-8000-000000000041")]
    [InlineData("0x000000-0000-7000-8000-000000000041")]
    public void An_id_that_is_no_uuid_is_refused(string id) =>
        Refused(Field.Tenant, new(id, null), FieldInvalid).Saying(id, "is not a UUID", "write it like");

    [Fact]
    public void An_id_may_be_written_in_capitals()
    {
        var team = new Named(new("0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10"), Kind.Tenant, "", "team");
        (Given() with { World = World.Of([The.Vip, The.Device, team]) })
            .When(new Create(AskedWeb with { Tenant = new Reference("0190A5C4-7B1E-7F3A-9C52-0D6C1F1F2A10", null) }))
            .Then(new Created(Web with { Tenant = team.Id }));
    }

    [Fact]
    public void A_malformed_id_is_refused_whatever_name_comes_with_it() =>
        Refused(Field.Tenant, new("42", The.Tenant.Name), FieldInvalid);

    [Fact]
    public void A_name_that_nobody_can_have_is_refused()
    {
        Refused(Field.Tenant, new(null, "sh\0op"), FieldInvalid);
        Refused(Field.Tenant, new(null, "sh\top"), FieldInvalid);
    }

    [Fact]
    public void A_name_that_matches_more_than_one_object_is_refused_and_says_where_they_are() =>
        Refused(Field.Vip, The.RedVip.ByName, ReferenceAmbiguous).Saying("\"blue\", \"red\"");

    [Fact]
    public void An_id_settles_which_of_them_is_meant() =>
        Given().When(new Create(AskedWeb with { Vip = The.BlueVip.ByBoth })).Then(new Created(Web with { Listener = new(The.BlueVip.Id, null, null) }));

    [Fact]
    public void An_address_is_found_however_it_is_spelled() =>
        Given().When(new Create(AskedWeb with { Vip = new Reference(The.OtherVip.Id.ToString(), "2001:DB8:0:0::10") }))
            .Then(new Created(Web with { Listener = new(The.OtherVip.Id, null, null) }));

    [Fact]
    public void A_prefix_is_found_however_it_is_spelled() =>
        Given().When(new Create(AskedWeb with { SourceNatPool = new Reference(null, "2001:0db8:0001:0000::/48") }))
            .Then(new Created(Web with { SourceNat = new(The.OtherPrefix.Id, null) }));

    [Fact, Trait("case", "5")]
    public void Case_5_An_update_checks_the_references_that_it_names() =>
        Given(new Created(Shop)).When(new Configure(new() { LoadBalancerPool = new Reference(null, "nobody"), Tenant = The.OtherTenant.ById }))
            .ThenRejected((ReferenceNotFound, Field.LoadBalancerPool));

    [Fact]
    public void Its_uses_are_all_that_it_refers_to() =>
        Assert.Equal(
        [
            new(Field.Vip, The.OtherVip.Id), new("device_redundancy_group", The.Group.Id), new(Field.SourceNatPool, The.Prefix.Id),
            new(Field.Tenant, The.Tenant.Id), new(Field.HealthCheckMonitor, The.Monitor.Id), new(Field.LoadBalancerPool, The.Pool.Id),
            new(Field.CertificateProfiles, The.Certificate.Id), new(Field.CertificateProfiles, The.OtherCertificate.Id),
        ], (Shop as IRegistered).Uses);

    [Fact]
    public void What_it_does_not_refer_to_is_not_used() =>
        Assert.Equal([new(Field.Vip, The.Vip.Id), new("device", The.Device.Id)], (Web as IRegistered).Uses);

    private static Refusal Refused(string field, Reference reference, Reason reason) =>
        Given().When(new Create(Fields[field].Mentioned(reference))).ThenRejected((reason, field));

    private static VirtualServer Mentioning(string field, Named one) => field switch
    {
        Field.Vip => Web with { Listener = new(one.Id, null, null) },
        Field.SourceNatPool => Web with { SourceNat = new(one.Id, null) },
        Field.Tenant => Web with { Tenant = one.Id },
        Field.HealthCheckMonitor => Web with { HealthCheckMonitor = one.Id },
        Field.LoadBalancerPool => Web with { LoadBalancerPool = one.Id },
        Field.CertificateProfiles => Web with { Tls = new(false, [one.Id]) },
        _ => Web with { Placement = one.Placement },
    };
}
