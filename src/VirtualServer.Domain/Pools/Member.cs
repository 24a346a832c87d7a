namespace VirtualServers.Domain.Pools;

/// <summary>What a member is good for at the moment.</summary>
public enum MemberStatus
{
    /// <summary>It takes traffic.</summary>
    Active = 1,

    /// <summary>It is taken out for work on it.</summary>
    Maintenance,

    /// <summary>It does not exist yet.</summary>
    Planned,

    /// <summary>It is broken.</summary>
    Failed,

    /// <summary>It is going away.</summary>
    Decommissioning,
}

/// <summary>Where a member takes traffic; unique in its pool.</summary>
/// <param name="IpAddress">The address.</param>
/// <param name="Port">0 to 65535.</param>
public sealed record Endpoint(Guid IpAddress, int Port);

/// <summary>A backend in a pool (domain.md, section 2).</summary>
#pragma warning disable CA1036 // Members are kept in one order, so that equal sets are equal; none is less than another.
public sealed record Member : IComparable<Member>
#pragma warning restore CA1036
{
    /// <summary>Never changes, also when address and port do.</summary>
    public required Guid Id { get; init; }

    /// <summary>Address and port.</summary>
    public required Endpoint Endpoint { get; init; }

    /// <summary>What it is good for.</summary>
    public MemberStatus Status { get; init; } = MemberStatus.Active;

    /// <summary>What people call it.</summary>
    public string Label { get; init; } = "";

    /// <summary>Whether traffic to it is encrypted anew, and with which certificates.</summary>
    public Tls Tls { get; init; } = Tls.None;

    /// <summary>Takes precedence over the monitor of the pool.</summary>
    public Guid? HealthCheckMonitor { get; init; }

    /// <summary>Who it belongs to.</summary>
    public Guid? Tenant { get; init; }

    /// <summary>All that it refers to.</summary>
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

    /// <summary>Members are sorted by id: by age, mostly.</summary>
    public int CompareTo(Member? other) => Id.CompareTo(other?.Id ?? default);

    private Use Use(string field, Guid target) => new($"{Field.Members}.{field}", target, Id);
}
