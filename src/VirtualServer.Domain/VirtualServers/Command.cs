namespace VirtualServers.Domain.VirtualServers;

/// <summary>What can be asked of a virtual server.</summary>
public abstract record Command
{
    private Command() { }

    /// <summary>Begin to exist. The same content again, under the same id, changes nothing.</summary>
    public sealed record Create(Draft Draft) : Command;

    /// <summary>Be as asked; what the draft does not mention stays.</summary>
    public sealed record Configure(Draft Draft) : Command;

    /// <summary>Be active.</summary>
    public sealed record Enable : Command;

    /// <summary>Be inactive, and keep everything else.</summary>
    public sealed record Disable : Command;

    /// <summary>Give up name, listener and references; the history stays.</summary>
    public sealed record Delete(bool AllowMissing = false) : Command;

    /// <summary>Come back as it was, if name, listener and references still allow.</summary>
    public sealed record Undelete : Command;
}

/// <summary>A virtual server as a caller wants it: unchecked, with references as the caller spells them.</summary>
public sealed record Draft
{
#pragma warning disable CS1591 // The fields of VirtualServer, each as it was asked for.
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

    /// <summary>Every reference that the draft makes.</summary>
    public IEnumerable<Mention> Mentions()
    {
        if (Vip.Value is { } vip) yield return new(Field.Vip, Kind.IpAddress, vip);
        if (Placement.Value is { } placement) yield return placement.Mention;
        if (SourceNatPool.Value is { } prefix) yield return new(Field.SourceNatPool, Kind.Prefix, prefix);
        if (Tenant.Value is { } tenant) yield return new(Field.Tenant, Kind.Tenant, tenant);
        if (HealthCheckMonitor.Value is { } monitor) yield return new(Field.HealthCheckMonitor, Kind.HealthCheckMonitor, monitor);
        if (LoadBalancerPool.Value is { } pool) yield return new(Field.LoadBalancerPool, Kind.LoadBalancerPool, pool);
        foreach (var profile in CertificateProfiles.Value ?? []) yield return new(Field.CertificateProfiles, Kind.CertificateProfile, profile);
    }
}

/// <summary>A placement as a caller spells it.</summary>
public sealed record PlacementReference(Kind Kind, Reference Reference)
{
    /// <summary>The reference that it makes.</summary>
    public Mention Mention => new(Field.Of(Kind), Kind, Reference);
}
