using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Commands;

/// <summary>The outcome of one attempt to execute a command.</summary>
/// <param name="Answer">The answer to the call.</param>
/// <param name="Commit">The commit that must succeed before the answer is given; null when nothing is stored.</param>
internal sealed record Attempt<TAnswer>(TAnswer Answer, Commit? Commit);

/// <summary>
/// Executes commands that may race: load, decide, store, and start again when another command won. An attempt loses only to a command that
/// succeeded, so the registry as a whole makes progress.
/// </summary>
public sealed class RetryLoop(Commits commits, StoreState state, Instruments instruments)
{
    private const int MaxAttempts = 40;

    /// <summary>The answer of the first attempt that wins.</summary>
    /// <param name="subject">The object of the command, in words.</param>
    /// <param name="attempt">Loads and decides; rejected when the command is; null when a race was lost meanwhile.</param>
    internal async Task<TAnswer> Run<TAnswer>(string subject, Func<Task<Attempt<TAnswer>?>> attempt, CancellationToken cancellation)
    {
        var silent = state.Silence;
        for (var number = 1; number <= MaxAttempts; number++)
        {
            var outcome = await attempt();
            StoreState.ThrowIfBegun(silent);
            if (outcome is var (answer, commit) && (commit is null || await commits.Try(commit))) return answer;
            instruments.RaceLost();
            await Task.Delay(Random.Shared.Next(1, 2 + number), cancellation);
        }

        throw new Refused(new Violation(
            Reason.Contended, "", $"{subject} was modified concurrently too often and nothing was stored: retry"));
    }

    /// <summary>The stored answer to a request id; rejected when it was given to another request.</summary>
    internal static Attempt<TAnswer> Repeat<TAnswer>(StoredAnswer stored, CallOptions options, Caller caller)
        where TAnswer : IMessage<TAnswer>, new()
    {
        if (!stored.Fingerprint.AsSpan().SequenceEqual(options.For(caller)))
        {
            throw new Refused(new Violation(
                Reason.RequestIdReused, "request_id", $"request_id {stored.RequestId} was used for another request: use a new one"));
        }

        var answer = new TAnswer();
        answer.MergeFrom(stored.Answer);
        return new(answer, null);
    }
}
