namespace VirtualServers.Domain.Pools;

/// <summary>Its configuration or its members changed: each facet that differs, with what it was and what it is. One command, one change.</summary>
public sealed record Changed : Alteration<LoadBalancerPool>
{
#pragma warning disable CS1591 // The facets of LoadBalancerPool, each null when it stayed as it was.
    public Change<string>? Name { get; init; }
    public Change<LoadBalancingAlgorithm>? Algorithm { get; init; }
    public Change<Guid?>? HealthCheckMonitor { get; init; }
    public Change<Guid?>? Tenant { get; init; }
    public Change<Labels>? Labels { get; init; }
    public Change<string>? Description { get; init; }
    public MembersChange? Members { get; init; }
#pragma warning restore CS1591

    /// <summary>What leads from one configuration to another; null when they are equal.</summary>
    public static Changed? Between(LoadBalancerPool was, LoadBalancerPool now) => was == now ? null : new()
    {
        Name = Change<string>.Between(was.Name, now.Name),
        Algorithm = Change<LoadBalancingAlgorithm>.Between(was.Algorithm, now.Algorithm),
        HealthCheckMonitor = Change<Guid?>.Between(was.HealthCheckMonitor, now.HealthCheckMonitor),
        Tenant = Change<Guid?>.Between(was.Tenant, now.Tenant),
        Labels = Change<Labels>.Between(was.Labels, now.Labels),
        Description = Change<string>.Between(was.Description, now.Description),
        Members = MembersChange.Between(was.Members, now.Members),
    };

    /// <inheritdoc/>
    public override LoadBalancerPool ApplyTo(LoadBalancerPool now) => now with
    {
        Name = Name.Or(now.Name),
        Algorithm = Algorithm.Or(now.Algorithm),
        HealthCheckMonitor = HealthCheckMonitor.Or(now.HealthCheckMonitor),
        Tenant = Tenant.Or(now.Tenant),
        Labels = Labels.Or(now.Labels),
        Description = Description.Or(now.Description),
        Members = Members?.ApplyTo(now.Members) ?? now.Members,
    };
}

/// <summary>What became of the members. Only those that differ are told: a pool of a thousand stores one when one changes.</summary>
/// <param name="Added">Those that are new.</param>
/// <param name="Was">Those that changed, as they were.</param>
/// <param name="Is">Those that changed, as they are.</param>
/// <param name="Removed">Those that are gone.</param>
public sealed record MembersChange(ValueSet<Member> Added, ValueSet<Member> Was, ValueSet<Member> Is, ValueSet<Member> Removed)
{
    /// <summary>What leads from one set of members to another; null when they are equal.</summary>
    public static MembersChange? Between(ValueSet<Member> was, ValueSet<Member> now)
    {
        if (was.Equals(now)) return null;
        var (before, after) = (was.ToDictionary(member => member.Id), now.ToDictionary(member => member.Id));
        bool Differs(Member member) => before.TryGetValue(member.Id, out var one) && after.TryGetValue(member.Id, out var other) && one != other;
        return new(
            [.. now.Where(member => !before.ContainsKey(member.Id))], [.. was.Where(Differs)],
            [.. now.Where(Differs)], [.. was.Where(member => !after.ContainsKey(member.Id))]);
    }

    /// <summary>The members after the change.</summary>
    public ValueSet<Member> ApplyTo(ValueSet<Member> now)
    {
        var gone = Removed.Concat(Was).Select(member => member.Id).ToHashSet();
        return [.. now.Where(member => !gone.Contains(member.Id)), .. Is, .. Added];
    }
}
