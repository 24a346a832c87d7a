using static VirtualServers.Domain.Decision<VirtualServers.Domain.Event<VirtualServers.Domain.Pools.LoadBalancerPool>>;
using Owned = VirtualServers.Domain.Owned<
    VirtualServers.Domain.Pools.LoadBalancerPool, VirtualServers.Domain.Pools.Draft, VirtualServers.Domain.Pools.Rules>;
using PoolDecision = VirtualServers.Domain.Decision<VirtualServers.Domain.Event<VirtualServers.Domain.Pools.LoadBalancerPool>>;
using State = VirtualServers.Domain.Lifecycle<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Pools;

/// <summary>
/// The decisions of a pool for the commands on its members. <see cref="Owned{T,TDraft,TRules}"/> decides the commands that all owned
/// objects share.
/// </summary>
public static class Decider
{
    /// <summary>The facts that the command needs.</summary>
    public static FactsNeeded Needs(Command<Draft> command) => command switch
    {
        AddMember(var draft) => new() { References = [.. draft.References(MemberDraft.One)] },
        UpdateMember(var key, var draft) => new() { References = [.. draft.References(MemberDraft.One), .. References(key)] },
        RemoveMember(var key, _) => new() { References = [.. References(key)] },
        ReplaceMembers(var drafts, _) => new() { References = [.. MemberDraft.References(drafts)] },
        _ => Owned.Needs(command),
    };

    /// <summary>Decides a command: one event, no event when nothing changes, or every violation.</summary>
    public static PoolDecision Decide(Command<Draft> command, State state, Facts facts) => (command, state) switch
    {
        (AddMember(var draft), State.Live(var now)) => Add(draft, now, facts),
        (UpdateMember(var key, var draft), State.Live(var now)) => Update(key, draft, now, facts),
        (RemoveMember { AllowMissing: true }, not State.Live) => Accept(),
        (RemoveMember(var key, var allowMissing), State.Live(var now)) => Remove(key, allowMissing, now, facts),
        (ReplaceMembers(var drafts, var additiveOnly), State.Live(var now)) => Replace(drafts, additiveOnly, now, facts),
        (RotateCertificate rotation, State.Live(var now)) => Accept(With(now, now.Members.Select(member => Rotate(member, rotation)))),
        (AddMember(var draft), _) => Missing(facts, check => Rules.Member(draft, null, check, MemberDraft.One)),
        (UpdateMember(_, var draft), _) => Missing(facts, check => Rules.Member(draft, null, check, MemberDraft.One)),
        (ReplaceMembers(var drafts, _), _) => Missing(facts, check => Rules.Members(drafts, [], check)),
        _ => Owned.Decide(command, state, facts),
    };

    // A second add of an equal member is a repetition of the first.
    private static PoolDecision Add(MemberDraft draft, LoadBalancerPool now, Facts facts)
    {
        var check = new Check(facts);
        var added = Rules.Member(draft, null, check, MemberDraft.One);
        if (!Rules.HasEndpoint(check, MemberDraft.One)
            || now.Members.FirstOrDefault(member => member.Endpoint == added.Endpoint) is not { } holder)
            Rules.CheckSize([.. now.Members, added], MemberDraft.OneField, check);
        else if (check.Violations.Count == 0 && holder == added with { Id = holder.Id })
            return Accept();
        else
            AddTaken(holder, draft, check);
        return AcceptUnless(check.Violations, () => With(now, [.. now.Members, added]));
    }

    private static PoolDecision Update(MemberKey? key, MemberDraft draft, LoadBalancerPool now, Facts facts)
    {
        var check = new Check(facts);
        if (Find(key, now, check) is not { } was)
            return Reject([.. check.Violations, .. Malformed(facts, other => Rules.Member(draft, null, other, MemberDraft.One))]);
        var updated = Rules.Member(draft, was, check, MemberDraft.One);
        var others = now.Members.Where(member => member != was).ToList();
        if (Rules.HasEndpoint(check, MemberDraft.One) && others.Find(member => member.Endpoint == updated.Endpoint) is { } holder)
            AddTaken(holder, draft, check);
        Rules.CheckSize([.. others, updated], MemberDraft.OneField, check);
        return AcceptUnless(check.Violations, () => With(now, [.. others, updated]));
    }

    private static PoolDecision Remove(MemberKey? key, bool allowMissing, LoadBalancerPool now, Facts facts)
    {
        var check = new Check(facts);
        if (Find(key, now, check) is { } removed) return Accept(With(now, now.Members.Where(member => member != removed)));
        var isMissing = check.Violations.All(violation => violation.Reason is Reason.NotFound);
        return allowMissing && isMissing ? Accept() : Reject(check.Violations);
    }

    private static PoolDecision Replace(IReadOnlyList<MemberDraft> drafts, bool additiveOnly, LoadBalancerPool now, Facts facts)
    {
        var check = new Check(facts);
        var members = Rules.Members(drafts, now.Members, check, keepOthers: additiveOnly);
        return AcceptUnless(check.Violations, () => With(now, members));
    }

    // Malformed fields do not depend on the pool and are reported together with NotFound.
    private static PoolDecision Missing(Facts facts, Action<Check> resolve) => Reject([facts.NotFound, .. Malformed(facts, resolve)]);

    private static IEnumerable<Violation> Malformed(Facts facts, Action<Check> resolve)
    {
        var check = new Check(facts);
        resolve(check);
        return check.Violations.Where(violation => violation.Reason is Reason.FieldInvalid);
    }

    private static Member Rotate(Member member, RotateCertificate rotation) =>
        rotation.Members?.Contains(member.Id) == false ? member : member with { Tls = member.Tls.Rotate(rotation.From, rotation.To) };

    private static Event<LoadBalancerPool>? With(LoadBalancerPool now, IEnumerable<Member> members) =>
        Changed.Between(now, now with { Members = [.. members] });

    private static Member? Find(MemberKey? key, LoadBalancerPool now, Check check)
    {
        var found = key switch
        {
            MemberKey.ById(var id) => now.Members.FirstOrDefault(member => member.Id == id),
            MemberKey.ByEndpoint at when Address(at, check) is { } address =>
                now.Members.FirstOrDefault(member => member.Endpoint == new Endpoint(address, at.Port)),
            _ => null,
        };
        // A malformed key is already reported: a null key by the caller of the decider, an invalid address by the look-up.
        if (found is null && key is not null && check.Violations.Count == 0)
            check.Add(Reason.NotFound, "", $"{key} does not exist in {check.Facts.Subject}");
        return found;
    }

    // An unknown address belongs to no member.
    private static Guid? Address(MemberKey.ByEndpoint at, Check check)
    {
        var lookup = new Check(check.Facts);
        var address = lookup.Find(at.FieldReference);
        foreach (var (reason, field, message, clashing) in lookup.Violations.Where(one => one.Reason is not Reason.ReferenceNotFound))
            check.Add(reason, field, message, clashing);
        return lookup.Violations.Count == 0 ? address : null;
    }

    private static void AddTaken(Member holder, MemberDraft draft, Check check)
    {
        var given = new[] { (Field.IpAddress, draft.IpAddress.IsGiven), (Field.Port, draft.Port.IsGiven) };
        check.Add(
            Reason.MemberTaken, given.Where(field => field.IsGiven).Select(field => MemberDraft.One + field.Item1),
            $"the address and port belong to another member of {check.Facts.Subject} (member_id {holder.Id}): update that member");
    }

    private static IEnumerable<FieldReference> References(MemberKey? key) => key is MemberKey.ByEndpoint at ? [at.FieldReference] : [];
}
