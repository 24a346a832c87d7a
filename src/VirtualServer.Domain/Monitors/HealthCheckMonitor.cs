namespace VirtualServers.Domain.Monitors;

/// <summary>How the health of a backend is probed.</summary>
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

    /// <summary>Something of the vendor's own.</summary>
    Custom,
}

/// <summary>How often and how patiently is probed; each null when not said.</summary>
/// <param name="Interval">Seconds between two probes.</param>
/// <param name="Timeout">Seconds until a probe counts as failed.</param>
/// <param name="Retry">How many probes in a row must fail.</param>
public sealed record Schedule(int? Interval, int? Timeout, int? Retry);

/// <summary>A health check monitor as it is configured (domain.md, section 2).</summary>
public sealed record HealthCheckMonitor : IRegistered
{
    /// <summary>Unique among living health check monitors, compared exactly.</summary>
    public required string Name { get; init; }

    /// <summary>How it probes; null when not said.</summary>
    public HealthCheckType? Type { get; init; }

    /// <summary>How often and how patiently.</summary>
    public required Schedule Schedule { get; init; }

    /// <summary>The port probed; null for the port of what is probed.</summary>
    public int? Port { get; init; }

    /// <summary>Who it belongs to.</summary>
    public Guid? Tenant { get; init; }

    Kind IRegistered.Kind => Kind.HealthCheckMonitor;

    string IRegistered.Scope => "";

    IEnumerable<Use> IRegistered.Uses => Tenant is { } tenant ? [new(Field.Tenant, tenant)] : [];
}

/// <summary>The fields of a health check monitor, spelled as in the contract.</summary>
public static class Field
{
#pragma warning disable CS1591 // Each is the field of that name; the contract says what it means.
    public const string Name = "name";
    public const string HealthCheckType = "health_check_type";
    public const string Interval = "interval";
    public const string Timeout = "timeout";
    public const string Retry = "retry";
    public const string Port = "port";
    public const string Tenant = "tenant";
#pragma warning restore CS1591
}
