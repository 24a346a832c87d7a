using VirtualServers.Service.Queries;

namespace VirtualServers.Service.Commands;

/// <summary>
/// Serializes the commands of this process for one object, so that a contended object costs them a wait instead of lost races. Against other
/// nodes the version check of the event store decides, and the loser is decided again.
/// </summary>
public sealed class ObjectLocks : IDisposable
{
    // Objects share a lock by chance now and then; that costs a wait, nothing else.
    private const int Bits = 10;

    private readonly SemaphoreSlim[] locks = [.. Enumerable.Range(0, 1 << Bits).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Takes the lock of an object; disposing the result releases it. A create without an id needs none.</summary>
    public async Task<IDisposable?> Take(Address address, CancellationToken cancellation)
    {
        if (address is Address.ToBe) return null;
        // Multiplied first (by 2^32 over the golden ratio): consecutive ids would share few locks otherwise.
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
