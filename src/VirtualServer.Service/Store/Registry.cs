using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>
/// The path of every command: load the object and gather facts in one round trip, decide, and store the event with all that is
/// kept in step with it in one transaction. A race that was lost leads back to the start.
/// </summary>
public sealed class Registry(Reader reader, Commits commits, Turns turns, Instruments instruments, TimeProvider clock)
{
    // Each attempt loses only to a command that won; more losses than this in a row mean that the caller should wait.
    private const int Attempts = 40;

    /// <summary>Carries out a command and answers with the object as it is afterwards, or throws <see cref="Refused"/>.</summary>
    /// <param name="answer">Makes the answer of what the command led to.</param>
    public async Task<TAnswer> Execute<T, TCommand, TEvent, TWire, TAnswer>(
        Resource<T, TCommand, TEvent, TWire> resource, Call<TCommand> call, Caller caller, Func<Done<TWire, TEvent>, TAnswer> answer, CancellationToken cancellation)
        where T : class, IRegistered
        where TEvent : class
        where TWire : class, IMessage
        where TAnswer : IMessage<TAnswer>, new()
    {
        if (call.Address is null) throw new Refused(call.Malformed);
        using var turn = await turns.Take(call.Address, cancellation);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var known = await reader.Gather<T>(call.Address, resource.Needs(call.Command), call.RequestId, cancellation);
            if (known.FirstAnswer is { } first) return Repeat<TAnswer>(first, call.RequestId, call.Fingerprint);

            var before = known.View;
            var happened = Decide(resource, call, before, known.Facts);
            var after = happened is null ? before : resource.Next(before, before?.Id ?? NewId(call.Address), happened, commits.Now(before?.UpdateTime));
            // What was gone already is no answer (allow_missing); what went just now is.
            var result = answer(new(after is null || (happened is null && !after.Live) ? null : resource.ToWire(after, known.Names), happened, known.Names));
            if (call.ValidateOnly || (happened is null && call.RequestId is null)) return result;

            Outcome[] outcomes = happened is null || after is null ? [] : [new Outcome.Of<T>(before, after, happened)];
            if (await commits.Try(new(caller, call.Reason, outcomes, call.RequestId is { } id ? new(id, call.Fingerprint, result) : null))) return result;
            instruments.RaceLost();
            await Task.Delay(Random.Shared.Next(1, 2 + attempt), cancellation);
        }

        throw new Refused(new Violation(Reason.Contended, "", $"others kept changing {call.Address}: try again"));
    }

    private static TEvent? Decide<T, TCommand, TEvent, TWire>(Resource<T, TCommand, TEvent, TWire> resource, Call<TCommand> call, View<T>? before, Facts facts)
        where T : class, IRegistered
        where TEvent : class
        where TWire : class, IMessage
    {
        List<Violation> violations = [.. call.Malformed];
        var decision = resource.Decide(call.Command, before?.State ?? new Lifecycle<T>.Absent(), facts);
        // The etag of what is gone matters only to a command that would make it live.
        if (call.Etag.Length > 0 && call.Etag != before?.Etag && (before is { Live: true } || decision is Decision<TEvent>.Accepted { Event: not null }))
            violations.Add(new(Reason.EtagMismatch, "etag", $"the etag {call.Etag.InQuotes} of {call.Address} no longer holds: {(before is null ? "it is gone" : $"it is \"{before.Etag}\" now")}"));

        if (decision is Decision<TEvent>.Rejected(var rejected))
            violations.AddRange(rejected.Select(violation => violation.Field.Length == 0 ? violation : violation with { Field = call.Prefix + violation.Field }));
        return violations.Count > 0 ? throw new Refused(violations, facts.Users) : ((Decision<TEvent>.Accepted)decision).Event;
    }

    private Guid NewId(Address address) => (address as Address.ById)?.Id ?? Guid.CreateVersion7(clock.GetUtcNow());

    /// <summary>The answer that the request id was given the first time, or <see cref="Refused"/> when that was to another request.</summary>
    internal static TAnswer Repeat<TAnswer>(FirstAnswer first, Guid? requestId, byte[] fingerprint) where TAnswer : IMessage<TAnswer>, new()
    {
        if (!first.Fingerprint.AsSpan().SequenceEqual(fingerprint))
            throw new Refused(new Violation(Reason.RequestIdReused, "request_id", $"request_id {requestId} was used for another request: make up a new one"));
        var answer = new TAnswer();
        answer.MergeFrom(first.Answer);
        return answer;
    }
}
