using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;

namespace VirtualServers.Service.Commands;

/// <summary>
/// Serializes the commands of this process for one object, so that commands for a contended object wait instead of losing races. Between
/// nodes, the version check of the event store detects a race, and the command that lost it is decided again.
/// </summary>
public sealed class ObjectLocks(StoreState state) : IDisposable
{
    // Two objects may share a lock. Their commands then wait for each other; there is no other effect.
    private const int Bits = 10;

    private readonly SemaphoreSlim[] locks = [.. Enumerable.Range(0, 1 << Bits).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Takes the lock of an object; disposing the result releases it. A create without an id needs none.</summary>
    public async Task<IDisposable?> Take(Address address, CancellationToken cancellation)
    {
        if (address is Address.ToBe) return null;
        return new Holder([await Wait(IndexOf(address), state.Silence, cancellation)]);
    }

    /// <summary>Takes the locks of several objects, in one order for all callers, so that no two wait for each other.</summary>
    public async Task<IDisposable> Take(IEnumerable<Address> addresses, CancellationToken cancellation)
    {
        var (taken, silence) = (new List<SemaphoreSlim>(), state.Silence);
        try
        {
            foreach (var index in addresses.Where(address => address is not Address.ToBe).Select(IndexOf).Distinct().Order())
                taken.Add(await Wait(index, silence, cancellation));
        }
        catch
        {
            foreach (var one in taken) one.Release();
            throw;
        }

        return new Holder(taken);
    }

    public void Dispose()
    {
        foreach (var one in locks) one.Dispose();
    }

    // A command that waited while the database fell silent was answered, and must not be executed.
    private async Task<SemaphoreSlim> Wait(uint index, CancellationToken silence, CancellationToken cancellation)
    {
        await locks[index].WaitAsync(cancellation);
        if (!silence.IsCancellationRequested) return locks[index];
        locks[index].Release();
        throw new StoreSilentException();
    }

    // The multiplication by 2^32 over the golden ratio spreads consecutive ids, which would otherwise share few locks.
    private static uint IndexOf(Address address) => ((uint)address.GetHashCode() * 2654435769u) >> (32 - Bits);

    private sealed class Holder(IReadOnlyList<SemaphoreSlim> taken) : IDisposable
    {
        public void Dispose()
        {
            foreach (var one in taken) one.Release();
        }
    }
}
