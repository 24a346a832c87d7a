namespace VirtualServers.Service.Store;

/// <summary>When a version of an object is written.</summary>
/// <param name="Time">The time of its event.</param>
/// <param name="Epoch">
/// The epoch, which tells the version from one of the same number that a restored database has lost; null in the first epoch.
/// </param>
public readonly record struct Written(DateTimeOffset Time, Guid? Epoch);
