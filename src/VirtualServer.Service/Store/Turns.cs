namespace VirtualServers.Service.Store;

/// <summary>
/// Lets the commands of this process for one object take turns, so that a hot object costs them a wait instead of lost races. Other nodes
/// are not held up: against them the event store's version check decides, and the loser tries again.
/// </summary>
public sealed class Turns : IDisposable
{
    // Objects share a lane by chance now and then; that costs a wait, nothing else.
    private const int LaneBits = 10;

    private readonly SemaphoreSlim[] lanes = [.. Enumerable.Range(0, 1 << LaneBits).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the turn of a command for this object; disposing of it lets the next one in. A create need not wait.</summary>
    public async Task<IDisposable?> Take(Address address, CancellationToken cancellation)
    {
        if (address is Address.ToBe) return null;
        // Multiplied first (by 2^32 over the golden ratio): ids that follow each other would meet in few lanes otherwise.
        var lane = lanes[((uint)address.GetHashCode() * 2654435769u) >> (32 - LaneBits)];
        await lane.WaitAsync(cancellation);
        return new Turn(lane);
    }

    public void Dispose()
    {
        foreach (var lane in lanes) lane.Dispose();
    }

    private sealed class Turn(SemaphoreSlim lane) : IDisposable
    {
        public void Dispose() => lane.Release();
    }
}
