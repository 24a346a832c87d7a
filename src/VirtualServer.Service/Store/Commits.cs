using System.Diagnostics;
using Marten;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using SessionOptions = Marten.Services.SessionOptions;

namespace VirtualServers.Service.Store;

/// <summary>All that one call stores. It is stored as a whole or not at all.</summary>
public sealed record Commit(Caller Caller, string Reason, IReadOnlyList<PendingEvent> Events, StoredAnswer? Answer)
{
    /// <summary>The span of the call, for the history.</summary>
    public string? CausationId { get; } = Activity.Current?.Id;

    /// <summary>Further statements, executed last. A commit with such statements has a transaction of its own.</summary>
    public Action<IDocumentOperations>? Last { get; init; }
}

/// <summary>
/// Stores the events of commands; the inline projection adds the read models to the same transaction. Calls that arrive while a transaction
/// is open share the next one (group commit).
/// </summary>
public sealed class Commits
{
    // A second transaction, for when the first waits for a lock. More calls in one transaction would make the first wait for the last.
    private const int MaxTransactions = 2;
    private const int MaxCalls = 64;

    private readonly IDocumentStore store;
    private readonly Epochs epochs;
    private readonly CommitSignal committed;
    private readonly Disk disk;
    private readonly Instruments instruments;
    private readonly TimeProvider clock;
    private readonly Batcher<Commit> batcher;

    public Commits(
        IDocumentStore store, Epochs epochs, CommitSignal committed, Disk disk, StoreState state, Instruments instruments,
        TimeProvider clock)
    {
        (this.store, this.epochs, this.committed, this.disk) = (store, epochs, committed, disk);
        (this.instruments, this.clock) = (instruments, clock);
        batcher = new("store", MaxTransactions, MaxCalls, Store, state, instruments);
    }

    /// <summary>How many calls wait for the open transactions.</summary>
    public int Waiting => batcher.Waiting;

    /// <summary>
    /// The epoch of a command and its time, in microseconds as the database keeps it. The time of an object never decreases, even if the
    /// clock is set back.
    /// </summary>
    public async ValueTask<Written> Now(DateTimeOffset? last, CancellationToken cancellation)
    {
        var epoch = (await epochs.All(cancellation))[0];
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return new(last > now ? last.Value : now, epoch.IsFirst ? null : epoch.Id);
    }

    /// <summary>False when a race was lost. Nothing of the commit is stored then, and new facts will show the reason.</summary>
    public async Task<bool> Try(Commit commit)
    {
        try
        {
            await (commit.Last is null && commit.Events.Count <= 1 ? batcher.Execute(commit) : Store([commit]));
            return true;
        }
        catch (Exception exception) when (Races.Lost(exception))
        {
            return false;
        }
    }

    /// <summary>Prepares a commit until its statements are to be sent, and drops it.</summary>
    public async Task Rehearse(Commit commit)
    {
        var options = new SessionOptions();
        options.Listeners.Add(new AfterProjection(_ => throw new Rehearsed()));
        await using var session = store.LightweightSession(options);
        foreach (var pending in commit.Events) pending.Queue(session, commit);
        try
        {
            await session.SaveChangesAsync(CancellationToken.None);
        }
        catch (Rehearsed)
        {
            // Nothing was sent.
        }
    }

    private async Task Store(IReadOnlyList<Commit> commits)
    {
        // In one order, so that two transactions cannot wait for each other.
        var events = commits
            .SelectMany(commit => commit.Events.Select(pending => (Commit: commit, Event: pending)))
            .OrderBy(one => one.Event.Id).ToList();
        var options = new SessionOptions();
        if (events.Count > 0) options.Listeners.Add(new AfterProjection(Rest));
        await using var session = store.LightweightSession(options);
        foreach (var (commit, pending) in events) pending.Queue(session, commit);
        if (events.Count == 0) Rest(session);

        // Not cancelled with a call: once the transaction is sent, only the database knows its outcome.
        await Save(session);
        instruments.Committed(commits.Count);
        if (events.Count > 0) committed.Raise();

        void Rest(IDocumentOperations operations)
        {
            RequestsTable.Insert(
                operations, [.. commits.Select(commit => commit.Answer).OfType<StoredAnswer>()],
                clock.GetUtcNow());
            foreach (var commit in commits) commit.Last?.Invoke(operations);
        }
    }

    private async Task Save(IDocumentSession session)
    {
        try
        {
            await session.SaveChangesAsync(CancellationToken.None);
            disk.Stored();
        }
        catch (Exception exception)
        {
            disk.Failed(exception);
            throw;
        }
    }

    // Marten adds the statements of the inline projection when the session is saved; these follow them.
    private sealed class AfterProjection(Action<IDocumentOperations> queue) : DocumentSessionListenerBase
    {
        public override Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
        {
            queue(session);
            return Task.CompletedTask;
        }
    }

    private sealed class Rehearsed : Exception;
}
