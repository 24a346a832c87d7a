namespace VirtualServers.Domain;

/// <summary>TLS settings: whether TLS is offloaded, and the certificate profiles. Stored in events: only add optional properties.</summary>
public sealed record Tls(bool Offload, ValueSet<Guid> CertificateProfiles)
{
    /// <summary>No TLS.</summary>
    public static readonly Tls None = new(false, []);

    /// <summary>The settings with one profile replaced; unchanged when they do not have it.</summary>
    public Tls Rotate(Guid from, Guid to) =>
        CertificateProfiles.Contains(from)
            ? this with { CertificateProfiles = [.. CertificateProfiles.Where(profile => profile != from), to] }
            : this;
}
