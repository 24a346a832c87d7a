using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Commands;

/// <summary>
/// The path of every command: load the object and gather facts in one round trip, decide, and store the event with its read models in one
/// transaction. A command that loses a race starts again.
/// </summary>
public sealed class Registry(
    FactReader facts, ConditionPreview preview, Commits commits, ObjectLocks locks, RetryLoop loop, TimeProvider clock)
{
    /// <summary>Executes a command and answers with its outcome; throws <see cref="Refused"/> when it is rejected.</summary>
    /// <param name="answer">Makes the answer of the outcome.</param>
    public async Task<TAnswer> Execute<T, TCommand, TAnswer>(
        Call<T, TCommand> call, Caller caller, Func<Executed<T>, TAnswer> answer, CancellationToken cancellation)
        where T : class, IRegistered
        where TAnswer : IMessage<TAnswer>, new()
    {
        if (call.Address is not { } address) throw new Refused(call.Options.Malformed);
        using var turn = await locks.Take(address, cancellation);
        return await loop.Run($"{address}", async () =>
        {
            var context = await facts.Gather<T>(
                address, call.Resource.Needs(call.Command), call.Options.RequestId, caller.Reads, cancellation);
            if (context.Answer is { } stored) return RetryLoop.Repeat<TAnswer>(stored, call.Options, caller);

            var before = context.View;
            var happened = Decide(call, before, context.Facts);
            var after = happened is null
                ? before
                : call.Resource.Aggregate.Next(
                    before, before?.Id ?? NewId(address), happened, await commits.Now(before?.UpdateTime, cancellation));
            PendingEvent[] events = happened is null ? [] : [PendingEvent.Of(before, after!, happened)];
            var effect = call.Options.ShowsConditions
                ? await preview.Read(after, events, caller.Reads, cancellation) : ConditionEffect.None;
            if (effect is null) return null;
            // The answer contains an object that this command deleted, but not one that was deleted before (allow_missing).
            var result = answer(new(happened is null && after is { IsLive: false } ? null : after, happened, context.Names)
            {
                Before = before, Stored = call.Options.ValidateOnly ? before : after, Conditions = effect,
            });
            return new Attempt<TAnswer>(result, Commit(call.Options, caller, result, events, effect));
        }, cancellation);
    }

    /// <summary>
    /// What a call must store, with its answer if it has a request id; null when it stores nothing. Rejected when the caller may not change
    /// an object, as it was or as it would be.
    /// </summary>
    internal static Commit? Commit(
        CallOptions options, Caller caller, IMessage? answer, IReadOnlyList<PendingEvent> events, ConditionEffect effect)
    {
        List<Violation> denied = [.. events.Select(pending => pending.Denied(caller.Changes)).OfType<Violation>()];
        if (denied.Count > 0) throw new Refused(denied);
        return options.ValidateOnly || (events.Count == 0 && options.RequestId is null) ? null
            : new(caller, options.Reason, events, options.RequestId is { } id ? StoredAnswer.Of(id, options.For(caller), answer!) : null)
            {
                Last = effect.IsComplete is { } statement ? statement.Queue : null,
            };
    }

    private static Event<T>? Decide<T, TCommand>(Call<T, TCommand> call, View<T>? before, Facts facts) where T : class, IRegistered
    {
        var (address, options) = (call.Address, call.Options);
        List<Violation> violations = [.. options.Malformed];
        var decision = call.Resource.Decide(call.Command, before?.State ?? new Lifecycle<T>.Absent(), facts);
        if (StaleEtag(address, options, before, decision) is { } stale) violations.Add(stale);
        if (decision is Decision<Event<T>>.Rejected(var rejected))
            violations.AddRange(rejected.Select(violation =>
                violation.Field.Length == 0 ? violation : violation with { Field = options.Prefix + violation.Field }));
        return violations.Count > 0 ? throw new Refused(violations, facts.Users) : ((Decision<Event<T>>.Accepted)decision).Event;
    }

    /// <summary>The violation of an etag that is not current; null when there is none.</summary>
    internal static Violation? StaleEtag<T>(Address? address, CallOptions options, View<T>? before, Decision<Event<T>> decision)
        where T : class, IRegistered
    {
        // The etag of a deleted object matters only to a command that would make it live again.
        var mustHold = before is { IsLive: true } || decision is Decision<Event<T>>.Accepted { Event: not null };
        if (options.Etag.Length == 0 || options.Etag == before?.Etag || !mustHold) return null;
        var state = before is null ? $"{address} does not exist" : $"the current etag is \"{before.Etag}\"";
        return new(Reason.EtagMismatch, options.EtagField, $"etag {options.Etag.InQuotes} of {address} is stale: {state}");
    }

    private Guid NewId(Address address) => (address as Address.ById)?.Id ?? Guid.CreateVersion7(clock.GetUtcNow());
}
