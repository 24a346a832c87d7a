namespace VirtualServers.Domain.Monitors;

/// <summary>
/// The configuration changed. The event holds each facet that differs, with its old and new value. Stored in events: only add optional
/// properties.
/// </summary>
public sealed record Changed : Alteration<HealthCheckMonitor>
{
#pragma warning disable CS1591 // The facets of HealthCheckMonitor; null when unchanged.
    public Change<string>? Name { get; init; }
    public Change<HealthCheckType?>? Type { get; init; }
    public Change<Schedule>? Schedule { get; init; }
    public Change<int?>? Port { get; init; }
    public Change<Guid?>? Tenant { get; init; }
#pragma warning restore CS1591

    /// <summary>The change between two configurations; null when they are equal.</summary>
    public static Changed? Between(HealthCheckMonitor was, HealthCheckMonitor now) => was == now ? null : new()
    {
        Name = Change<string>.Between(was.Name, now.Name),
        Type = Change<HealthCheckType?>.Between(was.Type, now.Type),
        Schedule = Change<Schedule>.Between(was.Schedule, now.Schedule),
        Port = Change<int?>.Between(was.Port, now.Port),
        Tenant = Change<Guid?>.Between(was.Tenant, now.Tenant),
    };

    /// <inheritdoc/>
    public override HealthCheckMonitor ApplyTo(HealthCheckMonitor now) => now with
    {
        Name = Name.Or(now.Name),
        Type = Type.Or(now.Type),
        Schedule = Schedule.Or(now.Schedule),
        Port = Port.Or(now.Port),
        Tenant = Tenant.Or(now.Tenant),
    };
}
