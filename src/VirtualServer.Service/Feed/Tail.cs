using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Feed;

/// <summary>Changes after a position, in their order.</summary>
/// <param name="Position">The sequence number up to which the reader knows every change.</param>
public sealed record FeedPage(IReadOnlyList<FeedChange> Changes, long Position);

/// <summary>
/// The newest changes, read from the store once for all readers of this node: the announcer and every watcher. It reads while there are
/// readers. A reader that is further behind than the changes kept here reads the store itself, and so slows no other.
/// </summary>
public sealed class Tail(
    NpgsqlDataSource source, ObjectReader objects, Epochs epochs, FeedProgress progress, CommitSignal committed, TimeProvider clock,
    ILogger<Tail> logger)
    : BackgroundService
{
    private const int PageSize = 500;

    // A read costs the database as much as a command: under load, one read serves many commits. Those of other nodes are found by polling.
    private static readonly TimeSpan MinPeriod = TimeSpan.FromMilliseconds(4), Poll = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan PatientPeriod = TimeSpan.FromMilliseconds(15), MaxCatchUp = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly RepeatedFailure failure = new("Reading the feed", clock, logger);
    private readonly Lock gate = new();
    private readonly KeptChanges kept = new();
    private readonly SemaphoreSlim wanted = new(0);
    private TaskCompletionSource moved = NewSource(), movedSince = NewSource();
    private long wokeUp;
    private bool isAwaited; // patient readers have not been told of the newest changes
    private (long From, long To) range; // every change after From and up to To is kept
    private Guid epoch; // that of the range
    private bool isReading;
    private int generation;
    private Exception? dismissal; // of the readers of earlier generations
    private int readers;

    /// <summary>The position of the newest change; known while there are readers.</summary>
    public long Position
    {
        get { lock (gate) return range.To; }
    }

    /// <summary>The transactions that the tail waits for; none while it goes on.</summary>
    public IReadOnlyCollection<string> WaitsFor { get; private set; } = [];

    /// <summary>Whether the changes after a position are kept here.</summary>
    public bool Keeps(long position)
    {
        lock (gate) return position >= range.From;
    }

    /// <summary>
    /// Waits until the tail knows every change that is committed now; only for a moment if an open transaction keeps it from that.
    /// </summary>
    public async Task CatchUp(CancellationToken cancellation)
    {
        var newest = await CommittedEvents.Newest(source, cancellation);
        var began = clock.GetTimestamp();
        while (Position < newest && clock.GetElapsedTime(began) < MaxCatchUp)
            await Task.Delay(MinPeriod, clock, cancellation);
    }

    /// <summary>Whether the registry has a change of this sequence number or a later one, also if this tail does not know it yet.</summary>
    public async Task<bool> Has(long sequence, CancellationToken cancellation) =>
        sequence <= Position || sequence <= await CommittedEvents.Newest(source, cancellation);

    /// <summary>Refuses a start that is after the newest change.</summary>
    public async Task Expect(long sequence, string field, CancellationToken cancellation)
    {
        if (await Has(sequence, cancellation)) return;
        throw new Refused(new Violation(
            Reason.FieldInvalid, field, $"{field} {sequence} is after the newest change: use up to {Position}"));
    }

    /// <summary>Makes the tail read until the reader is disposed of.</summary>
    /// <param name="position">Where the reader starts; null for the newest change.</param>
    public async Task<TailReader> Open(long? position, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (readers++ == 0) wanted.Release();
        }

        try
        {
            while (true)
            {
                var current = await epochs.Current(cancellation);
                Task waiting;
                lock (gate)
                {
                    // Until the tail notices that the database was restored, it keeps changes that are lost.
                    if (isReading && epoch == current)
                        return new(this, objects, epochs, source, clock, generation, epoch, position ?? range.To);
                    waiting = moved.Task;
                }

                await waiting.WaitAsync(Pause, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch
        {
            Close();
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await wanted.WaitAsync(stoppingToken);
                await ReadWhileWanted(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private bool IsWanted
    {
        get { lock (gate) return readers > 0; }
    }

    private async Task ReadWhileWanted(CancellationToken cancellation)
    {
        while (IsWanted)
        {
            try
            {
                await Read(cancellation);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                if (Outage.Caused(exception) || exception is StartupException or EpochEnded)
                    failure.Failed(exception.GetBaseException().Message);
                else
                    Log.FeedFailed(logger, exception);
                if (exception is StartupException or EpochEnded) Dismiss(exception);
                await Task.Delay(Pause, clock, cancellation);
            }
        }

        lock (gate) isReading = readers > 0;
    }

    private async Task Read(CancellationToken cancellation)
    {
        using var changes = new Changes(objects, epochs, source);
        var events = await Begin(cancellation);
        while (IsWanted)
        {
            var (seen, started) = (committed.Raised, clock.GetTimestamp());
            var page = await events.Next(PageSize, cancellation);
            var read = await changes.Of(page.Events, cancellation);
            // Afterwards: the connection on which they were read may have been the first to a restored database.
            await ExpectEpoch(cancellation);
            Add(read, page.Position);
            WaitsFor = events.WaitsFor;
            if (isAwaited) Wake();
            failure.Succeeded();
            if (!page.IsLast) continue;
            if (events.WaitsFor.Count == 0) await committed.WaitAsync(seen, Poll, cancellation);
            var rest = MinPeriod - clock.GetElapsedTime(started);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, clock, cancellation);
        }
    }

    // The readers learn why, and come again; the next one begins at the end.
    private void Dismiss(Exception cause)
    {
        lock (gate) (isReading, dismissal, generation) = (false, cause, generation + 1);
        Wake();
    }

    private async Task ExpectEpoch(CancellationToken cancellation)
    {
        if (await epochs.Current(cancellation) != epoch) throw new EpochEnded();
    }

    // After an interruption, it goes on where it was; after a time without readers, at the end. What interrupted it may have been the
    // restore of the database.
    private async Task<CommittedEvents> Begin(CancellationToken cancellation)
    {
        var current = await epochs.Current(cancellation);
        lock (gate)
        {
            if (isReading) return current == epoch ? new(source, range.To) : throw new EpochEnded();
        }

        var settled = await progress.Checkpoint(FeedProgress.Announcements, cancellation);
        var events = await CommittedEvents.AtEnd(source, settled, clock, cancellation);
        lock (gate)
        {
            kept.Clear();
            (range, epoch, isReading) = ((events.Position, events.Position), current, true);
        }

        Wake();
        return events;
    }

    private void Add(IReadOnlyList<FeedChange> changes, long position)
    {
        List<(FeedChange Change, int Bytes)> sized = [.. changes.Select(change => (change, change.Whole.CalculateSize()))];
        lock (gate)
        {
            if (position == range.To) return;
            range.From = Math.Max(range.From, kept.Add(sized));
            range.To = position;
        }

        Wake();
    }

    private TaskCompletionSource Signal(bool isPatient) => isPatient ? movedSince : moved;

    // The patient readers are woken once in a while; the next call of this does what this one has left.
    private void Wake()
    {
        TaskCompletionSource waiting, patient;
        lock (gate)
        {
            (waiting, moved) = (moved, NewSource());
            patient = NewSource();
            if (clock.GetElapsedTime(wokeUp) >= PatientPeriod)
                (patient, movedSince, wokeUp, isAwaited) = (movedSince, patient, clock.GetTimestamp(), false);
            else
                isAwaited = true;
        }

        waiting.SetResult();
        patient.SetResult();
    }

    /// <summary>A reader has ended.</summary>
    internal void Close()
    {
        lock (gate) readers--;
    }

    /// <summary>
    /// The changes after a position that are kept here; null if they are not kept, or if there are none yet. Then the position of the
    /// newest, and a task that completes when there are more.
    /// </summary>
    /// <param name="ofGeneration">The generation in which the reader was opened; the readers of an earlier one have been dismissed.</param>
    internal (FeedPage? Page, long Newest, Task Moved) Look(int ofGeneration, long position, int limit, bool isPatient)
    {
        lock (gate)
        {
            if (ofGeneration != generation) throw dismissal!;
            if (position < range.From || position >= range.To) return (null, range.To, Signal(isPatient).Task);
            var changes = kept.After(position, limit);
            return (new(changes, changes.Count < limit ? range.To : changes[^1].Sequence), range.To, Signal(isPatient).Task);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
