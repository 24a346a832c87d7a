namespace VirtualServers.Domain.Pools;

/// <summary>The pool that a caller requests: unchecked, with unresolved references.</summary>
public sealed record Draft : IDraft
{
#pragma warning disable CS1591 // The fields of LoadBalancerPool, as requested.
    public Asked<string?> Name { get; init; }
    public Asked<LoadBalancingAlgorithm?> LoadBalancingAlgorithm { get; init; }
    public Asked<Reference?> HealthCheckMonitor { get; init; }
    public Asked<Reference?> Tenant { get; init; }
    public Asked<IReadOnlyDictionary<string, string>> Labels { get; init; }
    public Asked<string?> Description { get; init; }
    public Asked<IReadOnlyList<MemberDraft>> Members { get; init; }
#pragma warning restore CS1591

    /// <summary>The draft that asks for a content as a whole: every field, references by id.</summary>
    public static Draft Of(LoadBalancerPool content) => new()
    {
        Name = content.Name,
        LoadBalancingAlgorithm = content.Algorithm,
        HealthCheckMonitor = Reference.To(content.HealthCheckMonitor),
        Tenant = Reference.To(content.Tenant),
        Labels = Asked<IReadOnlyDictionary<string, string>>.Given(content.Labels),
        Description = content.Description,
        Members = Asked<IReadOnlyList<MemberDraft>>.Given([.. content.Members.Select(MemberDraft.Of)]),
    };

    /// <inheritdoc/>
    public IEnumerable<FieldReference> References()
    {
        if (HealthCheckMonitor.Value is { } monitor) yield return new(Field.HealthCheckMonitor, Kind.HealthCheckMonitor, monitor);
        if (Tenant.Value is { } tenant) yield return new(Field.Tenant, Kind.Tenant, tenant);
        foreach (var reference in MemberDraft.References(Members.Value ?? [])) yield return reference;
    }
}

/// <summary>The member that a caller requests.</summary>
/// <param name="NewId">The id of the member if it is added.</param>
public sealed record MemberDraft(Guid NewId)
{
#pragma warning disable CS1591 // The fields of Member, as requested.
    public Asked<Reference?> IpAddress { get; init; }
    public Asked<int?> Port { get; init; }
    public Asked<MemberStatus?> Status { get; init; }
    public Asked<string?> Label { get; init; }
    public Asked<bool> SslOffload { get; init; }
    public Asked<IReadOnlyList<Reference>> CertificateProfiles { get; init; }
    public Asked<Reference?> HealthCheckMonitor { get; init; }
    public Asked<Reference?> Tenant { get; init; }
#pragma warning restore CS1591

    /// <summary>The key of the member; null unless both address and port are given.</summary>
    public MemberKey? Key => IpAddress.Value is { } address && Port.Value is { } port ? new MemberKey.ByEndpoint(address, port) : null;

    /// <summary>The draft that asks for a member as a whole, under the id that it had.</summary>
    public static MemberDraft Of(Member member) => new(member.Id)
    {
        IpAddress = Reference.To(member.Endpoint.IpAddress),
        Port = member.Endpoint.Port,
        Status = member.Status,
        Label = member.Label,
        SslOffload = member.Tls.Offload,
        CertificateProfiles = Asked<IReadOnlyList<Reference>>.Given(Reference.ToAll(member.Tls.CertificateProfiles)),
        HealthCheckMonitor = Reference.To(member.HealthCheckMonitor),
        Tenant = Reference.To(member.Tenant),
    };

    /// <summary>The field of a command's single member.</summary>
    public const string OneField = "member";

    /// <summary>The path prefix of the fields of a command's single member.</summary>
    public const string One = $"{OneField}.";

    /// <summary>The path prefix of the fields of a member in a list.</summary>
    public static string At(int index) => $"{Field.Members}[{index}].";

    /// <summary>The references of a list of members.</summary>
    public static IEnumerable<FieldReference> References(IReadOnlyList<MemberDraft> members) =>
        members.SelectMany((member, index) => member.References(At(index)));

    /// <summary>The references of the member.</summary>
    /// <param name="at">The path prefix of the fields of the member.</param>
    public IEnumerable<FieldReference> References(string at)
    {
        if (IpAddress.Value is { } address) yield return new(at + Field.IpAddress, Kind.IpAddress, address);
        foreach (var profile in FieldReference.Each(at + Field.CertificateProfiles, Kind.CertificateProfile, CertificateProfiles.Value))
            yield return profile;
        if (HealthCheckMonitor.Value is { } monitor) yield return new(at + Field.HealthCheckMonitor, Kind.HealthCheckMonitor, monitor);
        if (Tenant.Value is { } tenant) yield return new(at + Field.Tenant, Kind.Tenant, tenant);
    }
}
