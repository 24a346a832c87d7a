using VirtualServers.Domain.Pools;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class RotatingCertificates
{
    private static readonly RotateCertificate ToOther = new(The.Certificate.Id, The.OtherCertificate.Id);

    private static readonly Member One = Full with { Tls = new(true, [The.Certificate.Id]) };

    private static readonly Member Idle = Plain with { Tls = new(false, [The.Certificate.Id]) };

    [Fact]
    public void Every_member_with_the_profile_is_rotated_in_one_event() =>
        Given(new Created(Web.With(Idle, One))).When(ToOther).Then(new Changed
        {
            Members = new(
                Added: [],
                Was: [Idle, One],
                Is: [Idle with { Tls = new(false, [The.OtherCertificate.Id]) }, One with { Tls = new(true, [The.OtherCertificate.Id]) }],
                Removed: []),
        });

    [Fact]
    public void A_member_without_the_profile_is_unchanged() =>
        Given(new Created(Web.With(Plain, One))).When(ToOther).Then(Altered(One, One with { Tls = new(true, [The.OtherCertificate.Id]) }));

    [Fact]
    public void A_member_with_both_profiles_keeps_the_new_one_once() =>
        Given(new Created(Shop)).When(ToOther).Then(Altered(Full, Full with { Tls = new(true, [The.OtherCertificate.Id]) }));

    [Fact]
    public void Only_the_listed_members_are_rotated() =>
        Given(new Created(Web.With(Idle, One))).When(ToOther with { Members = [Idle.Id, The.Id(99)] })
            .Then(Altered(Idle, Idle with { Tls = new(false, [The.OtherCertificate.Id]) }));

    [Fact]
    public void Rotation_without_affected_members_changes_nothing()
    {
        Given(new Created(Web.With(Plain))).When(ToOther).ThenNothing();
        Given(new Created(Web.With(One))).When(ToOther with { Members = [] }).ThenNothing();
        Given(new Created(Web.With(One))).When(ToOther with { To = The.Certificate.Id }).ThenNothing();
    }

    [Fact]
    public void A_missing_pool_is_not_found()
    {
        Given().When(ToOther).ThenRejected((NotFound, ""));
        Given(new Created(Shop), new Deleted()).When(ToOther).ThenRejected((NotFound, ""));
    }
}
