using VirtualServers.Domain.Pools;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

/// <summary>
/// domain.md, section 2: a pool has up to 1,000 members, a member up to 20 profiles, and no object's message exceeds 1 MB.
/// </summary>
public class Bounds
{
    private static readonly Scenario<Command<Draft>, Event<LoadBalancerPool>, LoadBalancerPool> WithProfiles =
        Given(new Created(Web)) with { World = ManyProfiles.World };

    [Fact]
    public void A_member_has_up_to_20_certificate_profiles_and_repetitions_do_not_count()
    {
        var (some, tooMany) = (ManyProfiles.Take(20), ManyProfiles.Take(21));
        var full = Plain with { Tls = new(false, [.. ManyProfiles.Ids.Take(20)]) };
        WithProfiles.When(new AddMember(AskedPlain with { CertificateProfiles = some.Concat(some).ToList() })).Then(Added(full))
            .When(new UpdateMember(At(The.Backend, 80), new(The.Id(91)) { CertificateProfiles = tooMany }))
            .ThenRejected((FieldInvalid, "member.certificate_profiles")).Saying("21", "20");
        WithProfiles.When(new AddMember(AskedPlain with { CertificateProfiles = tooMany }))
            .ThenRejected((FieldInvalid, "member.certificate_profiles"));
        WithProfiles.When(new ReplaceMembers([AskedPlain, AskedFull with { CertificateProfiles = tooMany }]))
            .ThenRejected((FieldInvalid, "members[1].certificate_profiles"));
        WithProfiles.When(new Configure(new() { Members = new[] { AskedPlain with { CertificateProfiles = tooMany } } }))
            .ThenRejected((FieldInvalid, "members[0].certificate_profiles"));
    }

    [Fact]
    public void A_thousand_members_have_up_to_467_references_beside_their_addresses()
    {
        var (asked, members) = Many(1000);
        MemberDraft[] full = [.. asked.Select((draft, i) => i < 467 ? draft with { Tenant = The.Tenant.ById } : draft)];
        var pool = Web.With(members.Select((member, i) => i < 467 ? member with { Tenant = The.Tenant.Id } : member));
        Given(new Created(Web)).When(new Configure(new() { Members = full })).Then(Added([.. pool.Members]));

        full[999] = full[999] with { HealthCheckMonitor = The.Monitor.ById };
        Given(new Created(Web)).When(new Configure(new() { Members = full })).ThenRejected((FieldInvalid, "members"));
        Given(new Created(Web)).When(new ReplaceMembers(full)).ThenRejected((FieldInvalid, "members"))
            .Saying("900760 bytes", "up to 900000", "400", "1070");
        Given(new Created(pool)).When(new ReplaceMembers(full[^1..], AdditiveOnly: true)).ThenRejected((FieldInvalid, "members"));
        Given(new Created(pool)).When(new UpdateMember(At(The.Vip, 1000), new(The.Id(91)) { HealthCheckMonitor = The.Monitor.ById }))
            .ThenRejected((FieldInvalid, "member")).Saying("900760 bytes");
    }

    [Fact]
    public void Labels_count_with_their_bytes()
    {
        var (asked, members) = Many(1000);
        // 310 bytes are left: 500,000 beside the members themselves, of which 467 tenants take 1,070 each.
        var pool = Web.With(members.Select((member, i) => i < 467 ? member with { Tenant = The.Tenant.Id } : member));
        string fits = new('é', 155), exceeds = $"{fits}x";
        Given(new Created(pool)).When(new UpdateMember(At(The.Vip, 1), new(The.Id(91)) { Label = exceeds }))
            .ThenRejected((FieldInvalid, "member")).Saying("900001 bytes");
        Given(new Created(pool)).When(new UpdateMember(At(The.Vip, 1000), new(The.Id(91)) { Label = fits }))
            .Then(Altered(members[999], members[999] with { Label = fits }));
        Given(new Created(pool.With(pool.Members.Where(member => member.Id != asked[999].NewId))))
            .When(new AddMember(asked[999] with { Label = exceeds })).ThenRejected((FieldInvalid, "member"));
    }
}
