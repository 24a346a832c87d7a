using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;

namespace VirtualServers.Service.Security;

/// <summary>Verifies client certificates (mTLS) by a set of CAs of our own. A certificate is verified once per connection.</summary>
public sealed class ClientCertificates(
    ClientCertificateSettings settings, Roles roles, TimeProvider clock, ILogger<ClientCertificates> logger) : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // Kinds of a GeneralName (RFC 5280, 4.2.1.6).
    private static readonly Asn1Tag EMail = new(TagClass.ContextSpecific, 1), Dns = new(TagClass.ContextSpecific, 2),
        Uri = new(TagClass.ContextSpecific, 6);

    private readonly ReloadedFiles<Authorities> files =
        new("Security:ClientCertificates:CaFile", [settings.CaFile], texts => new(texts[0]), clock, logger);

    public void Start() => files.Start();

    public void Dispose() => files.Dispose();

    /// <summary>Reads the file once; fails the start when it cannot be used.</summary>
    public static bool Expect(ClientCertificateSettings settings)
    {
        using var certificates = new ClientCertificates(
            settings, new Roles(new()), TimeProvider.System, NullLogger<ClientCertificates>.Instance);
        certificates.Start();
        return true;
    }

    /// <summary>The identity that a certificate proves now.</summary>
    public Proof Verify(X509Certificate2 certificate)
    {
        var authorities = files.Current;
        var verified = authorities.Verified.GetValue(certificate, one => new(Verify(one, authorities), one.NotAfter.ToUniversalTime()));
        return verified.Until > clock.GetUtcNow() ? verified.Proof : Expired;
    }

    private static Proof Expired => new(null, "the client certificate has expired or is not valid yet: use a valid one");

    private Proof Verify(X509Certificate2 certificate, Authorities authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities.Certificates);
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        // The CAs are our own: a certificate is withdrawn by its short life, or by the roles of its subject.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (!chain.Build(certificate))
        {
            return Array.TrueForAll(chain.ChainStatus, status => status.Status == X509ChainStatusFlags.NotTimeValid)
                ? Expired
                : new(null, "the client certificate is not issued by an accepted CA for client authentication: use one that is");
        }

        var subject = Subject(certificate);
        return Identity.IsSubject(subject)
            ? new(new Identity(subject, roles.Of(subject, [])) { Until = certificate.NotAfter.ToUniversalTime() })
            : new(null, $"the client certificate has no {settings.Name} that names the caller: use one that has it");
    }

    private string Subject(X509Certificate2 certificate)
    {
        if (settings.Name == CertificateName.Subject) return certificate.Subject;
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(Names).ToList();
        return new[] { Uri, EMail, Dns }.SelectMany(kind => names.Where(name => name.Kind == kind)).FirstOrDefault().Text ?? "";
    }

    // The names of the extension alone: GetNameInfo would also read an e-mail address of the distinguished name.
    private static List<(Asn1Tag Kind, string Text)> Names(X509SubjectAlternativeNameExtension extension)
    {
        var names = new List<(Asn1Tag Kind, string Text)>();
        try
        {
            var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData)
            {
                var kind = reader.PeekTag();
                if (kind == Uri || kind == EMail || kind == Dns)
                    names.Add((kind, reader.ReadCharacterString(UniversalTagNumber.IA5String, kind)));
                else reader.ReadEncodedValue();
            }
        }
        catch (AsnContentException)
        {
            return []; // The caller then has no name.
        }

        return names;
    }

    // The CAs of one version of the file, and what they have verified: both are replaced together.
    private sealed class Authorities
    {
        public Authorities(string pem)
        {
            try
            {
                Certificates.ImportFromPem(pem);
            }
            catch (CryptographicException exception)
            {
                throw new InvalidDataException("it has a certificate that cannot be read", exception);
            }

            if (Certificates.Count == 0) throw new InvalidDataException("it has no certificate in PEM");
        }

        public X509Certificate2Collection Certificates { get; } = [];

        // By the object that a connection has; an entry goes with its connection.
        public ConditionalWeakTable<X509Certificate2, Verified> Verified { get; } = [];
    }

    private sealed record Verified(Proof Proof, DateTimeOffset Until);
}
