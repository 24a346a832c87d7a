using VirtualServers.Domain.Pools;
using VirtualServers.Domain.Tests.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class UpdatingMembers
{
    private static readonly MemberKey TheFull = new MemberKey.ById(Full.Id);

    // Every field: an update of Full, and the resulting member.
    private static readonly Dictionary<string, (MemberDraft Asked, Member Expected)> Fields = new()
    {
        [Field.IpAddress] = (Nothing with { IpAddress = The.Vip.ById }, Full with { Endpoint = new(The.Vip.Id, 8443) }),
        [Field.Port] = (Nothing with { Port = 0 }, Full with { Endpoint = new(The.OtherBackend.Id, 0) }),
        [Field.Status] = (Nothing with { Status = MemberStatus.Planned }, Full with { Status = MemberStatus.Planned }),
        [Field.Label] = (Nothing with { Label = "third rack" }, Full with { Label = "third rack" }),
        [Field.SslOffload] = (Nothing with { SslOffload = false }, Full with { Tls = Full.Tls with { Offload = false } }),
        [Field.CertificateProfiles] =
            (Nothing with { CertificateProfiles = VirtualServerScenario.ById(The.Certificate) },
             Full with { Tls = new(true, [The.Certificate.Id]) }),
        [Field.HealthCheckMonitor] =
            (Nothing with { HealthCheckMonitor = The.Monitor.ById }, Full with { HealthCheckMonitor = The.Monitor.Id }),
        [Field.Tenant] = (Nothing with { Tenant = The.Tenant.ById }, Full with { Tenant = The.Tenant.Id }),
    };

    private static MemberDraft Nothing => new(The.Id(91));

    public static TheoryData<string> FieldNames => [.. Fields.Keys];

    [Theory, MemberData(nameof(FieldNames))]
    public void A_field_that_is_not_in_the_mask_is_unchanged(string field) =>
        Given(new Created(Shop)).When(new UpdateMember(TheFull, Fields[field].Asked)).Then(Altered(Full, Fields[field].Expected));

    // Every optional field: an update of Full that clears it, and the resulting member.
    private static readonly Dictionary<string, (MemberDraft Cleared, Member Expected)> Optional = new()
    {
        [Field.Label] = (Nothing with { Label = null }, Full with { Label = "" }),
        [Field.CertificateProfiles] =
            (Nothing with { CertificateProfiles = VirtualServerScenario.ById() }, Full with { Tls = new(true, []) }),
        [Field.HealthCheckMonitor] = (Nothing with { HealthCheckMonitor = null }, Full with { HealthCheckMonitor = null }),
        [Field.Tenant] = (Nothing with { Tenant = null }, Full with { Tenant = null }),
    };

    public static TheoryData<string> OptionalNames => [.. Optional.Keys];

    [Theory, MemberData(nameof(OptionalNames))]
    public void An_optional_field_given_without_a_value_is_cleared(string field) =>
        Given(new Created(Shop)).When(new UpdateMember(TheFull, Optional[field].Cleared)).Then(Altered(Full, Optional[field].Expected));

    [Fact]
    public void A_required_field_cannot_be_cleared() =>
        Given(new Created(Shop)).When(new UpdateMember(TheFull, Nothing with { IpAddress = null, Port = null, Status = null }))
            .ThenRejected((FieldRequired, "member.ip_address"), (FieldRequired, "member.port"), (FieldRequired, "member.status"));

    [Fact]
    public void A_member_without_a_port_does_not_clash_with_port_0() =>
        Given(new Created(Web.With(Plain, Full with { Endpoint = new(The.Backend.Id, 0) })))
            .When(new UpdateMember(new MemberKey.ById(Plain.Id), Nothing with { Port = null }))
            .ThenRejected((FieldRequired, "member.port"));

    [Fact]
    public void A_member_is_found_by_address_and_port()
    {
        var shop = Given(new Created(Shop));
        var relabelled = Nothing with { Label = "third rack" };
        shop.When(new UpdateMember(At(The.OtherBackend, 8443), relabelled)).Then(Altered(Full, Full with { Label = "third rack" }));
        shop.When(new UpdateMember(new MemberKey.ByEndpoint(new(null, "2001:DB8:1:0::1"), 8443), relabelled))
            .Then(Altered(Full, Full with { Label = "third rack" }));
        shop.When(new UpdateMember(new MemberKey.ByEndpoint(The.OtherBackend.ByBoth, 8443), relabelled))
            .Then(Altered(Full, Full with { Label = "third rack" }));
    }

    [Fact]
    public void A_member_keeps_its_id_when_its_endpoint_changes()
    {
        var moved = Full with { Endpoint = new(The.Backend.Id, 81) };
        Given(new Created(Shop))
            .When(new UpdateMember(At(The.OtherBackend, 8443), Nothing with { IpAddress = The.Backend.ById, Port = 81 }))
            .Then(Altered(Full, moved), again: NotFound)
            .When(new UpdateMember(At(The.Backend, 81), Nothing with { Label = "third rack" }))
            .Then(Altered(moved, moved with { Label = "third rack" }));
    }

    [Fact]
    public void A_member_cannot_move_to_a_taken_endpoint()
    {
        var shop = Given(new Created(Shop));
        shop.When(new UpdateMember(TheFull, Nothing with { IpAddress = The.Backend.ById, Port = 80 }))
            .ThenRejected((MemberTaken, "member.ip_address"), (MemberTaken, "member.port")).Saying($"{Plain.Id}");
        shop.When(new UpdateMember(At(The.Backend, 80), AskedFull.Again(91)))
            .ThenRejected((MemberTaken, "member.ip_address"), (MemberTaken, "member.port")).Saying($"{Full.Id}");
        Given(new Created(Web.With(Plain, Full with { Endpoint = new(The.Backend.Id, 81) })))
            .When(new UpdateMember(At(The.Backend, 81), Nothing with { Port = 80 }))
            .ThenRejected((MemberTaken, "member.port")).Saying($"{Plain.Id}");
    }

    [Fact]
    public void An_update_with_equal_content_changes_nothing()
    {
        var shop = Given(new Created(Shop));
        shop.When(new UpdateMember(TheFull, AskedFull.Again(91))).ThenNothing();
        shop.When(new UpdateMember(At(The.OtherBackend, 8443), AskedFull.Again(91) with { IpAddress = The.OtherBackend.ByName }))
            .ThenNothing();
        shop.When(new UpdateMember(TheFull, Nothing)).ThenNothing();
    }

    [Fact]
    public void All_violations_are_reported_at_once() =>
        Given(new Created(Shop))
            .When(new UpdateMember(TheFull, Nothing with { Port = 65536, Status = (MemberStatus)6, Label = "\0", Tenant = The.Pool.ById }))
            .ThenRejected((FieldInvalid, "member.port"), (FieldInvalid, "member.status"), (FieldInvalid, "member.label"),
                (ReferenceNotFound, "member.tenant"));

    [Fact]
    public void A_missing_member_is_reported_together_with_malformed_fields()
    {
        var shop = Given(new Created(Shop));
        shop.When(new UpdateMember(new MemberKey.ById(The.Id(99)), Nothing with { Label = "x" })).ThenRejected((NotFound, ""))
            .Saying($"{The.Id(99)}");
        shop.When(new UpdateMember(At(The.Backend, 81), Nothing with { Label = "\0", Tenant = The.Pool.ById }))
            .ThenRejected((NotFound, ""), (FieldInvalid, "member.label"));
        shop.When(new UpdateMember(new MemberKey.ByEndpoint(new(null, "203.0.113.99"), 80), Nothing)).ThenRejected((NotFound, ""))
            .Saying("\"203.0.113.99\" port 80");
    }

    [Fact]
    public void A_missing_pool_is_reported_together_with_malformed_fields()
    {
        Given().When(new UpdateMember(TheFull, Nothing with { Port = -1 })).ThenRejected((NotFound, ""), (FieldInvalid, "member.port"));
        Given(new Created(Shop), new Deleted()).When(new UpdateMember(TheFull, Nothing with { Port = 1 })).ThenRejected((NotFound, ""));
    }

    // Domain.md, section 1: a name without a namespace means the namespace "Global".
    [Fact]
    public void A_member_is_found_by_its_address_and_namespace()
    {
        var (red, blue) = (Plain with { Endpoint = new(The.RedVip.Id, 80) }, Full with { Endpoint = new(The.BlueVip.Id, 80) });
        var (pool, relabelled) = (Given(new Created(Web.With(red, blue))), Nothing with { Label = "x" });
        pool.When(new UpdateMember(new MemberKey.ByEndpoint(The.RedVip.ByName, 80), relabelled))
            .Then(Altered(red, red with { Label = "x" }));
        pool.When(new UpdateMember(new MemberKey.ByEndpoint(The.BlueVip.ByBoth, 80), relabelled))
            .Then(Altered(blue, blue with { Label = "x" }));
        pool.When(new UpdateMember(new MemberKey.ByEndpoint(The.RedVip.ByBareName, 80), relabelled)).ThenRejected((NotFound, ""));
        pool.When(new RemoveMember(new MemberKey.ByEndpoint(The.RedVip.ByBareName, 80), AllowMissing: true)).ThenNothing();
    }

    [Fact]
    public void A_member_is_removed_by_id_or_by_address_and_port()
    {
        var shop = Given(new Created(Shop));
        shop.When(new RemoveMember(new MemberKey.ById(Full.Id))).Then(Removed(Full), again: NotFound);
        shop.When(new RemoveMember(At(The.Backend, 80))).Then(Removed(Plain), again: NotFound);
        shop.When(new RemoveMember(new MemberKey.ByEndpoint(The.Backend.ByName, 80))).Then(Removed(Plain), again: NotFound);
    }

    [Fact]
    public void A_missing_member_is_not_found_unless_missing_is_allowed()
    {
        var shop = Given(new Created(Shop));
        MemberKey[] missing =
        [
            new MemberKey.ById(The.Id(99)), At(The.Backend, 81), At(The.Vip, 80),
            new MemberKey.ByEndpoint(new(null, "203.0.113.99"), 80), new MemberKey.ByEndpoint(new($"{The.Id(99)}", null), 80),
        ];
        foreach (var key in missing)
        {
            shop.When(new RemoveMember(key)).ThenRejected((NotFound, ""));
            shop.When(new RemoveMember(key, AllowMissing: true)).ThenNothing();
        }

        shop.When(new RemoveMember(At(The.Backend, 80), AllowMissing: true)).Then(Removed(Plain));
    }

    [Fact]
    public void A_missing_pool_is_not_found_unless_missing_is_allowed()
    {
        Given().When(new RemoveMember(At(The.Backend, 80))).ThenRejected((NotFound, ""));
        Given().When(new RemoveMember(At(The.Backend, 80), AllowMissing: true)).ThenNothing();
        Given(new Created(Shop), new Deleted()).When(new RemoveMember(At(The.Backend, 80), AllowMissing: true)).ThenNothing();
    }

    [Fact]
    public void An_address_whose_id_and_name_differ_matches_no_member()
    {
        var pool = Given(new Created(Web.With(Plain, Full with { Endpoint = new(The.OtherBackend.Id, 80) })));
        var mixed = new MemberKey.ByEndpoint(The.Backend.ById with { Name = The.OtherBackend.Name }, 80);
        pool.When(new RemoveMember(mixed)).ThenRejected((ReferenceMismatch, "endpoint.ip_address")).Naming(The.Backend.Name);
        pool.When(new RemoveMember(mixed, AllowMissing: true)).ThenRejected((ReferenceMismatch, "endpoint.ip_address"));
        pool.When(new UpdateMember(mixed, new(The.Id(91)) { Label = "x" })).ThenRejected((ReferenceMismatch, "endpoint.ip_address"));
        Given(new Created(Web.With(Full with { Endpoint = new(The.OtherBackend.Id, 80) }))).When(new RemoveMember(mixed))
            .ThenRejected((ReferenceMismatch, "endpoint.ip_address"));
    }

    [Fact]
    public void A_malformed_address_is_rejected_even_if_missing_is_allowed()
    {
        var shop = Given(new Created(Shop));
        shop.When(new RemoveMember(new MemberKey.ByEndpoint(new("42", null), 80), AllowMissing: true))
            .ThenRejected((FieldInvalid, "endpoint.ip_address.id"));
        shop.When(new RemoveMember(new MemberKey.ByEndpoint(new("", ""), 80), AllowMissing: true))
            .ThenRejected((FieldRequired, "endpoint.ip_address"));
        shop.When(new RemoveMember(new MemberKey.ByEndpoint(new(null, "a\0b"), 80)))
            .ThenRejected((FieldInvalid, "endpoint.ip_address.name"));
        shop.When(new RemoveMember(new MemberKey.ByEndpoint(new(null, "nowhere"), 80), AllowMissing: true))
            .ThenRejected((FieldInvalid, "endpoint.ip_address.name")).Saying("\"nowhere\" is not an IP address");
    }
}
