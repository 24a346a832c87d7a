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
    public void Rotation_replaces_the_profile() =>
        Given(new Created(Web with { Tls = new(false, [The.Certificate.Id]) })).When(ToOther)
            .Then(new Changed { Tls = new(new(false, [The.Certificate.Id]), new(false, [The.OtherCertificate.Id])) });

    [Fact]
    public void A_virtual_server_with_both_profiles_keeps_the_new_one_once() =>
        Given(new Created(Shop)).When(ToOther).Then(new Changed { Tls = new(Shop.Tls, new(true, [The.OtherCertificate.Id])) });

    [Fact]
    public void A_virtual_server_without_the_profile_is_unchanged()
    {
        Given(new Created(Web)).When(ToOther).ThenNothing();
        Given(new Created(Shop)).When(ToOther with { To = The.Certificate.Id }).ThenNothing();
    }

    [Fact]
    public void A_missing_virtual_server_is_not_found()
    {
        Given().When(ToOther).ThenRejected((NotFound, ""));
        Given(new Created(Shop), new Deleted()).When(ToOther).ThenRejected((NotFound, ""));
    }
}
