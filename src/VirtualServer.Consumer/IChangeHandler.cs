using VirtualServers.V1;

namespace VirtualServers.Consumer;

/// <summary>
/// Processes the changes of a subscription: one at a time, those of one object in their order. A new one is created for every change, from
/// a scope of the container that it shares with <see cref="ISeenChanges"/>.
/// </summary>
public interface IChangeHandler
{
    /// <summary>
    /// Processes a change that was not processed before. When it fails, it is called again after a pause, and later changes wait; to give
    /// up a change, return.
    /// </summary>
    /// <param name="change">The change, with the object before and after it.</param>
    /// <param name="cancellation">Cancelled when the consumer has to end.</param>
    /// <returns>The end of the work.</returns>
    Task Handle(Change change, CancellationToken cancellation);

    /// <summary>
    /// Called before the first change of an epoch that was not seen before: for a new subscription, and after the database of the registry
    /// was restored, which may have lost changes that were processed. A subscriber that keeps a copy of objects reads them here from the
    /// service; objects that it does not find there no longer exist.
    /// </summary>
    /// <param name="epoch">The epoch; empty for a change of release 0.1.0.</param>
    /// <param name="cancellation">Cancelled when the consumer has to end.</param>
    /// <returns>The end of the work.</returns>
    Task BeginEpoch(string epoch, CancellationToken cancellation) => Task.CompletedTask;
}
