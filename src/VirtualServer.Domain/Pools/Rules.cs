namespace VirtualServers.Domain.Pools;

/// <summary>
/// The rules of a pool and its members (domain.md, section 2). All rules run, so that a caller learns every violation at once.
/// </summary>
public sealed class Rules : IRules<LoadBalancerPool, Draft>
{
    /// <summary>The maximum number of members of a pool.</summary>
    public const int MaxMembers = 1000;

    private const int MaxCertificateProfiles = 20;
    private const int MaxDescriptionLength = 1024;

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
        HealthCheckMonitor = check.Reference(
            Field.HealthCheckMonitor, Kind.HealthCheckMonitor, draft.HealthCheckMonitor, now?.HealthCheckMonitor),
        Tenant = check.Reference(Field.Tenant, Kind.Tenant, draft.Tenant, now?.Tenant),
        Labels = check.Labels(Field.Labels, draft.Labels, now?.Labels ?? Labels.None),
        Description = check.Text(Field.Description, draft.Description, now?.Description, MaxDescriptionLength),
        Members = draft.Members.IsGiven ? Members(draft.Members.Value, now?.Members ?? [], check) : now?.Members ?? [],
    };

    /// <inheritdoc/>
    public static void CheckUndelete(LoadBalancerPool then, Check check) => check.CheckUndelete(then.Name);

    /// <summary>Whether two pools are equal except for the ids of their members: each request assigns new ids.</summary>
    public static bool AreSame(LoadBalancerPool requested, LoadBalancerPool now)
    {
        var ids = now.Members.ToDictionary(member => member.Endpoint, member => member.Id);
        var members = requested.Members.Select(member => member with { Id = ids.GetValueOrDefault(member.Endpoint) });
        return requested with { Members = [.. members] } == now;
    }

    /// <inheritdoc/>
    public static Alteration<LoadBalancerPool>? Between(LoadBalancerPool was, LoadBalancerPool now) => Changed.Between(was, now);

    /// <summary>Resolves the draft of a member; <paramref name="at"/> is the path prefix of its fields.</summary>
    public static Member Member(MemberDraft draft, Member? now, Check check, string at) => new()
    {
        Id = now?.Id ?? draft.NewId,
        Endpoint = new(
            check.Required(at + Field.IpAddress, Kind.IpAddress, draft.IpAddress, now?.Endpoint.IpAddress),
            check.RequiredPort(at + Field.Port, draft.Port, now?.Endpoint.Port)),
        // A new member without a status is ACTIVE; an update that names the field must give a value.
        Status = draft.Status is { IsGiven: false } or { Value: null } && now is null
            ? MemberStatus.Active
            : check.Required(at + Field.Status, draft.Status, now?.Status),
        Label = check.Line(at + Field.Label, draft.Label, now?.Label),
        Tls = new(
            draft.SslOffload.Or(now?.Tls.Offload ?? false),
            check.References(
                at + Field.CertificateProfiles, Kind.CertificateProfile, draft.CertificateProfiles, now?.Tls.CertificateProfiles ?? [],
                MaxCertificateProfiles)),
        HealthCheckMonitor = check.Reference(
            at + Field.HealthCheckMonitor, Kind.HealthCheckMonitor, draft.HealthCheckMonitor, now?.HealthCheckMonitor),
        Tenant = check.Reference(at + Field.Tenant, Kind.Tenant, draft.Tenant, now?.Tenant),
    };

    /// <summary>
    /// Resolves a list of members. With <paramref name="keepOthers"/>, the current members that the list does not name follow.
    /// </summary>
    public static ValueSet<Member> Members(
        IReadOnlyList<MemberDraft> drafts, ValueSet<Member> now, Check check, bool keepOthers = false)
    {
        var current = now.ToDictionary(member => member.Endpoint);
        var indexes = new Dictionary<Endpoint, int>();
        var members = new List<Member>(drafts.Count);
        foreach (var draft in drafts)
        {
            var (index, violations) = (members.Count, check.Violations.Count);
            var member = Member(draft, null, check, MemberDraft.At(index));
            members.Add(current.TryGetValue(member.Endpoint, out var known) ? Again(member, draft, known) : member);
            if (!HasEndpoint(check, MemberDraft.At(index), violations) || indexes.TryAdd(member.Endpoint, index)) continue;
            var (field, first) = ($"{Field.Members}[{index}]", $"{Field.Members}[{indexes[member.Endpoint]}]");
            check.Add(Reason.FieldInvalid, field, $"{field} has the address and port of {first}: list each member once");
        }

        if (keepOthers)
        {
            var listed = members.Select(member => member.Id).ToHashSet();
            members.AddRange(now.Where(member => !listed.Contains(member.Id)));
        }

        CheckSize(members, Field.Members, check);
        return [.. members];
    }

    /// <summary>
    /// Whether address and port of a member are valid. A member without a valid endpoint is not compared with others. Only the
    /// violations after the first <paramref name="since"/> are considered.
    /// </summary>
    public static bool HasEndpoint(Check check, string at, int since = 0) =>
        !check.Violations.Skip(since).Any(violation =>
            violation.Field.StartsWith(at + Field.IpAddress, StringComparison.Ordinal) || violation.Field == at + Field.Port);

    /// <summary>Checks the number of members and their size; <paramref name="field"/> is the field of the request that has them.</summary>
    public static void CheckSize(IReadOnlyCollection<Member> members, string field, Check check)
    {
        if (members.Count > MaxMembers)
        {
            check.Add(Reason.FieldInvalid, field, $"the pool would have {members.Count} members: at most {MaxMembers} are allowed");
            return;
        }

        if (MembersSize.Of(members) is var size && size > MembersSize.Max)
            check.Add(Reason.FieldInvalid, field,
                $"the members of the pool would have {size} bytes with names at their longest: use up to {MembersSize.Max}, "
                + $"{MembersSize.OfMember} for each member and its label, and {MembersSize.OfReference} for each certificate profile, "
                + "health check monitor and tenant");
    }

    // A member that exists keeps its id, and the status and label that the draft leaves unset: a drained member stays drained.
    private static Member Again(Member member, MemberDraft draft, Member now) => member with
    {
        Id = now.Id,
        Status = draft.Status.Value is null ? now.Status : member.Status,
        Label = draft.Label.Value is null ? now.Label : member.Label,
    };
}
