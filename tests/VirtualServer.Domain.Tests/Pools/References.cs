using VirtualServers.Domain.Pools;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class References
{
    private sealed record Case(Named One, Named Another, Func<Reference, Draft> DraftOf, Func<Guid, LoadBalancerPool> PoolOf);

    // Every reference: two objects of its kind, the draft with the reference, and the resulting pool.
    private static readonly Dictionary<string, Case> Fields = new()
    {
        [Field.HealthCheckMonitor] = new(The.Monitor, The.OtherMonitor,
            reference => AskedWeb with { HealthCheckMonitor = reference },
            id => Web with { HealthCheckMonitor = id }),
        [Field.Tenant] = new(The.Tenant, The.OtherTenant,
            reference => AskedWeb with { Tenant = reference },
            id => Web with { Tenant = id }),
        ["members[1].ip_address"] = new(The.Vip, The.OtherVip,
            reference => Asked(AskedFull with { IpAddress = reference }),
            id => Resulting(Full with { Endpoint = Full.Endpoint with { IpAddress = id } })),
        ["members[1].certificate_profiles"] = new(The.Certificate, The.OtherCertificate,
            reference => Asked(AskedFull with { CertificateProfiles = new[] { reference } }),
            id => Resulting(Full with { Tls = new(true, [id]) })),
        ["members[1].health_check_monitor"] = new(The.Monitor, The.OtherMonitor,
            reference => Asked(AskedFull with { HealthCheckMonitor = reference }),
            id => Resulting(Full with { HealthCheckMonitor = id })),
        ["members[1].tenant"] = new(The.Tenant, The.OtherTenant,
            reference => Asked(AskedFull with { Tenant = reference }),
            id => Resulting(Full with { Tenant = id })),
    };

    public static TheoryData<string> FieldNames => [.. Fields.Keys];

    [Theory, MemberData(nameof(FieldNames))]
    public void An_object_is_found_by_id_or_name_or_both(string field)
    {
        var (one, _, draft, pool) = Fields[field];
        var created = Given().When(new Create(draft(one.ById))).Then(new Created(pool(one.Id)));
        created.When(new Create(draft(one.ByName))).ThenNothing();
        created.When(new Create(draft(one.ByBoth))).ThenNothing();
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_An_unknown_object_is_rejected(string field)
    {
        Rejected(field, new(The.Id(99).ToString(), null), ReferenceNotFound).Saying($"{At(field)} {The.Id(99)}");
        var name = field.EndsWith("ip_address", StringComparison.Ordinal) ? "192.0.2.99" : "nobody";
        Rejected(field, new(null, name), ReferenceNotFound).Saying($"{At(field)} \"{name}\"");
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_A_removed_object_is_unknown(string field)
    {
        var (one, _, draft, _) = Fields[field];
        Given().Without(one).When(new Create(draft(one.ById))).ThenRejected((ReferenceNotFound, At(field)));
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_A_reference_never_points_across_kinds(string field)
    {
        Rejected(field, The.Device.ById, ReferenceNotFound);
        if (!field.EndsWith("ip_address", StringComparison.Ordinal)) Rejected(field, The.Device.ByName, ReferenceNotFound);
    }

    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_and_a_name_of_different_objects_are_rejected(string field)
    {
        var (one, another, _, _) = Fields[field];
        Rejected(field, new(one.Id.ToString(), another.Name), ReferenceMismatch).Naming(one.Name);
    }

    // Domain.md, section 1: with both given, the id decides, and the name must be one that the object has or had.
    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_with_a_name_that_the_object_had_is_accepted(string field)
    {
        var (one, _, draft, pool) = Fields[field];
        var renamed = one with { Name = one.Kind is Kind.IpAddress ? "192.0.2.99" : "renamed" };
        (Given() with { World = The.World.Renamed(renamed) }).When(new Create(draft(one.ByBoth))).Then(new Created(pool(one.Id)));
    }

    [Fact]
    public void Text_that_is_no_address_is_rejected_as_malformed_and_the_member_is_compared_with_no_other() =>
        Given().When(new Create(Asked(AskedFull with { IpAddress = new Reference(null, "nowhere") })))
            .ThenRejected((FieldInvalid, "members[1].ip_address.name")).Saying("\"nowhere\" is not an IP address");

    [Theory, MemberData(nameof(FieldNames))]
    public void A_reference_without_id_and_name_is_rejected(string field) => Rejected(field, new("", ""), FieldRequired);

    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_that_is_not_a_uuid_is_rejected(string field) => 
        Rejected(field, new("42", null), FieldInvalid, ".id").Saying($"{At(field)}.id");

    [Fact, Trait("case", "5")]
    public void Case_5_A_replacement_of_members_reports_the_index_of_a_bad_reference() =>
        Given(new Created(Shop))
            .When(new ReplaceMembers(
                [AskedPlain, AskedFull, AskedPlain.Again(91) with { Port = 81, HealthCheckMonitor = new Reference(null, "nobody") }]))
            .ThenRejected((ReferenceNotFound, "members[2].health_check_monitor"));

    [Fact]
    public void The_uses_of_a_pool_are_all_its_references_and_those_of_its_members() =>
        Assert.Equal(
        [
            new(Field.HealthCheckMonitor, The.Monitor.Id), new(Field.Tenant, The.Tenant.Id),
            new("members.ip_address", The.Backend.Id, Plain.Id),
            new("members.ip_address", The.OtherBackend.Id, Full.Id), new("members.certificate_profiles", The.Certificate.Id, Full.Id),
            new("members.certificate_profiles", The.OtherCertificate.Id, Full.Id),
            new("members.health_check_monitor", The.OtherMonitor.Id, Full.Id),
            new("members.tenant", The.OtherTenant.Id, Full.Id),
        ], (Shop as IRegistered).Uses);

    [Fact]
    public void An_unset_reference_is_not_a_use() => Assert.Empty((Web as IRegistered).Uses);

    private static Draft Asked(MemberDraft second) => AskedWeb with { Members = new[] { AskedPlain, second } };

    private static LoadBalancerPool Resulting(Member second) => Web.With(Plain, second);

    private static Rejection Rejected(string field, Reference reference, Reason reason, string part = "") =>
        Given().When(new Create(Fields[field].DraftOf(reference))).ThenRejected((reason, At(field) + part));

    // The path of the first reference of a field.
    private static string At(string field) => field.EndsWith(Field.CertificateProfiles, StringComparison.Ordinal) ? $"{field}[0]" : field;
}
