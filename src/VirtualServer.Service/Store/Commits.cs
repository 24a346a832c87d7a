using System.Diagnostics;
using Google.Protobuf;
using Marten;
using VirtualServers.Domain;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>One event to be stored, and the view before and after it.</summary>
public abstract record Outcome
{
    /// <summary>The object.</summary>
    public abstract Guid Id { get; }

    /// <summary>What it changes in the tables that span aggregates.</summary>
    internal abstract Step Step { get; }

    /// <summary>Stores the event and the view.</summary>
    internal abstract void Queue(IDocumentSession session, Commit commit);

    /// <summary>An event of an object of this kind.</summary>
    public sealed record Of<T>(View<T>? Before, View<T> After, object Happened) : Outcome where T : class, IRegistered
    {
        public override Guid Id => After.Id;

        internal override Step Step { get; } = new(Before is null ? null : Footprint.Of(Before), Footprint.Of(After));

        internal override void Queue(IDocumentSession session, Commit commit)
        {
            var stream = Before is null ? session.Events.StartStream<T>(After.Id, Happened) : session.Events.Append(After.Id, After.Version, Happened);
            var stored = stream.Events[0];
            stored.Timestamp = After.UpdateTime;
            (stored.CorrelationId, stored.CausationId, stored.UserName) = (commit.Caller.CorrelationId, commit.CausationId, commit.Caller.Actor);
            if (commit.Reason.Length > 0) stored.SetHeader(Headers.Reason, commit.Reason);
            session.Store(After);
        }
    }
}

/// <summary>The answer to a request id, to be given again when it comes again.</summary>
public sealed record Answered(Guid RequestId, byte[] Fingerprint, IMessage Answer);

/// <summary>All that one call stores, or nothing of it.</summary>
public sealed record Commit(Caller Caller, string Reason, IReadOnlyList<Outcome> Outcomes, Answered? Answered)
{
    /// <summary>What caused it, for the history.</summary>
    public string? CausationId { get; } = Activity.Current?.Id;

    /// <summary>What else its transaction does, after everything else; it has its transaction for itself then.</summary>
    public Action<IDocumentOperations>? Last { get; init; }
}

/// <summary>
/// Stores what commands led to: events, views, and what spans aggregates. Calls that arrive while others are being stored share the next
/// transaction (group commit).
/// </summary>
public sealed class Commits
{
    // A second transaction, for when the first waits for somebody's lock. More in one makes the first of them wait for the last.
    private const int Writers = 2;
    private const int MostTogether = 64;

    private readonly IDocumentStore store;
    private readonly CommitSignal committed;
    private readonly Instruments instruments;
    private readonly TimeProvider clock;
    private readonly Together<Commit> groups;

    public Commits(IDocumentStore store, CommitSignal committed, Instruments instruments, TimeProvider clock)
    {
        (this.store, this.committed, this.instruments, this.clock) = (store, committed, instruments, clock);
        groups = new("store", Writers, MostTogether, Store, instruments);
    }

    /// <summary>How many calls wait for the transactions that are open now.</summary>
    public int Waiting => groups.Waiting;

    /// <summary>The time of a command. The database keeps microseconds; the time of an object never runs backwards, whatever the clock does.</summary>
    public DateTimeOffset Now(DateTimeOffset? last)
    {
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return last > now ? last.Value : now;
    }

    /// <summary>False when a race was lost: nothing of the commit is stored then, and the facts will say why.</summary>
    public async Task<bool> Try(Commit commit)
    {
        try
        {
            await (commit.Last is null && commit.Outcomes.Count <= 1 ? groups.Join(commit) : Store([commit]));
            return true;
        }
        catch (Exception exception) when (Races.Lost(exception))
        {
            return false;
        }
    }

    private async Task Store(IReadOnlyList<Commit> commits)
    {
        await using var session = store.LightweightSession();
        // In one order, so that two transactions do not wait for each other.
        List<(Commit Commit, Outcome Outcome)> outcomes = [.. commits.SelectMany(commit => commit.Outcomes.Select(outcome => (commit, outcome))).OrderBy(one => one.outcome.Id)];
        Step[] steps = [.. outcomes.Select(one => one.Outcome.Step)];

        AdvisoryLock.Queue(session, steps.SelectMany(ConditionRules.Locks));
        foreach (var (commit, outcome) in outcomes) outcome.Queue(session, commit);
        Entries.Queue(session, steps);
        ConditionRules.Queue(session, steps);
        Answer(session, [.. commits.Select(commit => commit.Answered).OfType<Answered>()]);
        foreach (var commit in commits) commit.Last?.Invoke(session);

        // Not cancelled with a call: once it is sent, only the database knows how it ends.
        await session.SaveChangesAsync(CancellationToken.None);
        instruments.Committed(commits.Count);
        if (outcomes.Count > 0) committed.Raise();
    }

    private void Answer(IDocumentSession session, IReadOnlyList<Answered> answered)
    {
        if (answered.Count == 0) return;
        session.QueueSqlCommand(
            $"insert into {EventStore.Schema}.requests (id, fingerprint, answer, time) select id, fingerprint, answer, ? from unnest(?::uuid[], ?::bytea[], ?::bytea[]) as answered (id, fingerprint, answer)",
            clock.GetUtcNow(), answered.Select(one => one.RequestId).ToArray(), answered.Select(one => one.Fingerprint).ToArray(), answered.Select(one => one.Answer.ToByteArray()).ToArray());
    }
}
