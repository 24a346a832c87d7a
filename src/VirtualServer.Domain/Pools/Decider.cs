using static VirtualServers.Domain.Decision<VirtualServers.Domain.Event<VirtualServers.Domain.Pools.LoadBalancerPool>>;
using Owned = VirtualServers.Domain.Owned<VirtualServers.Domain.Pools.LoadBalancerPool, VirtualServers.Domain.Pools.Draft, VirtualServers.Domain.Pools.Rules>;
using PoolDecision = VirtualServers.Domain.Decision<VirtualServers.Domain.Event<VirtualServers.Domain.Pools.LoadBalancerPool>>;
using State = VirtualServers.Domain.Lifecycle<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Pools;

/// <summary>What a pool answers to the commands about its members; those that all owned objects share are in <see cref="Owned{T,TDraft,TRules}"/>.</summary>
public static class Decider
{
    /// <summary>What must be known before the command can be decided.</summary>
    public static FactsNeeded Needs(Command<Draft> command) => command switch
    {
        AddMember(var draft) => new() { References = [.. draft.References(MemberDraft.One)] },
        UpdateMember(var key, var draft) => new() { References = [.. draft.References(MemberDraft.One), .. References(key)] },
        RemoveMember(var key, _) => new() { References = [.. References(key)] },
        ReplaceMembers(var wanted, _) => new() { References = [.. MemberDraft.References(wanted)] },
        _ => Owned.Needs(command),
    };

    /// <summary>The event that the command leads to, none when it changes nothing, or everything that is wrong with it.</summary>
    public static PoolDecision Decide(Command<Draft> command, State state, Facts facts) => (command, state) switch
    {
        (AddMember(var draft), State.Live(var now)) => Add(draft, now, facts),
        (UpdateMember(var key, var draft), State.Live(var now)) => Update(key, draft, now, facts),
        (RemoveMember { AllowMissing: true }, not State.Live) => Accept(),
        (RemoveMember(var key, var allowMissing), State.Live(var now)) => Remove(key, allowMissing, now, facts),
        (ReplaceMembers(var wanted, var additiveOnly), State.Live(var now)) => Replace(wanted, additiveOnly, now, facts),
        (RotateCertificate rotate, State.Live(var now)) => Accept(With(now, now.Members.Select(member => Rotated(member, rotate)))),
        (AddMember(var draft), _) => Missing(facts, check => Rules.Member(draft, null, check, MemberDraft.One)),
        (UpdateMember(_, var draft), _) => Missing(facts, check => Rules.Member(draft, null, check, MemberDraft.One)),
        (ReplaceMembers(var wanted, _), _) => Missing(facts, check => Rules.Members(wanted, [], check)),
        _ => Owned.Decide(command, state, facts),
    };

    // The member that is there already is the same add, sent twice.
    private static PoolDecision Add(MemberDraft draft, LoadBalancerPool now, Facts facts)
    {
        var check = new Check(facts);
        var added = Rules.Member(draft, null, check, MemberDraft.One);
        if (!Rules.IsPlaced(check, MemberDraft.One) || now.Members.FirstOrDefault(member => member.Endpoint == added.Endpoint) is not { } there)
            Rules.NotTooMany(now.Members.Count + 1, check);
        else if (check.Violations.Count == 0 && there == added with { Id = there.Id })
            return Accept();
        else
            Taken(there, check);
        return AcceptUnless(check.Violations, () => With(now, [.. now.Members, added]));
    }

    private static PoolDecision Update(MemberKey? key, MemberDraft draft, LoadBalancerPool now, Facts facts)
    {
        var check = new Check(facts);
        if (Find(key, now, check) is not { } was) return Reject([.. check.Violations, .. Malformed(facts, missing => Rules.Member(draft, null, missing, MemberDraft.One))]);
        var updated = Rules.Member(draft, was, check, MemberDraft.One);
        if (Rules.IsPlaced(check, MemberDraft.One) && now.Members.FirstOrDefault(member => member.Id != was.Id && member.Endpoint == updated.Endpoint) is { } there) Taken(there, check);
        return AcceptUnless(check.Violations, () => With(now, [.. now.Members.Where(member => member != was), updated]));
    }

