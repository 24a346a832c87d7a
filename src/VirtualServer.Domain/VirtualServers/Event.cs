namespace VirtualServers.Domain.VirtualServers;

/// <summary>
/// The configuration changed. The event holds each facet that differs, with its old and new value. Stored in events: only add optional
/// properties.
/// </summary>
public sealed record Changed : Alteration<VirtualServer>
{
#pragma warning disable CS1591 // The facets of VirtualServer; null when unchanged.
    public Change<string>? Name { get; init; }
    public Change<Listener>? Listener { get; init; }
    public Change<LoadBalancerType>? LoadBalancerType { get; init; }
    public Change<Placement>? Placement { get; init; }
    public Change<bool>? Enabled { get; init; }
    public Change<SourceNat>? SourceNat { get; init; }
    public Change<Tls>? Tls { get; init; }
    public Change<Guid?>? Tenant { get; init; }
    public Change<Guid?>? HealthCheckMonitor { get; init; }
    public Change<Guid?>? LoadBalancerPool { get; init; }
    public Change<Labels>? Labels { get; init; }
    public Change<string>? Description { get; init; }
#pragma warning restore CS1591

    private static readonly Changed Nothing = new();
    private static readonly Changed OnlyEnabled = new() { Enabled = new(false, true) };
    private static readonly Changed OnlyDisabled = new() { Enabled = new(true, false) };

    /// <summary>
    /// The change between two configurations: null when they are equal, Enabled or Disabled when nothing else differs.
    /// </summary>
    public static Alteration<VirtualServer>? Between(VirtualServer was, VirtualServer now)
    {
        var changed = new Changed
        {
            Name = Change<string>.Between(was.Name, now.Name),
            Listener = Change<Listener>.Between(was.Listener, now.Listener),
            LoadBalancerType = Change<LoadBalancerType>.Between(was.LoadBalancerType, now.LoadBalancerType),
            Placement = Change<Placement>.Between(was.Placement, now.Placement),
            Enabled = Change<bool>.Between(was.Enabled, now.Enabled),
            SourceNat = Change<SourceNat>.Between(was.SourceNat, now.SourceNat),
            Tls = Change<Tls>.Between(was.Tls, now.Tls),
            Tenant = Change<Guid?>.Between(was.Tenant, now.Tenant),
            HealthCheckMonitor = Change<Guid?>.Between(was.HealthCheckMonitor, now.HealthCheckMonitor),
            LoadBalancerPool = Change<Guid?>.Between(was.LoadBalancerPool, now.LoadBalancerPool),
            Labels = Change<Labels>.Between(was.Labels, now.Labels),
            Description = Change<string>.Between(was.Description, now.Description),
        };
        return changed == Nothing ? null
            : changed == OnlyEnabled ? new Enabled()
            : changed == OnlyDisabled ? new Disabled()
            : changed;
    }

    /// <inheritdoc/>
    public override VirtualServer ApplyTo(VirtualServer now) => now with
    {
        Name = Name.Or(now.Name),
        Listener = Listener.Or(now.Listener),
        LoadBalancerType = LoadBalancerType.Or(now.LoadBalancerType),
        Placement = Placement.Or(now.Placement),
        Enabled = Enabled.Or(now.Enabled),
        SourceNat = SourceNat.Or(now.SourceNat),
        Tls = Tls.Or(now.Tls),
        Tenant = Tenant.Or(now.Tenant),
        HealthCheckMonitor = HealthCheckMonitor.Or(now.HealthCheckMonitor),
        LoadBalancerPool = LoadBalancerPool.Or(now.LoadBalancerPool),
        Labels = Labels.Or(now.Labels),
        Description = Description.Or(now.Description),
    };
}

/// <summary>The virtual server was enabled; nothing else changed. Stored in events: only add optional properties.</summary>
public sealed record Enabled : Alteration<VirtualServer>
{
    /// <inheritdoc/>
    public override VirtualServer ApplyTo(VirtualServer now) => now with { Enabled = true };
}

/// <summary>The virtual server was disabled; nothing else changed. Stored in events: only add optional properties.</summary>
public sealed record Disabled : Alteration<VirtualServer>
{
    /// <inheritdoc/>
    public override VirtualServer ApplyTo(VirtualServer now) => now with { Enabled = false };
}
