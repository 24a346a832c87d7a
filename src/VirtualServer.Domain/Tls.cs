namespace VirtualServers.Domain;

/// <summary>Whether TLS is handled here, and with which certificate profiles.</summary>
public sealed record Tls(bool Offload, ValueSet<Guid> CertificateProfiles)
{
    /// <summary>No TLS.</summary>
    public static readonly Tls None = new(false, []);

    /// <summary>The same with another profile in the place of one; unchanged where that one is not offered.</summary>
    public Tls Rotate(Guid from, Guid to) =>
        CertificateProfiles.Contains(from) ? this with { CertificateProfiles = [.. CertificateProfiles.Where(profile => profile != from), to] } : this;
}
