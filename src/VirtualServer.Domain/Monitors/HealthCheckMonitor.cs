namespace VirtualServers.Domain.Monitors;

/// <summary>The type of a health check.</summary>
public enum HealthCheckType
{
    /// <summary>ICMP echo.</summary>
    Ping = 1,

    /// <summary>A TCP connection.</summary>
    Tcp,

    /// <summary>A DNS query.</summary>
    Dns,

    /// <summary>An HTTP request.</summary>
    Http,

    /// <summary>An HTTP request over TLS.</summary>
    Https,

    /// <summary>A vendor-specific check.</summary>
    Custom,
}

/// <summary>The schedule of probes; null values are unset. Stored in events: only add optional properties.</summary>
/// <param name="Interval">The seconds between two probes.</param>
/// <param name="Timeout">The seconds after which a probe fails.</param>
/// <param name="Retry">The number of consecutive failures before a backend is unhealthy.</param>
public sealed record Schedule(int? Interval, int? Timeout, int? Retry);

/// <summary>The configuration of a health check monitor (domain.md, section 2). Stored in events: only add optional properties.</summary>
public sealed record HealthCheckMonitor : IRegistered
{
    /// <summary>Unique among live health check monitors, compared exactly.</summary>
    public required string Name { get; init; }

    /// <summary>The type of the check; null when unset.</summary>
    public HealthCheckType? Type { get; init; }

    /// <summary>The schedule of probes.</summary>
    public required Schedule Schedule { get; init; }

    /// <summary>The probed port; null for the port of the backend.</summary>
    public int? Port { get; init; }

    /// <summary>The tenant that owns it.</summary>
    public Guid? Tenant { get; init; }

    Kind IRegistered.Kind => Kind.HealthCheckMonitor;

    string IRegistered.Scope => "";

    IEnumerable<Use> IRegistered.Uses => Tenant is { } tenant ? [new(Field.Tenant, tenant)] : [];
}

/// <summary>The fields of a health check monitor, as named in the contract.</summary>
public static class Field
{
#pragma warning disable CS1591 // The contract documents each field.
    public const string Name = "name";
    public const string HealthCheckType = "health_check_type";
    public const string Interval = "interval";
    public const string Timeout = "timeout";
    public const string Retry = "retry";
    public const string Port = "port";
    public const string Tenant = "tenant";
#pragma warning restore CS1591
}
