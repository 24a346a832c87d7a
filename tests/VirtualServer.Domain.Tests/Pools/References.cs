using VirtualServers.Domain.Pools;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class References
{
    // Every field that refers to something: its kind, two objects of it, how a draft mentions it, and the pool that comes of it.
    private static readonly Dictionary<string, (Named One, Named Another, Func<Reference, Draft> Mentioned, Func<Guid, LoadBalancerPool> Mentioning)> Fields = new()
    {
        [Field.HealthCheckMonitor] = (The.Monitor, The.OtherMonitor, reference => AskedWeb with { HealthCheckMonitor = reference }, id => Web with { HealthCheckMonitor = id }),
        [Field.Tenant] = (The.Tenant, The.OtherTenant, reference => AskedWeb with { Tenant = reference }, id => Web with { Tenant = id }),
        ["members[1].ip_address"] =
            (The.Vip, The.OtherVip, reference => Asked(AskedFull with { IpAddress = reference }), id => Becomes(Full with { Endpoint = Full.Endpoint with { IpAddress = id } })),
        ["members[1].certificate_profiles"] =
            (The.Certificate, The.OtherCertificate, reference => Asked(AskedFull with { CertificateProfiles = new[] { reference } }), id => Becomes(Full with { Tls = new(true, [id]) })),
        ["members[1].health_check_monitor"] =
            (The.Monitor, The.OtherMonitor, reference => Asked(AskedFull with { HealthCheckMonitor = reference }), id => Becomes(Full with { HealthCheckMonitor = id })),
        ["members[1].tenant"] = (The.Tenant, The.OtherTenant, reference => Asked(AskedFull with { Tenant = reference }), id => Becomes(Full with { Tenant = id })),
    };

    public static TheoryData<string> FieldNames => [.. Fields.Keys];

    [Theory, MemberData(nameof(FieldNames))]
    public void An_object_is_found_by_id_by_name_and_by_both(string field)
    {
        var (one, _, mentioned, mentioning) = Fields[field];
        var created = Given().When(new Create(mentioned(one.ById))).Then(new Created(mentioning(one.Id)));
        created.When(new Create(mentioned(one.ByName))).ThenNothing();
        created.When(new Create(mentioned(one.ByBoth))).ThenNothing();
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_An_unknown_object_is_refused(string field)
    {
        Refused(field, new(The.Id(99).ToString(), null), ReferenceNotFound).Saying($"{field} {The.Id(99)}");
        Refused(field, new(null, "nobody"), ReferenceNotFound).Saying($"{field} \"nobody\"");
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_An_object_that_is_gone_is_unknown(string field)
    {
        var (one, _, mentioned, _) = Fields[field];
        Given().Without(one).When(new Create(mentioned(one.ById))).ThenRejected((ReferenceNotFound, field));
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_A_reference_never_points_across_kinds(string field)
    {
        Refused(field, The.Device.ById, ReferenceNotFound);
        Refused(field, The.Device.ByName, ReferenceNotFound);
    }

    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_and_a_name_that_belong_to_two_objects_are_refused(string field)
    {
        var (one, another, _, _) = Fields[field];
        Refused(field, new(one.Id.ToString(), another.Name), ReferenceMismatch).Naming(one.Name);
    }

    [Theory, MemberData(nameof(FieldNames))]
    public void Neither_id_nor_name_is_refused(string field) => Refused(field, new("", ""), FieldRequired);

    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_that_is_no_uuid_is_refused(string field) => Refused(field, new("42", null), FieldInvalid).Saying($"{field}.id");

    [Fact, Trait("case", "5")]
    public void Case_5_A_replacement_of_the_members_names_what_is_wrong_by_its_place_too() =>
        Given(new Created(Shop))
            .When(new ReplaceMembers([AskedPlain, AskedFull, AskedPlain.Again(91) with { Port = 81, HealthCheckMonitor = new Reference(null, "nobody") }]))
            .ThenRejected((ReferenceNotFound, "members[2].health_check_monitor"));

    [Fact]
    public void Its_uses_are_all_that_it_and_its_members_refer_to() =>
        Assert.Equal(
        [
            new(Field.HealthCheckMonitor, The.Monitor.Id), new(Field.Tenant, The.Tenant.Id), new("members.ip_address", The.Backend.Id, Plain.Id),
            new("members.ip_address", The.OtherBackend.Id, Full.Id), new("members.certificate_profiles", The.Certificate.Id, Full.Id),
            new("members.certificate_profiles", The.OtherCertificate.Id, Full.Id), new("members.health_check_monitor", The.OtherMonitor.Id, Full.Id),
            new("members.tenant", The.OtherTenant.Id, Full.Id),
        ], (Shop as IRegistered).Uses);

    [Fact]
    public void What_it_does_not_refer_to_is_not_used() => Assert.Empty((Web as IRegistered).Uses);

    private static Draft Asked(MemberDraft second) => AskedWeb with { Members = new[] { AskedPlain, second } };

    private static LoadBalancerPool Becomes(Member second) => Web.With(Plain, second);

    private static Refusal Refused(string field, Reference reference, Reason reason) => Given().When(new Create(Fields[field].Mentioned(reference))).ThenRejected((reason, field));
}
