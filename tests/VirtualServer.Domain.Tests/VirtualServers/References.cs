using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class References
{
    // Every reference: two objects of its kind, and the draft with the reference.
    private static readonly Dictionary<string, (Named One, Named Another, Func<Reference, Draft> DraftOf)> Fields = new()
    {
        [Field.Vip] = (The.Vip, The.OtherVip, reference => AskedWeb with { Vip = reference }),
        [Field.SourceNatPool] = (The.Prefix, The.OtherPrefix, reference => AskedWeb with { SourceNatPool = reference }),
        [Field.Tenant] = (The.Tenant, The.OtherTenant, reference => AskedWeb with { Tenant = reference }),
        [Field.HealthCheckMonitor] = (The.Monitor, The.OtherMonitor, reference => AskedWeb with { HealthCheckMonitor = reference }),
        [Field.LoadBalancerPool] = (The.Pool, The.OtherPool, reference => AskedWeb with { LoadBalancerPool = reference }),
        [Field.CertificateProfiles] =
            (The.Certificate, The.OtherCertificate, reference => AskedWeb with { CertificateProfiles = new[] { reference } }),
        ["device"] =
            (The.Device, The.OtherDevice, reference => AskedWeb with { Placement = new PlacementReference(Kind.Device, reference) }),
    };

    public static TheoryData<string> FieldNames => [.. Fields.Keys];

    [Theory, MemberData(nameof(FieldNames))]
    public void An_object_is_found_by_id_or_name_or_both(string field)
    {
        var (one, _, draft) = Fields[field];
        var created = Given().When(new Create(draft(one.ById))).Then(new Created(Resulting(field, one)));
        created.When(new Create(draft(one.ByName))).ThenNothing();
        created.When(new Create(draft(one.ByBoth))).ThenNothing();
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_An_unknown_id_is_rejected(string field) =>
        Rejected(field, new(The.Id(99).ToString(), null), ReferenceNotFound).Saying(The.Id(99).ToString(), "id");

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_An_unknown_name_is_rejected(string field) =>
        Rejected(field, new(null, Unknown(field)), ReferenceNotFound).Saying($"\"{Unknown(field)}\"");

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_A_removed_object_is_unknown(string field)
    {
        var (one, _, draft) = Fields[field];
        Given().Without(one).When(new Create(draft(one.ById))).ThenRejected((ReferenceNotFound, At(field)));
        Given().Without(one).When(new Create(draft(one.ByName))).ThenRejected((ReferenceNotFound, At(field)));
    }

    [Theory, MemberData(nameof(FieldNames)), Trait("case", "5")]
    public void Case_5_A_reference_never_points_across_kinds(string field)
    {
        var other = Fields.Values.First(candidate => candidate.One.Kind != Fields[field].One.Kind).One;
        Rejected(field, other.ById, ReferenceNotFound);
        if (Fields[field].One.Scope.Length == 0) Rejected(field, other.ByBareName, ReferenceNotFound);
    }

    [Fact, Trait("case", "5")]
    public void Case_5_The_id_of_a_device_is_not_the_id_of_a_chassis() =>
        Given().When(new Create(AskedWeb with { Placement = new PlacementReference(Kind.VirtualChassis, The.Device.ById) }))
            .ThenRejected((ReferenceNotFound, "virtual_chassis"));

    [Fact, Trait("case", "5")]
    public void Case_5_All_unknown_references_are_reported_at_once()
    {
        var unknown = new Reference(null, "nobody");
        Given().When(new Create(AskedWeb with
        {
            Vip = new Reference(null, Unknown(Field.Vip)),
            Placement = new PlacementReference(Kind.CloudService, unknown),
            SourceNatPool = new Reference(null, Unknown(Field.SourceNatPool)),
            Tenant = unknown,
            HealthCheckMonitor = unknown,
            LoadBalancerPool = unknown,
            CertificateProfiles = new[] { unknown, The.Certificate.ById },
        })).ThenRejected(
            (ReferenceNotFound, Field.Vip), (ReferenceNotFound, "cloud_service"), (ReferenceNotFound, Field.SourceNatPool),
            (ReferenceNotFound, Field.Tenant), (ReferenceNotFound, Field.HealthCheckMonitor),
            (ReferenceNotFound, Field.LoadBalancerPool), (ReferenceNotFound, "certificate_profiles[0]"));
    }

    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_and_a_name_of_different_objects_are_rejected(string field)
    {
        var (one, another, _) = Fields[field];
        Rejected(field, new(one.Id.ToString(), another.Name), ReferenceMismatch).Naming(one.Name);
    }

    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_with_an_unknown_name_is_rejected(string field) =>
        Rejected(field, Fields[field].One.ById with { Name = Unknown(field) }, ReferenceMismatch)
            .Saying($"never had the name \"{Unknown(field)}\": give the id alone");

    // Domain.md, section 1: with both given, the id decides, and the name must be one that the object has or had.
    [Theory, MemberData(nameof(FieldNames))]
    public void An_id_with_a_name_that_the_object_had_is_accepted(string field)
    {
        var (one, another, draft) = Fields[field];
        var renamed = one with { Name = Unknown(field) };
        var given = Given() with { World = The.World.Renamed(renamed) };
        given.When(new Create(draft(renamed.ByBoth))).Then(new Created(Resulting(field, one)));
        given.When(new Create(draft(one.ByBoth))).Then(new Created(Resulting(field, one)));
        given.When(new Create(draft(one.ByName))).ThenRejected((ReferenceNotFound, At(field)));
        given.When(new Create(draft(one.ById with { Name = another.Name }))).ThenRejected((ReferenceMismatch, At(field)))
            .Naming(renamed.Name);
    }

    [Fact]
    public void An_id_with_a_namespace_that_the_object_had_is_accepted()
    {
        var moved = The.RedVip with { Scope = "green" };
        var given = Given() with { World = The.World.Renamed(moved) };
        foreach (var reference in new[] { moved.ByBoth, The.RedVip.ByBoth, The.RedVip.ById with { Namespace = "red" } })
            given.When(new Create(AskedWeb with { Vip = reference })).Then(new Created(OnRedVip));
        given.When(new Create(AskedWeb with { Vip = The.RedVip.ById with { Namespace = "blue" } }))
            .ThenRejected((ReferenceMismatch, Field.Vip)).Saying("never had the namespace \"blue\"");
    }

    [Theory, MemberData(nameof(FieldNames))]
    public void A_known_name_does_not_replace_an_unknown_id(string field) =>
        Rejected(field, Fields[field].One.ByName with { Id = The.Id(99).ToString() }, ReferenceNotFound);

    [Theory, MemberData(nameof(FieldNames))]
    public void A_reference_without_id_and_name_is_rejected(string field)
    {
        Rejected(field, new(null, null), FieldRequired);
        Rejected(field, new("", ""), FieldRequired);
    }

    [Theory]
    [InlineData("42")]
    [InlineData("lb-1")]
    [InlineData("{00000000-0000-7000-8000-000000000041}")]
    [InlineData("00000000000070008000000000000041")]
    [InlineData("00000000-0000-7000-8000-00000000004g")]
    [InlineData("+0000000-0000-7000-8000-000000000041")]
    [InlineData("0x000000-0000-7000-8000-000000000041")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public void An_id_that_is_not_a_uuid_is_rejected(string id) =>
        Rejected(Field.Tenant, new(id, null), FieldInvalid, ".id").Saying(id, "is not a UUID", "write it like");

    [Fact]
    public void An_id_may_be_in_upper_case()
    {
        var team = new Named(new("0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10"), Kind.Tenant, "", "team");
        (Given() with { World = World.Of([The.Vip, The.Device, team]) })
            .When(new Create(AskedWeb with { Tenant = new Reference("0190A5C4-7B1E-7F3A-9C52-0D6C1F1F2A10", null) }))
            .Then(new Created(Web with { Tenant = team.Id }));
    }

    [Fact]
    public void A_malformed_id_is_rejected_even_with_a_valid_name() =>
        Rejected(Field.Tenant, new("42", The.Tenant.Name), FieldInvalid, ".id");

    [Fact]
    public void A_name_with_control_characters_is_rejected()
    {
        Rejected(Field.Tenant, new(null, "sh\0op"), FieldInvalid, ".name");
        Rejected(Field.Tenant, new(null, "sh\top"), FieldInvalid, ".name");
        Rejected(Field.Tenant, new(null, "sh\u202Eop"), FieldInvalid, ".name").Saying("U+202E");
    }

    // Domain.md, section 1: a name without a namespace means the namespace "Global".
    [Fact]
    public void A_bare_address_means_the_namespace_Global()
    {
        Rejected(Field.Vip, The.RedVip.ByBareName, ReferenceNotFound)
            .Saying("in the namespace \"Global\"", "give its namespace (\"blue\", \"red\")");
        var global = The.RedVip with { Id = The.Id(17), Scope = "Global" };
        (Given() with { World = World.Of([The.Device, The.RedVip, The.BlueVip, global]) })
            .When(new Create(AskedWeb with { Vip = The.RedVip.ByBareName }))
            .Then(new Created(Web with { Listener = new(global.Id, null, null) }));
    }

    [Theory]
    [InlineData("red")]
    [InlineData(" red ")]
    public void A_namespace_selects_the_address(string scope) =>
        Given().When(new Create(AskedWeb with { Vip = The.RedVip.ByBareName with { Namespace = scope } })).Then(new Created(OnRedVip));

    [Fact]
    public void A_namespace_is_compared_exactly() =>
        Rejected(Field.Vip, The.RedVip.ByBareName with { Namespace = "Red" }, ReferenceNotFound).Saying("in the namespace \"Red\"");

    [Fact]
    public void An_id_needs_no_namespace() =>
        Given().When(new Create(AskedWeb with { Vip = The.RedVip.ById with { Name = The.RedVip.Name } })).Then(new Created(OnRedVip));

    [Fact]
    public void A_namespace_of_another_kind_is_rejected() =>
        Given().When(new Create(AskedWeb with { Tenant = The.Tenant.ByName with { Namespace = "Global" } }))
            .ThenRejected((FieldInvalid, "tenant.namespace")).Saying("a tenant has no namespace: omit tenant.namespace");

    [Fact]
    public void A_namespace_with_control_characters_is_rejected() =>
        Given().When(new Create(AskedWeb with { Vip = The.Vip.ByName with { Namespace = "r\0d" } }))
            .ThenRejected((FieldInvalid, "vip.namespace"));

    // Domain.md, section 1: text that is no address is INVALID_ARGUMENT.
    [Theory]
    [InlineData("nowhere")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.1:80")]
    public void Text_that_is_no_address_is_rejected_as_malformed(string text)
    {
        Given().When(new Create(AskedWeb with { Vip = new Reference(null, text) }))
            .ThenRejected((FieldInvalid, "vip.name")).Saying($"vip.name \"{text}\" is not an IP address");
        Given().When(new Create(AskedWeb with { Vip = The.Vip.ById with { Name = text } })).ThenRejected((FieldInvalid, "vip.name"));
    }

    [Fact]
    public void Text_that_is_no_prefix_is_rejected_as_malformed() =>
        Given().When(new Create(AskedWeb with { SourceNatPool = new Reference(null, "10.0.0.1/8") }))
            .ThenRejected((FieldInvalid, "source_nat_pool.name")).Saying("10.0.0.0/8");

    [Theory]
    [InlineData("::ffff:192.0.2.10")]
    [InlineData("::FFFF:c000:20a")]
    [InlineData("192.0.2.10/32")]
    [InlineData("::ffff:192.0.2.10/128")]
    public void An_address_is_found_in_its_mapped_form_and_with_its_full_length(string text) =>
        Given().When(new Create(AskedWeb with { Vip = new Reference(null, text) })).Then(new Created(Web));

    [Fact]
    public void An_address_is_found_in_any_notation() =>
        Given().When(new Create(AskedWeb with { Vip = new Reference(The.OtherVip.Id.ToString(), "2001:DB8:0:0::10") }))
            .Then(new Created(Web with { Listener = new(The.OtherVip.Id, null, null) }));

    [Fact]
    public void A_prefix_is_found_in_any_notation() =>
        Given().When(new Create(AskedWeb with { SourceNatPool = new Reference(null, "2001:0db8:0001:0000::/48") }))
            .Then(new Created(Web with { SourceNat = new(The.OtherPrefix.Id, null) }));

    [Fact, Trait("case", "5")]
    public void Case_5_An_update_checks_its_references() =>
        Given(new Created(Shop))
            .When(new Configure(new() { LoadBalancerPool = new Reference(null, "nobody"), Tenant = The.OtherTenant.ById }))
            .ThenRejected((ReferenceNotFound, Field.LoadBalancerPool));

    [Fact]
    public void The_uses_of_a_virtual_server_are_all_its_references() =>
        Assert.Equal(
        [
            new(Field.Vip, The.OtherVip.Id), new("device_redundancy_group", The.Group.Id), new(Field.SourceNatPool, The.Prefix.Id),
            new(Field.Tenant, The.Tenant.Id), new(Field.HealthCheckMonitor, The.Monitor.Id), new(Field.LoadBalancerPool, The.Pool.Id),
            new(Field.CertificateProfiles, The.Certificate.Id), new(Field.CertificateProfiles, The.OtherCertificate.Id),
        ], (Shop as IRegistered).Uses);

    [Fact]
    public void An_unset_reference_is_not_a_use() =>
        Assert.Equal([new(Field.Vip, The.Vip.Id), new("device", The.Device.Id)], (Web as IRegistered).Uses);

    [Theory, MemberData(nameof(FieldNames))]
    public void A_malformed_id_or_name_is_named_by_its_path(string field)
    {
        Rejected(field, new("42", null), FieldInvalid, ".id").Saying($"{At(field)}.id \"42\" is not a UUID");
        Rejected(field, new(null, "a\0"), FieldInvalid, ".name").Saying($"{At(field)}.name has the character U+0000");
    }

    private static Rejection Rejected(string field, Reference reference, Reason reason, string part = "") =>
        Given().When(new Create(Fields[field].DraftOf(reference))).ThenRejected((reason, At(field) + part));

    // The path of the first reference of a field.
    private static string At(string field) => field is Field.CertificateProfiles ? $"{field}[0]" : field;
    private static VirtualServer OnRedVip => Web with { Listener = new(The.RedVip.Id, null, null) };

    // A valid name that no object has.
    private static string Unknown(string field) => field switch
    {
        Field.Vip => "192.0.2.99",
        Field.SourceNatPool => "192.0.2.99/32",
        _ => "nobody",
    };

    private static VirtualServer Resulting(string field, Named one) => field switch
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
