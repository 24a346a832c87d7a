using VirtualServers.V1;

namespace VirtualServers.Consumer;

/// <summary>
/// Remembers what was processed. RabbitMQ delivers at least once, so that a change may come again, also after later ones of its object. A
/// change is new if its sequence is greater than the last one of the same object in the same epoch. (A version does not tell: news of
/// conditions have that of their virtual server.)
/// </summary>
public interface ISeenChanges
{
    /// <summary>
    /// Processes a change if it is new, and remembers it: in one transaction, if the work writes to the same database, so that every change
    /// has its effect exactly once. If the work fails, nothing is remembered.
    /// </summary>
    /// <param name="queue">The queue of the subscription, which is part of what is remembered.</param>
    /// <param name="change">The change.</param>
    /// <param name="process">The work; its argument tells whether the epoch of the change was never seen before.</param>
    /// <param name="cancellation">Cancelled when the consumer has to end.</param>
    /// <returns>The end of the work.</returns>
    Task ProcessOnce(string queue, Change change, Func<bool, Task> process, CancellationToken cancellation);
}

/// <summary>
/// Remembers in memory, until the end of the program: for work that can be repeated. It is used by a subscription without an
/// <see cref="ISeenChanges"/> in the container.
/// </summary>
public sealed class SeenInMemory : ISeenChanges
{
    private readonly Dictionary<(string Queue, string Epoch, string Id), long> sequences = [];
    private readonly HashSet<(string Queue, string Epoch)> epochs = [];

    /// <inheritdoc/>
    public async Task ProcessOnce(string queue, Change change, Func<bool, Task> process, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(process);
        var key = (queue, change.Epoch, change.Id);
        bool isNewEpoch;
        lock (sequences)
        {
            if (change.Sequence <= sequences.GetValueOrDefault(key)) return;
            isNewEpoch = !epochs.Contains((queue, change.Epoch));
        }

        await process(isNewEpoch).ConfigureAwait(false);
        lock (sequences)
        {
            sequences[key] = change.Sequence;
            epochs.Add((queue, change.Epoch));
        }
    }
}