    private static PoolDecision Remove(MemberKey? key, bool allowMissing, LoadBalancerPool now, Facts facts)
    {
        var check = new Check(facts);
        if (Find(key, now, check) is { } gone) return Accept(With(now, now.Members.Where(member => member != gone)));
        return allowMissing && check.Violations.All(violation => violation.Reason is Reason.NotFound) ? Accept() : Reject(check.Violations);
    }

    private static PoolDecision Replace(IReadOnlyList<MemberDraft> wanted, bool additiveOnly, LoadBalancerPool now, Facts facts)
    {
        var check = new Check(facts);
        var settled = Rules.Members(wanted, now.Members, check);
        if (additiveOnly)
        {
            var named = settled.Select(member => member.Id).ToHashSet();
            settled = [.. settled, .. now.Members.Where(member => !named.Contains(member.Id))];
            if (wanted.Count <= Rules.MaxMembers) Rules.NotTooMany(settled.Count, check);
        }

        return AcceptUnless(check.Violations, () => With(now, settled));
    }

    // There is no such pool, and what is malformed whatever it is for can be told with it.
    private static PoolDecision Missing(Facts facts, Action<Check> settle) => Reject([facts.NotFound, .. Malformed(facts, settle)]);

    private static IEnumerable<Violation> Malformed(Facts facts, Action<Check> settle)
    {
        var check = new Check(facts);
        settle(check);
        return check.Violations.Where(violation => violation.Reason is Reason.FieldInvalid);
    }

    private static Member Rotated(Member member, RotateCertificate rotate) =>
        rotate.Members?.Contains(member.Id) == false ? member : member with { Tls = member.Tls.Rotate(rotate.From, rotate.To) };

    private static Event<LoadBalancerPool>? With(LoadBalancerPool now, IEnumerable<Member> members) => Changed.Between(now, now with { Members = [.. members] });

    private static Member? Find(MemberKey? key, LoadBalancerPool now, Check check)
    {
        Member[] found = key switch
        {
            MemberKey.ById(var id) => [.. now.Members.Where(member => member.Id == id)],
            MemberKey.ByEndpoint at when Addresses(at, check) is var addresses =>
                [.. now.Members.Where(member => member.Endpoint.Port == at.Port && addresses.Contains(member.Endpoint.IpAddress))],
            _ => [],
        };
        if (found.Length > 1) check.Add(Reason.ReferenceAmbiguous, "endpoint", $"{key} of {check.Facts.Subject} is more than one, in several namespaces: give its member_id");
        // A key that could not be read was told about when it was read, an address that can't be one when it was looked up.
        if (found.Length == 0 && key is not null && check.Violations.Count == 0) check.Add(Reason.NotFound, "", $"{key} does not exist in {check.Facts.Subject}");
        return found is [var one] ? one : null;
    }

    // An address that nobody knows is no member's, and a text of two namespaces is no doubt as long as only one of the two is a member.
    private static Guid[] Addresses(MemberKey.ByEndpoint at, Check check)
    {
        var lookup = new Check(check.Facts);
        var address = lookup.Find(at.FieldReference);
        switch (lookup.Violations)
        {
            case []:
                return [address];
            case [{ Reason: Reason.ReferenceNotFound }]:
                return [];
            case [{ Reason: Reason.ReferenceAmbiguous }]:
                return [.. check.Facts.Matches[at.FieldReference].Select(one => one.Id)];
            default:
                foreach (var (reason, field, message, clashing) in lookup.Violations) check.Add(reason, field, message, clashing);
                return [];
        }
    }

    private static void Taken(Member there, Check check) =>
        check.Add(Reason.MemberTaken, $"{MemberDraft.One}{Field.IpAddress}", $"the address and port belong to another member of {check.Facts.Subject} (member_id {there.Id}): update that one");

    private static IEnumerable<FieldReference> References(MemberKey? key) => key is MemberKey.ByEndpoint at ? [at.FieldReference] : [];
}
