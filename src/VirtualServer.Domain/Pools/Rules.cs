namespace VirtualServers.Domain.Pools;

/// <summary>The rules of a pool and its members (domain.md, section 2): every one runs, so that a caller learns all that is wrong at once.</summary>
public sealed class Rules : IRules<LoadBalancerPool, Draft>
{
    /// <summary>The most members a pool may have.</summary>
    public const int MaxMembers = 1000;

    private const int DescriptionLength = 1024;

    private Rules() { }

    /// <inheritdoc/>
    public static FactsNeeded Needs(Draft draft) => FactsNeeded.Of(Kind.LoadBalancerPool, draft);

    /// <inheritdoc/>
    public static FactsNeeded NeedsToUndelete => FactsNeeded.ToUndelete(Kind.LoadBalancerPool);

    /// <inheritdoc/>
    public static LoadBalancerPool Resolve(Draft draft, LoadBalancerPool? now, Check check) => new()
    {
        Name = check.Name(Field.Name, draft.Name, now?.Name),
        Algorithm = check.Required(Field.LoadBalancingAlgorithm, draft.LoadBalancingAlgorithm, now?.Algorithm),
        HealthCheckMonitor = check.Reference(Field.HealthCheckMonitor, Kind.HealthCheckMonitor, draft.HealthCheckMonitor, now?.HealthCheckMonitor),
        Tenant = check.Reference(Field.Tenant, Kind.Tenant, draft.Tenant, now?.Tenant),
        Labels = check.Labels(Field.Labels, draft.Labels, now?.Labels ?? Labels.None),
        Description = check.Text(Field.Description, draft.Description, now?.Description, DescriptionLength),
        Members = draft.Members.IsGiven ? Members(draft.Members.Value, now?.Members ?? [], check) : now?.Members ?? [],
    };

    /// <inheritdoc/>
    public static void CheckUndelete(LoadBalancerPool then, Check check) => check.CheckUndelete(Field.Name, then.Name);

    /// <summary>The ids of members don't matter: those that are asked for are new every time.</summary>
    public static bool AreSame(LoadBalancerPool asked, LoadBalancerPool now)
    {
        var ids = now.Members.ToDictionary(member => member.Endpoint, member => member.Id);
        return asked with { Members = [.. asked.Members.Select(member => member with { Id = ids.GetValueOrDefault(member.Endpoint) })] } == now;
    }

    /// <inheritdoc/>
    public static Alteration<LoadBalancerPool>? Between(LoadBalancerPool was, LoadBalancerPool now) => Changed.Between(was, now);

    /// <summary>The member that a draft asks for; <paramref name="at"/> is where it stands in the request, as a prefix of its fields' paths.</summary>
    public static Member Member(MemberDraft draft, Member? now, Check check, string at) => new()
    {
        Id = now?.Id ?? draft.NewId,
        Endpoint = new(
            check.Required(at + Field.IpAddress, Kind.IpAddress, draft.IpAddress, now?.Endpoint.IpAddress),
            check.RequiredPort(at + Field.Port, draft.Port, now?.Endpoint.Port)),
        // Left out of a new member it is active; an update that names it must say which.
        Status = draft.Status is { IsGiven: false } or { Value: null } && now is null
            ? MemberStatus.Active
            : check.Required(at + Field.Status, draft.Status, now?.Status),
        Label = check.Line(at + Field.Label, draft.Label, now?.Label),
        Tls = new(
            draft.SslOffload.Or(now?.Tls.Offload ?? false),
            check.References(at + Field.CertificateProfiles, Kind.CertificateProfile, draft.CertificateProfiles, now?.Tls.CertificateProfiles ?? [])),
        HealthCheckMonitor = check.Reference(at + Field.HealthCheckMonitor, Kind.HealthCheckMonitor, draft.HealthCheckMonitor, now?.HealthCheckMonitor),
        Tenant = check.Reference(at + Field.Tenant, Kind.Tenant, draft.Tenant, now?.Tenant),
    };

    /// <summary>The members that are asked for, each with the id of the one that has its address and port now.</summary>
    public static ValueSet<Member> Members(IReadOnlyList<MemberDraft> wanted, ValueSet<Member> now, Check check)
    {
        var known = now.ToDictionary(member => member.Endpoint, member => member.Id);
        var first = new Dictionary<Endpoint, int>();
        var settled = new List<Member>(wanted.Count);
        foreach (var draft in wanted)
        {
            var (index, wrong) = (settled.Count, check.Violations.Count);
            var member = Member(draft, null, check, MemberDraft.At(index));
            settled.Add(known.TryGetValue(member.Endpoint, out var id) ? member with { Id = id } : member);
            if (!IsPlaced(check, MemberDraft.At(index), wrong) || first.TryAdd(member.Endpoint, index)) continue;
            check.Add(Reason.FieldInvalid, $"{Field.Members}[{index}]", $"{Field.Members}[{index}] has the address and port of {Field.Members}[{first[member.Endpoint]}]: name each member once");
        }

        NotTooMany(settled.Count, check);
        return [.. settled];
    }

    /// <summary>Whether it is settled where a member takes traffic: one that does not say so properly is in nobody's way. Its violations are those behind the first <paramref name="since"/>.</summary>
    public static bool IsPlaced(Check check, string at, int since = 0) =>
        !check.Violations.Skip(since).Any(violation => violation.Field == at + Field.IpAddress || violation.Field == at + Field.Port);

    /// <summary>A pool has room for so many members.</summary>
    public static void NotTooMany(int count, Check check)
    {
        if (count > MaxMembers) check.Add(Reason.FieldInvalid, Field.Members, $"{Field.Members} would be {count}: at most {MaxMembers} are allowed");
    }
}
