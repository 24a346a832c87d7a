namespace VirtualServers.Domain.Certificates;

/// <summary>
/// The rules of a certificate profile (domain.md, section 2). All rules run, so that a caller learns every violation at once.
/// </summary>
public sealed class Rules : IRules<CertificateProfile, Draft>
{
    private const int MaxCipherLength = 1024;

    private Rules() { }

    /// <inheritdoc/>
    public static FactsNeeded Needs(Draft draft) => FactsNeeded.Of(Kind.CertificateProfile, draft);

    /// <inheritdoc/>
    public static FactsNeeded NeedsToUndelete => FactsNeeded.ToUndelete(Kind.CertificateProfile);

    /// <inheritdoc/>
    public static CertificateProfile Resolve(Draft draft, CertificateProfile? now, Check check) => new()
    {
        Name = check.Name(Field.Name, draft.Name, now?.Name),
        Type = check.Choice(Field.CertificateType, draft.CertificateType, now?.Type),
        Files = new(
            check.Path(Field.CertificateFilePath, draft.CertificateFilePath, now?.Files.Certificate),
            check.Path(Field.ChainFilePath, draft.ChainFilePath, now?.Files.Chain),
            check.Path(Field.KeyFilePath, draft.KeyFilePath, now?.Files.Key)),
        Cipher = check.Text(Field.Cipher, draft.Cipher, now?.Cipher, MaxCipherLength),
        ExpirationDate = check.Moment(Field.ExpirationDate, draft.ExpirationDate, now?.ExpirationDate),
        Tenant = check.Reference(Field.Tenant, Kind.Tenant, draft.Tenant, now?.Tenant),
    };

    /// <inheritdoc/>
    public static void CheckUndelete(CertificateProfile then, Check check) => check.CheckUndelete(then.Name);

    /// <inheritdoc/>
    public static Alteration<CertificateProfile>? Between(CertificateProfile was, CertificateProfile now) => Changed.Between(was, now);
}
