namespace VirtualServers.Domain.Certificates;

/// <summary>The certificate profile that a caller requests: unchecked, with unresolved references.</summary>
public sealed record Draft : IDraft
{
#pragma warning disable CS1591 // The fields of CertificateProfile, as requested.
    public Asked<string?> Name { get; init; }
    public Asked<CertificateType?> CertificateType { get; init; }
    public Asked<string?> CertificateFilePath { get; init; }
    public Asked<string?> ChainFilePath { get; init; }
    public Asked<string?> KeyFilePath { get; init; }
    public Asked<string?> Cipher { get; init; }
    public Asked<DateTimeOffset?> ExpirationDate { get; init; }
    public Asked<Reference?> Tenant { get; init; }
#pragma warning restore CS1591

    /// <summary>The draft that asks for a content as a whole: every field, references by id.</summary>
    public static Draft Of(CertificateProfile content) => new()
    {
        Name = content.Name,
        CertificateType = content.Type,
        CertificateFilePath = content.Files.Certificate,
        ChainFilePath = content.Files.Chain,
        KeyFilePath = content.Files.Key,
        Cipher = content.Cipher,
        ExpirationDate = content.ExpirationDate,
        Tenant = Reference.To(content.Tenant),
    };

    /// <inheritdoc/>
    public IEnumerable<FieldReference> References()
    {
        if (Tenant.Value is { } tenant) yield return new(Field.Tenant, Kind.Tenant, tenant);
    }
}
