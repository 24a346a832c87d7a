namespace VirtualServers.Domain.Pools;

/// <summary>A pool as a caller wants it: unchecked, with references as the caller spells them.</summary>
public sealed record Draft : IDraft
{
#pragma warning disable CS1591 // The fields of LoadBalancerPool, each as it was asked for.
    public Asked<string?> Name { get; init; }
    public Asked<LoadBalancingAlgorithm?> LoadBalancingAlgorithm { get; init; }
    public Asked<Reference?> HealthCheckMonitor { get; init; }
    public Asked<Reference?> Tenant { get; init; }
    public Asked<IReadOnlyDictionary<string, string>> Labels { get; init; }
    public Asked<string?> Description { get; init; }
    public Asked<IReadOnlyList<MemberDraft>> Members { get; init; }
#pragma warning restore CS1591

    /// <inheritdoc/>
    public IEnumerable<FieldReference> References()
    {
        if (HealthCheckMonitor.Value is { } monitor) yield return new(Field.HealthCheckMonitor, Kind.HealthCheckMonitor, monitor);
        if (Tenant.Value is { } tenant) yield return new(Field.Tenant, Kind.Tenant, tenant);
        foreach (var mention in MemberDraft.References(Members.Value ?? [])) yield return mention;
    }
}

/// <summary>A member as a caller wants it.</summary>
/// <param name="NewId">The id it gets if it is a new one.</param>
public sealed record MemberDraft(Guid NewId)
{
#pragma warning disable CS1591 // The fields of Member, each as it was asked for.
    public Asked<Reference?> IpAddress { get; init; }
    public Asked<int?> Port { get; init; }
    public Asked<MemberStatus?> Status { get; init; }
    public Asked<string?> Label { get; init; }
    public Asked<bool> SslOffload { get; init; }
    public Asked<IReadOnlyList<Reference>> CertificateProfiles { get; init; }
    public Asked<Reference?> HealthCheckMonitor { get; init; }
    public Asked<Reference?> Tenant { get; init; }
#pragma warning restore CS1591

    /// <summary>The member by where it takes traffic, as far as that is said.</summary>
    public MemberKey? Key => IpAddress.Value is { } address && Port.Value is { } port ? new MemberKey.ByEndpoint(address, port) : null;

    /// <summary>Where the only member of a command stands, as a prefix of its fields' paths.</summary>
    public const string One = "member.";

    /// <summary>Where a member stands in a list of them, as a prefix of its fields' paths.</summary>
    public static string At(int index) => $"{Field.Members}[{index}].";

    /// <summary>Every reference that a list of members makes.</summary>
    public static IEnumerable<FieldReference> References(IReadOnlyList<MemberDraft> members) => members.SelectMany((member, index) => member.References(At(index)));

    /// <summary>Every reference that the member makes.</summary>
    /// <param name="at">Where the member stands, as a prefix of its fields' paths.</param>
    public IEnumerable<FieldReference> References(string at)
    {
        if (IpAddress.Value is { } address) yield return new(at + Field.IpAddress, Kind.IpAddress, address);
        foreach (var profile in CertificateProfiles.Value ?? []) yield return new(at + Field.CertificateProfiles, Kind.CertificateProfile, profile);
        if (HealthCheckMonitor.Value is { } monitor) yield return new(at + Field.HealthCheckMonitor, Kind.HealthCheckMonitor, monitor);
        if (Tenant.Value is { } tenant) yield return new(at + Field.Tenant, Kind.Tenant, tenant);
    }
}
