using VirtualServers.V1;

namespace VirtualServers.Faults.Observers;

/// <summary>A change as an observer received it.</summary>
/// <param name="Committed">The time of its event.</param>
/// <param name="Scopes">The scopes whose filters it matches, as bits.</param>
internal sealed record Received(
    long Sequence, string EventId, string ObjectId, int Version, string Type, bool IsNews, string Epoch, int Scopes, DateTime Committed,
    DateTime At)
{
    public static Received Of(Change change) => new(
        change.Sequence, change.EventId, change.Id, change.Version, change.Type, change.Condition is not null, change.Epoch,
        Scope.Matching(change), change.Time.ToDateTime(), DateTime.UtcNow);
}

/// <summary>What an observer received, in the order of arrival.</summary>
internal sealed class Inbox(string name, Scope scope)
{
    private readonly List<Received> all = [];
    private readonly Lock gate = new();

    public string Name => name;

    /// <summary>What it is to receive.</summary>
    public Scope Scope => scope;

    /// <summary>The number of connections that it has opened.</summary>
    public int Connections { get; set; }

    public IReadOnlyList<Received> All
    {
        get { lock (gate) return [.. all]; }
    }

    /// <summary>The greatest sequence number received so far.</summary>
    public long Newest { get; private set; }

    public void Add(Received received)
    {
        lock (gate)
        {
            all.Add(received);
            Newest = Math.Max(Newest, received.Sequence);
        }
    }
}
