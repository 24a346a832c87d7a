namespace VirtualServers.Domain.Monitors;

/// <summary>The health check monitor that a caller requests: unchecked, with unresolved references.</summary>
public sealed record Draft : IDraft
{
#pragma warning disable CS1591 // The fields of HealthCheckMonitor, as requested.
    public Asked<string?> Name { get; init; }
    public Asked<HealthCheckType?> HealthCheckType { get; init; }
    public Asked<int?> Interval { get; init; }
    public Asked<int?> Timeout { get; init; }
    public Asked<int?> Retry { get; init; }
    public Asked<int?> Port { get; init; }
    public Asked<Reference?> Tenant { get; init; }
#pragma warning restore CS1591

    /// <inheritdoc/>
    public IEnumerable<FieldReference> References()
    {
        if (Tenant.Value is { } tenant) yield return new(Field.Tenant, Kind.Tenant, tenant);
    }
}
