using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class RotatingCertificates
{
    private static readonly RotateCertificate ToOther = new(The.Certificate.Id, The.OtherCertificate.Id);

    [Fact]
    public void What_offers_it_offers_the_other() =>
        Given(new Created(Web with { Tls = new(false, [The.Certificate.Id]) })).When(ToOther)
            .Then(new Changed { Tls = new(new(false, [The.Certificate.Id]), new(false, [The.OtherCertificate.Id])) });

    [Fact]
    public void What_offers_both_keeps_the_other_once() =>
        Given(new Created(Shop)).When(ToOther).Then(new Changed { Tls = new(Shop.Tls, new(true, [The.OtherCertificate.Id])) });

    [Fact]
    public void What_does_not_offer_it_stays_as_it_is()
    {
        Given(new Created(Web)).When(ToOther).ThenNothing();
        Given(new Created(Shop)).When(ToOther with { To = The.Certificate.Id }).ThenNothing();
    }

    [Fact]
    public void A_virtual_server_that_is_not_there_is_not_found()
    {
        Given().When(ToOther).ThenRejected((NotFound, ""));
        Given(new Created(Shop), new Deleted()).When(ToOther).ThenRejected((NotFound, ""));
    }
}
