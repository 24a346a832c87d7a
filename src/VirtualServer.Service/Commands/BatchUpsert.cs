using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using Command = VirtualServers.Domain.Inventory.Command;
using Upsert = VirtualServers.Service.Commands.Call<
    VirtualServers.Domain.Inventory.InventoryObject, VirtualServers.Domain.Inventory.Command>;

namespace VirtualServers.Service.Commands;

/// <summary>The upserts of a set: their outcomes if all are accepted, otherwise the violations of each that is not.</summary>
/// <param name="Done">The outcomes in the order of the upserts; empty when the set is rejected.</param>
/// <param name="Violations">The violations by the place of their upsert.</param>
public sealed record DecidedSet(
    IReadOnlyList<Executed<InventoryObject>> Done, IReadOnlyDictionary<int, IReadOnlyList<Violation>> Violations)
{
    /// <summary>The effect of the set on conditions, if the answer shows it.</summary>
    public ConditionEffect Conditions { get; init; } = ConditionEffect.None;
}

/// <summary>
/// Upserts a set of inventory objects in one transaction, judged by its final state (<see cref="UpsertSet"/>): the facts of all objects in
/// one round trip, and one event for each object that changes.
/// </summary>
public sealed class BatchUpsert(
    FactReader facts, ConditionPreview preview, Commits commits, ObjectLocks locks, RetryLoop loop, TimeProvider clock)
{
    private const string Subject = "the set of inventory objects";

    /// <summary>Executes the set and answers with its outcomes; throws <see cref="Refused"/> when it is rejected.</summary>
    public async Task<TAnswer> Execute<TAnswer>(
        IReadOnlyList<Upsert> upserts, CallOptions options, Caller caller, Func<DecidedSet, TAnswer> answer,
        CancellationToken cancellation)
        where TAnswer : IMessage<TAnswer>, new()
    {
        if (upserts.Count == 0) throw new Refused(options.Malformed);
        using var turn = await locks.Take(upserts.Select(upsert => upsert.Address!), cancellation);
        return await loop.Run(Subject, async () =>
        {
            var (contexts, stored) = await Gather(upserts, options, caller, cancellation);
            if (stored is not null) return RetryLoop.Repeat<TAnswer>(stored, options, caller);

            var (decided, events) = Decide(
                upserts, contexts, await Now(contexts, cancellation), isStored: !options.ValidateOnly);
            List<Violation> violations = [.. options.Malformed, .. decided.Violations.SelectMany(one => one.Value.Select(At(one.Key)))];
            if (violations.Count > 0) throw new Refused(violations);
            var effect = options.ShowsConditions ? await preview.Read(null, events, caller.Reads, cancellation) : ConditionEffect.None;
            if (effect is null) return null;
            var result = answer(decided with { Conditions = effect });
            return new Attempt<TAnswer>(result, Registry.Commit(options, caller, result, events, effect));
        }, cancellation);
    }

    /// <summary>Stores the set if every upsert is accepted; otherwise stores nothing and tells which are not.</summary>
    public async Task<DecidedSet> TryExecute(IReadOnlyList<Upsert> upserts, Caller caller, CancellationToken cancellation)
    {
        using var turn = await locks.Take(upserts.Select(upsert => upsert.Address!), cancellation);
        return await loop.Run(Subject, async () =>
        {
            var (contexts, _) = await Gather(upserts, new(), caller, cancellation);
            var (decided, events) = Decide(upserts, contexts, await Now(contexts, cancellation), isStored: true);
            return new Attempt<DecidedSet>(
                decided, decided.Violations.Count > 0 ? null : Registry.Commit(new(), caller, null, events, ConditionEffect.None));
        }, cancellation);
    }

    private Task<(IReadOnlyList<CommandContext<InventoryObject>> Contexts, StoredAnswer? Answer)> Gather(
        IReadOnlyList<Upsert> upserts, CallOptions options, Caller caller, CancellationToken cancellation) =>
        facts.Gather<InventoryObject>(
            [.. upserts.Select(upsert => (upsert.Address!, upsert.Resource.Needs(upsert.Command)))], options.RequestId, caller.Reads,
            cancellation);

    // One time, so that no past time shows a part of the set.
    private ValueTask<Written> Now(IReadOnlyList<CommandContext<InventoryObject>> contexts, CancellationToken cancellation) =>
        commits.Now(contexts.Max(context => context.View?.UpdateTime), cancellation);

    private (DecidedSet Set, IReadOnlyList<PendingEvent> Events) Decide(
        IReadOnlyList<Upsert> upserts, IReadOnlyList<CommandContext<InventoryObject>> contexts, Written written, bool isStored)
    {
        var decisions = UpsertSet.Decide([.. upserts.Select((upsert, place) => Item(upsert, contexts[place]))]);
        var (done, events) = (new List<Executed<InventoryObject>>(), new List<PendingEvent>());
        var violations = new Dictionary<int, IReadOnlyList<Violation>>();
        for (var place = 0; place < upserts.Count; place++)
        {
            var ((item, decision), upsert, context) = (decisions[place], upserts[place], contexts[place]);
            var before = context.View?.Id == item.Id ? context.View : null;
            var found = Violations(upsert, before, decision);
            if (found.Count > 0) violations[place] = found;
            var happened = (decision as Decision<Event<InventoryObject>>.Accepted)?.Event;
            var after = happened is null
                ? before
                : upsert.Resource.Aggregate.Next(before, item.Id, happened, written);
            done.Add(new(after, happened, context.Names) { Stored = isStored ? after : before });
            if (happened is not null) events.Add(PendingEvent.Of(before, after!, happened) with { Reason = upsert.Options.Reason });
        }

        return violations.Count > 0 ? (new([], violations), []) : (new(done, violations), events);
    }

    private SetItem Item(Upsert upsert, CommandContext<InventoryObject> context)
    {
        var (chosen, newId) = (upsert.Address as Address.ById, Guid.CreateVersion7(clock.GetUtcNow()));
        return new(
            ((Command.Upsert)upsert.Command).Draft, chosen is not null, context.View?.Id ?? chosen?.Id ?? newId, newId,
            context.View?.State ?? new Lifecycle<InventoryObject>.Absent(), context.Facts);
    }

    private static List<Violation> Violations(
        Upsert upsert, View<InventoryObject>? before, Decision<Event<InventoryObject>> decision)
    {
        List<Violation> violations = [.. upsert.Options.Malformed];
        if (Registry.StaleEtag(upsert.Address, upsert.Options, before, decision) is { } stale) violations.Add(stale);
        if (decision is Decision<Event<InventoryObject>>.Rejected(var rejected))
            violations.AddRange(rejected.Select(violation => violation with { Field = upsert.Options.Prefix + violation.Field }));
        return violations;
    }

    private static Func<Violation, Violation> At(int place) => violation => violation with
    {
        Field = $"{UpsertSet.At(place)}.{violation.Field}", Message = $"in {UpsertSet.At(place)}, {violation.Message}",
    };
}
