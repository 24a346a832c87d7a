using System.Diagnostics;
using Google.Protobuf;
using Marten;
using Npgsql;
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
/// transaction (group commit); one that finds nobody there is stored at once. A transaction that fails is taken apart until it is known
/// whose fault it was, so that nobody suffers for a neighbour.
/// </summary>
public sealed class Commits(IDocumentStore store, CommitSignal committed, Instruments instruments, TimeProvider clock)
{
    // More than this at once gives nothing more on one database, and makes the first of a group wait for the last.
    private const int Writers = 2;
    private const int MostTogether = 64;

    private readonly Lock gate = new();
    private readonly Queue<Waiter> queue = [];
    private int writing;

    /// <summary>How many calls wait for the transactions that are open now.</summary>
    public int Waiting
    {
        get { lock (gate) return queue.Count; }
    }

    /// <summary>The time of a command. The database keeps microseconds; the time of an object never runs backwards, whatever the clock does.</summary>
    public DateTimeOffset Now(DateTimeOffset? last)
    {
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return last > now ? last.Value : now;
    }

    /// <summary>False when a race was lost: nothing of the commit is stored then, and the facts will say why.</summary>
    public Task<bool> Try(Commit commit)
    {
        if (commit.Last is not null || commit.Outcomes.Count > 1) return Alone(commit);
        var waiting = new Waiter(commit);
        lock (gate)
        {
            queue.Enqueue(waiting);
            if (writing == Writers) return waiting.Done.Task;
            writing++;
        }

        _ = Write();
        return waiting.Done.Task;
    }

    // Stores whatever waits until nothing does.
    private async Task Write()
    {
        while (Next() is { Count: > 0 } together) await Together(together);
    }

    private List<Waiter> Next()
    {
        var together = new List<Waiter>();
        lock (gate)
        {
            while (together.Count < MostTogether && queue.TryDequeue(out var waiting)) together.Add(waiting);
            if (together.Count == 0) writing--;
        }

        return together;
    }

    private async Task Together(IReadOnlyList<Waiter> together)
    {
        try
        {
            await Store([.. together.Select(waiting => waiting.Commit)]);
            foreach (var waiting in together) waiting.Done.SetResult(true);
        }
        catch (Exception exception) when (together.Count > 1 && IsFaultOfOne(exception))
        {
            instruments.GroupSplit();
            await Together([.. together.Take(together.Count / 2)]);
            await Together([.. together.Skip(together.Count / 2)]);
        }
        catch (Exception exception) when (Races.Lost(exception))
        {
            together[0].Done.SetResult(false);
        }
        catch (Exception exception)
        {
            foreach (var waiting in together) waiting.Done.SetException(exception);
        }
    }

    private async Task<bool> Alone(Commit commit)
    {
        try
        {
            await Store([commit]);
            return true;
        }
        catch (Exception exception) when (Races.Lost(exception))
        {
            return false;
        }
    }

    // What the database or Marten says of what was sent, in contrast to a database that is away: then nobody knows how it ended.
    private static bool IsFaultOfOne(Exception exception) => Races.Lost(exception) || exception.GetBaseException() is PostgresException { IsTransient: false } or not NpgsqlException;

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

    private sealed record Waiter(Commit Commit)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
