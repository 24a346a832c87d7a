using Npgsql;
using VirtualServers.Service.Feed;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// The changes that an announcer has in flight while its node leads: those of one object one after another, those of others at the same
/// time. The checkpoint follows the oldest.
/// </summary>
public sealed class AnnouncerTerm(
    Publisher publisher, ParkedChanges parked, FeedProgress progress, TimeProvider clock, Guid epoch, long checkpoint) : IDisposable
{
    /// <summary>
    /// How often the checkpoint is stored: what it has not passed is announced twice after a crash, and recognized by its id.
    /// </summary>
    public static readonly TimeSpan SavePeriod = TimeSpan.FromMilliseconds(50);

    private const int MaxInFlight = 512;

    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(3);

    private readonly Queue<(long Position, FeedChange? Change, Task<string?> Outcome)> inFlight = new();

    // The last change of each object that has one in flight, or one that will be parked by the next checkpoint: null, or why it waits.
    private readonly Dictionary<Guid, (long Position, Task<string?> Outcome)> lanes = [];
    private readonly SemaphoreSlim room = new(MaxInFlight);

    // Those objects of the page being announced that have parked changes.
    private HashSet<Guid> waiting = [];

    // The changes in flight are confirmed for a while after the end of the term.
    private readonly CancellationTokenSource publishing = new();
    private long saved = checkpoint, read = checkpoint;
    private long savedAt = clock.GetTimestamp();

    public async Task Announce(FeedPage page, CancellationToken term)
    {
        waiting = page.Changes.Count == 0 ? [] : await parked.Of(page.Changes.Select(change => change.ObjectId).Distinct(), term);
        foreach (var change in page.Changes)
        {
            while (!await room.WaitAsync(SavePeriod, term)) await Save(term);
            var earlier = lanes.TryGetValue(change.ObjectId, out var lane) ? lane.Outcome : null;
            var outcome = Announce(change, earlier, waiting.Contains(change.ObjectId));
            lanes[change.ObjectId] = (change.Sequence, outcome);
            inFlight.Enqueue((change.Sequence, change, outcome));
        }

        // Tombstones and numbers that nobody uses are passed, too.
        if (page.Position > read) inFlight.Enqueue((read = page.Position, null, Task.FromResult<string?>(null)));
    }

    /// <summary>Moves the checkpoint past what is done, and parks what must wait.</summary>
    public async Task Save(CancellationToken cancellation, bool isLast = false)
    {
        if (!isLast && clock.GetElapsedTime(savedAt) < SavePeriod) return;
        savedAt = clock.GetTimestamp();
        var (position, waits) = (saved, new List<ParkedChange>());
        while (inFlight.TryPeek(out var next) && next.Outcome.IsCompletedSuccessfully)
        {
            inFlight.Dequeue();
            position = next.Position;
            if (next is { Change: { } change } && await next.Outcome is { } cause)
                waits.Add(new(change.Sequence, change.ObjectId, change.Type, cause));
        }

        if (position == saved) return;
        if (!await progress.TryMove(FeedProgress.Announcements, saved, position, epoch, waits, cancellation))
            throw new TermEnded("another node has moved the checkpoint of the announcements, or the database was restored");
        saved = position;
        waiting.UnionWith(waits.Select(one => one.ObjectId));
        foreach (var (id, _) in lanes.Where(lane => lane.Value.Position <= position).ToList()) lanes.Remove(id);
    }

    /// <summary>Waits a while for confirmations, so that the next node repeats little.</summary>
    public async Task Finish()
    {
        publishing.CancelAfter(Drain);
        await Task.WhenAll(inFlight.Select(one => (Task)one.Outcome)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await Save(CancellationToken.None, isLast: true);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or TermEnded)
        {
            // The next node starts from the checkpoint that is stored.
        }
    }

    public void Dispose()
    {
        room.Dispose();
        publishing.Dispose();
    }

    // Null when the broker has confirmed the change; otherwise why it has to wait.
    private async Task<string?> Announce(FeedChange change, Task<string?>? earlier, bool waits)
    {
        try
        {
            await Task.Yield();
            var cause = waits ? ParkedChange.BehindAnother : null;
            if (earlier is not null && await earlier is not null) cause = ParkedChange.BehindAnother;
            if (change.Flaw is { } flaw) cause ??= $"the event cannot be read: {flaw.Message}";
            return cause ?? (await publisher.Publish(change, publishing.Token) ? null : ParkedChange.RefusedByQueue);
        }
        finally
        {
            room.Release();
        }
    }
}
