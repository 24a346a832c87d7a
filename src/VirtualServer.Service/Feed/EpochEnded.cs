namespace VirtualServers.Service.Feed;

/// <summary>
/// The registry has begun another epoch, because its database was restored: what a reader of the feed knows may be lost, and the numbers
/// that it has seen are used again.
/// </summary>
public sealed class EpochEnded() : Exception("the database was restored, and the registry has begun another epoch");
