namespace VirtualServers.Service.Feed;

/// <summary>The newest changes in their order, up to a number and a size. Not safe for concurrent use.</summary>
internal sealed class KeptChanges
{
    // A change may be as large as a pool with all its members.
    private const int MaxCount = 20_000;
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly List<(FeedChange Change, int Bytes)> changes = [];
    private int first; // those before it are dropped, and removed now and then
    private long bytes;

    /// <summary>Adds newer changes; returns the sequence number of the last one dropped for them, or 0.</summary>
    public long Add(IReadOnlyCollection<(FeedChange Change, int Bytes)> newer)
    {
        changes.AddRange(newer);
        bytes += newer.Sum(one => (long)one.Bytes);
        var dropped = 0L;
        for (; changes.Count - first > MaxCount || bytes > MaxBytes; first++)
        {
            dropped = changes[first].Change.Sequence;
            bytes -= changes[first].Bytes;
            changes[first] = default;
        }

        if (first <= changes.Count / 2) return dropped;
        changes.RemoveRange(0, first);
        first = 0;
        return dropped;
    }

    /// <summary>The first changes after a position.</summary>
    public List<FeedChange> After(long position, int limit)
    {
        var (from, to) = (first, changes.Count);
        while (from < to)
        {
            var middle = from + ((to - from) / 2);
            if (changes[middle].Change.Sequence <= position) from = middle + 1;
            else to = middle;
        }

        return [.. changes.GetRange(from, Math.Min(limit, changes.Count - from)).Select(one => one.Change)];
    }

    public void Clear()
    {
        changes.Clear();
        (first, bytes) = (0, 0);
    }
}
