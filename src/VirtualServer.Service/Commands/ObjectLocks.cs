using VirtualServers.Service.Queries;

namespace VirtualServers.Service.Commands;

/// <summary>
/// Serializes the commands of this process for one object, so that commands for a contended object wait instead of losing races. Between
/// nodes, the version check of the event store detects a race, and the command that lost it is decided again.
/// </summary>
public sealed class ObjectLocks : IDisposable
{
    // Two objects may share a lock. Their commands then wait for each other; there is no other effect.
    private const int Bits = 10;

    private readonly SemaphoreSlim[] locks = [.. Enumerable.Range(0, 1 << Bits).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Takes the lock of an object; disposing the result releases it. A create without an id needs none.</summary>
    public async Task<IDisposable?> Take(Address address, CancellationToken cancellation)
    {
        if (address is Address.ToBe) return null;
        // The multiplication by 2^32 over the golden ratio spreads consecutive ids, which would otherwise share few locks.
        var taken = locks[((uint)address.GetHashCode() * 2654435769u) >> (32 - Bits)];
        await taken.WaitAsync(cancellation);
        return new Holder(taken);
    }

    public void Dispose()
    {
        foreach (var one in locks) one.Dispose();
    }

    private sealed class Holder(SemaphoreSlim taken) : IDisposable
    {
        public void Dispose() => taken.Release();
    }
}
