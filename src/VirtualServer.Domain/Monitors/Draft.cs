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

    /// <summary>The draft that asks for a content as a whole: every field, references by id.</summary>
    public static Draft Of(HealthCheckMonitor content) => new()
    {
        Name = content.Name,
        HealthCheckType = content.Type,
        Interval = content.Schedule.Interval,
        Timeout = content.Schedule.Timeout,
        Retry = content.Schedule.Retry,
        Port = content.Port,
        Tenant = Reference.To(content.Tenant),
    };

    /// <inheritdoc/>
    public IEnumerable<FieldReference> References()
    {
        if (Tenant.Value is { } tenant) yield return new(Field.Tenant, Kind.Tenant, tenant);
    }
}
