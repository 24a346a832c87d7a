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
    public void Every_member_that_offers_it_offers_the_other_in_one_event() =>
        Given(new Created(Web.With(Idle, One))).When(ToOther).Then(new Changed
        {
            Members = new([], [Idle, One], [Idle with { Tls = new(false, [The.OtherCertificate.Id]) }, One with { Tls = new(true, [The.OtherCertificate.Id]) }], []),
        });

    [Fact]
    public void A_member_that_does_not_offer_it_stays_as_it_is() =>
        Given(new Created(Web.With(Plain, One))).When(ToOther).Then(Altered(One, One with { Tls = new(true, [The.OtherCertificate.Id]) }));

    [Fact]
    public void A_member_that_offers_both_keeps_the_other_once() =>
        Given(new Created(Shop)).When(ToOther).Then(Altered(Full, Full with { Tls = new(true, [The.OtherCertificate.Id]) }));

    [Fact]
    public void Only_the_members_that_are_meant_do() =>
        Given(new Created(Web.With(Idle, One))).When(ToOther with { Members = [Idle.Id, The.Id(99)] }).Then(Altered(Idle, Idle with { Tls = new(false, [The.OtherCertificate.Id]) }));

    [Fact]
    public void Where_nobody_offers_it_nothing_changes()
    {
        Given(new Created(Web.With(Plain))).When(ToOther).ThenNothing();
        Given(new Created(Web.With(One))).When(ToOther with { Members = [] }).ThenNothing();
        Given(new Created(Web.With(One))).When(ToOther with { To = The.Certificate.Id }).ThenNothing();
    }

    [Fact]
    public void A_pool_that_is_not_there_is_not_found()
    {
        Given().When(ToOther).ThenRejected((NotFound, ""));
        Given(new Created(Shop), new Deleted()).When(ToOther).ThenRejected((NotFound, ""));
    }
}
