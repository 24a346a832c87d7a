namespace VirtualServers.Domain.Pools;

/// <summary>The operational status of a member.</summary>
public enum MemberStatus
{
    /// <summary>The member takes traffic.</summary>
    Active = 1,

    /// <summary>The member is in maintenance.</summary>
    Maintenance,

    /// <summary>The member is planned.</summary>
    Planned,

    /// <summary>The member has failed.</summary>
    Failed,

    /// <summary>The member is being decommissioned.</summary>
    Decommissioning,
}

/// <summary>The address and port of a member, unique in its pool. Stored in events: only add optional properties.</summary>
/// <param name="IpAddress">The address.</param>
/// <param name="Port">0 to 65535.</param>
public sealed record Endpoint(Guid IpAddress, int Port);

/// <summary>A backend in a pool (domain.md, section 2). Stored in events: only add optional properties.</summary>
#pragma warning disable CA1036 // The order only makes equal sets compare equal; it has no further meaning.
public sealed record Member : IComparable<Member>
#pragma warning restore CA1036
{
    /// <summary>The id, which stays the same when address or port change.</summary>
    public required Guid Id { get; init; }

    /// <summary>Address and port.</summary>
    public required Endpoint Endpoint { get; init; }

    /// <summary>The operational status.</summary>
    public MemberStatus Status { get; init; } = MemberStatus.Active;

    /// <summary>A descriptive label.</summary>
    public string Label { get; init; } = "";

    /// <summary>TLS to the member: whether traffic is encrypted, and the certificate profiles.</summary>
    public Tls Tls { get; init; } = Tls.None;

    /// <summary>The monitor, which takes precedence over that of the pool.</summary>
    public Guid? HealthCheckMonitor { get; init; }

    /// <summary>The tenant that owns it.</summary>
    public Guid? Tenant { get; init; }

    /// <summary>The references of the member.</summary>
    internal IEnumerable<Use> Uses
    {
        get
        {
            yield return Use(Field.IpAddress, Endpoint.IpAddress);
            foreach (var profile in Tls.CertificateProfiles) yield return Use(Field.CertificateProfiles, profile);
            if (HealthCheckMonitor is { } monitor) yield return Use(Field.HealthCheckMonitor, monitor);
            if (Tenant is { } tenant) yield return Use(Field.Tenant, tenant);
        }
    }

    /// <summary>Members are ordered by id.</summary>
    public int CompareTo(Member? other) => Id.CompareTo(other?.Id ?? default);

    private Use Use(string field, Guid target) => new($"{Field.Members}.{field}", target, Id);
}
