using Npgsql;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>A reader of the feed, with a position of its own. Not safe for concurrent use.</summary>
public sealed class TailReader(
    Tail tail, ObjectReader objects, Epochs epochs, NpgsqlDataSource source, TimeProvider clock, int generation, Guid epoch,
    long position) : IDisposable
{
    private Changes? own; // of a reader that is behind the changes that the tail keeps
    private bool isClosed;

    /// <summary>The epoch of what it reads.</summary>
    public Guid Epoch => epoch;

    /// <summary>The sequence number up to which it has read.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Goes on reading behind a sequence number.</summary>
    public void Seek(long sequence) => Position = sequence;

    /// <summary>The next changes; none when there were none for a while.</summary>
    /// <param name="isPatient">
    /// Whether a moment of delay does no harm. Of many readers, each wakes up less often under load, for more changes at once.
    /// </param>
    public async Task<FeedPage> Next(int limit, TimeSpan patience, CancellationToken cancellation, bool isPatient = false)
    {
        while (true)
        {
            var (kept, newest, moved) = tail.Look(generation, Position, limit, isPatient);
            if (kept is not null)
            {
                own?.Dispose();
                own = null;
                Position = kept.Position;
                return kept;
            }

            if (Position < newest) return await Stored(newest, limit, cancellation);
            try
            {
                await moved.WaitAsync(patience, clock, cancellation);
            }
            catch (TimeoutException)
            {
                return new([], Position);
            }
        }
    }

    public void Dispose()
    {
        if (isClosed) return;
        isClosed = true;
        own?.Dispose();
        tail.Close();
    }

    private async Task<FeedPage> Stored(long newest, int limit, CancellationToken cancellation)
    {
        own ??= new(objects, epochs, source);
        var page = await CommittedEvents.Between(source, Position, newest, limit, cancellation);
        var changes = await own.Of(page.Events, cancellation);
        Position = page.Position;
        return new(changes, Position);
    }
}
