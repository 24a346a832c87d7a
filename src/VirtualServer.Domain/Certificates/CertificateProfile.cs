namespace VirtualServers.Domain.Certificates;

/// <summary>Which side shows a certificate.</summary>
public enum CertificateType
{
    /// <summary>The load balancer shows it to backends.</summary>
    Client = 1,

    /// <summary>The load balancer shows it to clients.</summary>
    Server,

    /// <summary>Both sides show one.</summary>
    MutualTls,
}

/// <summary>Where the parts of a certificate lie. Paths only: no key material is ever accepted or stored.</summary>
public sealed record Files(string Certificate, string Chain, string Key);

/// <summary>A certificate profile as it is configured (domain.md, section 2).</summary>
public sealed record CertificateProfile : IRegistered
{
    /// <summary>Unique among living certificate profiles, compared exactly.</summary>
    public required string Name { get; init; }

    /// <summary>Which side shows it; null when not said.</summary>
    public CertificateType? Type { get; init; }

    /// <summary>Where its parts lie.</summary>
    public required Files Files { get; init; }

    /// <summary>The cipher suites offered, as the load balancer spells them.</summary>
    public string Cipher { get; init; } = "";

    /// <summary>After this moment it is not valid; null when not known.</summary>
    public DateTimeOffset? ExpirationDate { get; init; }

    /// <summary>Who it belongs to.</summary>
    public Guid? Tenant { get; init; }

    Kind IRegistered.Kind => Kind.CertificateProfile;

    string IRegistered.Scope => "";

    IEnumerable<Use> IRegistered.Uses => Tenant is { } tenant ? [new(Field.Tenant, tenant)] : [];
}

/// <summary>The fields of a certificate profile, spelled as in the contract.</summary>
public static class Field
{
#pragma warning disable CS1591 // Each is the field of that name; the contract says what it means.
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
