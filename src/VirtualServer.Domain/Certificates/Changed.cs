namespace VirtualServers.Domain.Certificates;

/// <summary>
/// The configuration changed. The event holds each facet that differs, with its old and new value. Stored in events: only add optional
/// properties.
/// </summary>
public sealed record Changed : Alteration<CertificateProfile>
{
#pragma warning disable CS1591 // The facets of CertificateProfile; null when unchanged.
    public Change<string>? Name { get; init; }
    public Change<CertificateType?>? Type { get; init; }
    public Change<Files>? Files { get; init; }
    public Change<string>? Cipher { get; init; }
    public Change<DateTimeOffset?>? ExpirationDate { get; init; }
    public Change<Guid?>? Tenant { get; init; }
#pragma warning restore CS1591

    /// <summary>The change between two configurations; null when they are equal.</summary>
    public static Changed? Between(CertificateProfile was, CertificateProfile now) => was == now ? null : new()
    {
        Name = Change<string>.Between(was.Name, now.Name),
        Type = Change<CertificateType?>.Between(was.Type, now.Type),
        Files = Change<Files>.Between(was.Files, now.Files),
        Cipher = Change<string>.Between(was.Cipher, now.Cipher),
        ExpirationDate = Change<DateTimeOffset?>.Between(was.ExpirationDate, now.ExpirationDate),
        Tenant = Change<Guid?>.Between(was.Tenant, now.Tenant),
    };

    /// <inheritdoc/>
    public override CertificateProfile ApplyTo(CertificateProfile now) => now with
    {
        Name = Name.Or(now.Name),
        Type = Type.Or(now.Type),
        Files = Files.Or(now.Files),
        Cipher = Cipher.Or(now.Cipher),
        ExpirationDate = ExpirationDate.Or(now.ExpirationDate),
        Tenant = Tenant.Or(now.Tenant),
    };
}
