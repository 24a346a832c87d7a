namespace VirtualServers.Domain.Certificates;

/// <summary>The side that presents a certificate.</summary>
public enum CertificateType
{
    /// <summary>The load balancer presents it to backends.</summary>
    Client = 1,

    /// <summary>The load balancer presents it to clients.</summary>
    Server,

    /// <summary>Both sides present a certificate.</summary>
    MutualTls,
}

/// <summary>
/// The paths of the files of a certificate. Key material is never accepted or stored. Stored in events: only add optional properties.
/// </summary>
public sealed record Files(string Certificate, string Chain, string Key);

/// <summary>The configuration of a certificate profile (domain.md, section 2). Stored in events: only add optional properties.</summary>
public sealed record CertificateProfile : IRegistered
{
    /// <summary>Unique among live certificate profiles, compared exactly.</summary>
    public required string Name { get; init; }

    /// <summary>The side that presents it; null when unset.</summary>
    public CertificateType? Type { get; init; }

    /// <summary>The paths of its files.</summary>
    public required Files Files { get; init; }

    /// <summary>The cipher suites, in the notation of the load balancer.</summary>
    public string Cipher { get; init; } = "";

    /// <summary>The end of its validity; null when unknown.</summary>
    public DateTimeOffset? ExpirationDate { get; init; }

    /// <summary>The tenant that owns it.</summary>
    public Guid? Tenant { get; init; }

    Kind IRegistered.Kind => Kind.CertificateProfile;

    string IRegistered.Scope => "";

    IEnumerable<Use> IRegistered.Uses => Tenant is { } tenant ? [new(Field.Tenant, tenant)] : [];
}

/// <summary>The fields of a certificate profile, as named in the contract.</summary>
public static class Field
{
#pragma warning disable CS1591 // The contract documents each field.
    public const string Name = "name";
    public const string CertificateType = "certificate_type";
    public const string CertificateFilePath = "certificate_file_path";
    public const string ChainFilePath = "chain_file_path";
    public const string KeyFilePath = "key_file_path";
    public const string Cipher = "cipher";
    public const string ExpirationDate = "expiration_date";
    public const string Tenant = "tenant";
#pragma warning restore CS1591
}
