using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class SourceNatAndCertificates
{
    [Theory, Trait("case", "11")]
    [InlineData(SourceNatType.Pool)]
    [InlineData(SourceNatType.Static)]
    [InlineData(SourceNatType.Auto)]
    public void Case_11_Every_type_is_accepted_with_a_prefix(SourceNatType type) =>
        Given().When(new Create(AskedWeb with { SourceNatPool = The.Prefix.ById, SourceNatType = type }))
            .Then(new Created(Web with { SourceNat = new(The.Prefix.Id, type) }));

    [Fact, Trait("case", "11")]
    public void Case_11_A_type_is_accepted_without_a_prefix_and_a_prefix_without_a_type()
    {
        Given().When(new Create(AskedWeb with { SourceNatType = SourceNatType.Pool }))
            .Then(new Created(Web with { SourceNat = new(null, SourceNatType.Pool) }));
        Given().When(new Create(AskedWeb with { SourceNatPool = The.Prefix.ById }))
            .Then(new Created(Web with { SourceNat = new(The.Prefix.Id, null) }));
    }

    [Fact, Trait("case", "11")]
    public void Case_11_Prefix_and_type_can_be_cleared_in_one_update() =>
        Given(new Created(Shop)).When(new Configure(new() { SourceNatPool = null, SourceNatType = null }))
            .Then(new Changed { SourceNat = new(new(The.Prefix.Id, SourceNatType.Pool), new(null, null)) });

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-1)]
    public void An_unknown_source_nat_type_is_rejected(int unknown) =>
        Given().When(new Create(AskedWeb with { SourceNatType = (SourceNatType)unknown }))
            .ThenRejected((FieldInvalid, Field.SourceNatType));

    [Fact, Trait("case", "12")]
    public void Case_12_Ssl_offload_without_certificates_is_accepted() =>
        Given().When(new Create(AskedWeb with { SslOffload = true })).Then(new Created(Web with { Tls = new(true, []) }));

    [Fact, Trait("case", "12")]
    public void Case_12_Certificates_without_ssl_offload_are_accepted() =>
        Given().When(new Create(AskedWeb with { CertificateProfiles = ById(The.Certificate) }))
            .Then(new Created(Web with { Tls = new(false, [The.Certificate.Id]) }));

    [Fact, Trait("case", "13")]
    public void Case_13_A_repeated_certificate_changes_nothing() =>
        Given(new Created(Shop))
            .When(new Configure(new() { CertificateProfiles = ById(The.Certificate, The.OtherCertificate, The.Certificate) }))
            .ThenNothing();

    [Fact, Trait("case", "13")]
    public void Case_13_The_order_of_certificates_is_ignored() =>
        Given(new Created(Shop)).When(new Configure(new() { CertificateProfiles = ById(The.OtherCertificate, The.Certificate) }))
            .ThenNothing();

    [Fact, Trait("case", "13")]
    public void Case_13_A_different_set_is_one_event() =>
        Given(new Created(Web with { Tls = new(true, [The.Certificate.Id]) }))
            .When(new Configure(new() { CertificateProfiles = ById(The.OtherCertificate) }))
            .Then(new Changed { Tls = new(new(true, [The.Certificate.Id]), new(true, [The.OtherCertificate.Id])) });

    // domain.md, section 1: certificate_profiles is a set of up to 100 references.
    [Fact]
    public void Up_to_100_certificates_are_accepted()
    {
        var web = Given(new Created(Web)) with { World = ManyProfiles.World };
        web.When(new Configure(new() { CertificateProfiles = ManyProfiles.Take(101) }))
            .ThenRejected((FieldInvalid, Field.CertificateProfiles)).Saying("101", "100");
        web.When(new Configure(new() { CertificateProfiles = ManyProfiles.Take(100).Concat(ManyProfiles.Take(1)).ToList() }))
            .Then(new Changed { Tls = new(new(false, []), new(false, [.. ManyProfiles.Ids.Take(100)])) });
    }
}
