namespace VirtualServers.Domain.VirtualServers;

/// <summary>The virtual server that a caller requests: unchecked, with unresolved references.</summary>
public sealed record Draft : IDraft
{
#pragma warning disable CS1591 // The fields of VirtualServer, as requested.
    public Asked<string?> Name { get; init; }
    public Asked<Reference?> Vip { get; init; }
    public Asked<int?> Port { get; init; }
    public Asked<Protocol?> Protocol { get; init; }
    public Asked<Reference?> SourceNatPool { get; init; }
    public Asked<SourceNatType?> SourceNatType { get; init; }
    public Asked<LoadBalancerType?> LoadBalancerType { get; init; }
    public Asked<bool?> Enabled { get; init; }
    public Asked<bool> SslOffload { get; init; }
    public Asked<PlacementReference?> Placement { get; init; }
    public Asked<Reference?> Tenant { get; init; }
    public Asked<Reference?> HealthCheckMonitor { get; init; }
    public Asked<IReadOnlyList<Reference>> CertificateProfiles { get; init; }
    public Asked<Reference?> LoadBalancerPool { get; init; }
    public Asked<IReadOnlyDictionary<string, string>> Labels { get; init; }
    public Asked<string?> Description { get; init; }
#pragma warning restore CS1591

    /// <summary>The draft that asks for a content as a whole: every field, references by id.</summary>
    public static Draft Of(VirtualServer content) => new()
    {
        Name = content.Name,
        Vip = Reference.To(content.Listener.Vip),
        Port = content.Listener.Port,
        Protocol = content.Listener.Protocol,
        SourceNatPool = Reference.To(content.SourceNat.Pool),
        SourceNatType = content.SourceNat.Type,
        LoadBalancerType = content.LoadBalancerType,
        Enabled = content.Enabled,
        SslOffload = content.Tls.Offload,
        Placement = new PlacementReference(content.Placement.Kind, Reference.To(content.Placement.Id)),
        Tenant = Reference.To(content.Tenant),
        HealthCheckMonitor = Reference.To(content.HealthCheckMonitor),
        CertificateProfiles = Asked<IReadOnlyList<Reference>>.Given(Reference.ToAll(content.Tls.CertificateProfiles)),
        LoadBalancerPool = Reference.To(content.LoadBalancerPool),
        Labels = Asked<IReadOnlyDictionary<string, string>>.Given(content.Labels),
        Description = content.Description,
    };

    /// <inheritdoc/>
    public IEnumerable<FieldReference> References()
    {
        if (Vip.Value is { } vip) yield return new(Field.Vip, Kind.IpAddress, vip);
        if (Placement.Value is { } placement) yield return placement.FieldReference;
        if (SourceNatPool.Value is { } prefix) yield return new(Field.SourceNatPool, Kind.Prefix, prefix);
        if (Tenant.Value is { } tenant) yield return new(Field.Tenant, Kind.Tenant, tenant);
        if (HealthCheckMonitor.Value is { } monitor) yield return new(Field.HealthCheckMonitor, Kind.HealthCheckMonitor, monitor);
        if (LoadBalancerPool.Value is { } pool) yield return new(Field.LoadBalancerPool, Kind.LoadBalancerPool, pool);
        foreach (var profile in FieldReference.Each(Field.CertificateProfiles, Kind.CertificateProfile, CertificateProfiles.Value))
            yield return profile;
    }
}

/// <summary>The placement that a caller requests.</summary>
public sealed record PlacementReference(Kind Kind, Reference Reference)
{
    /// <summary>The placement as a reference of its field.</summary>
    public FieldReference FieldReference => new(Field.Of(Kind), Kind, Reference);
}
