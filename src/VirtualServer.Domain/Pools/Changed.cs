namespace VirtualServers.Domain.Pools;

/// <summary>
/// The configuration or the members changed. The event holds each facet that differs, with its old and new value. Stored in events: only
/// add optional properties.
/// </summary>
public sealed record Changed : Alteration<LoadBalancerPool>
{
#pragma warning disable CS1591 // The facets of LoadBalancerPool; null when unchanged.
    public Change<string>? Name { get; init; }
    public Change<LoadBalancingAlgorithm>? Algorithm { get; init; }
    public Change<Guid?>? HealthCheckMonitor { get; init; }
    public Change<Guid?>? Tenant { get; init; }
    public Change<Labels>? Labels { get; init; }
    public Change<string>? Description { get; init; }
    public MembersChange? Members { get; init; }
#pragma warning restore CS1591

    /// <summary>The change between two configurations; null when they are equal.</summary>
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

/// <summary>
/// The members that changed. Unchanged members are left out, so that a change of one member of a large pool stores one member. Stored in
/// events: only add optional properties.
/// </summary>
/// <param name="Added">The added members.</param>
/// <param name="Was">The changed members, before the change.</param>
/// <param name="Is">The changed members, after the change.</param>
/// <param name="Removed">The removed members.</param>
public sealed record MembersChange(ValueSet<Member> Added, ValueSet<Member> Was, ValueSet<Member> Is, ValueSet<Member> Removed)
{
    /// <summary>The change between two sets of members; null when they are equal.</summary>
    public static MembersChange? Between(ValueSet<Member> was, ValueSet<Member> now)
    {
        if (was.Equals(now)) return null;
        var (before, after) = (was.ToDictionary(member => member.Id), now.ToDictionary(member => member.Id));
        bool Differs(Member member) =>
            before.TryGetValue(member.Id, out var old) && after.TryGetValue(member.Id, out var current) && old != current;
        return new(
            [.. now.Where(member => !before.ContainsKey(member.Id))], [.. was.Where(Differs)],
            [.. now.Where(Differs)], [.. was.Where(member => !after.ContainsKey(member.Id))]);
    }

    /// <summary>The members after the change.</summary>
    public ValueSet<Member> ApplyTo(ValueSet<Member> now)
    {
        var replaced = Removed.Concat(Was).Select(member => member.Id).ToHashSet();
        return [.. now.Where(member => !replaced.Contains(member.Id)), .. Is, .. Added];
    }
}
