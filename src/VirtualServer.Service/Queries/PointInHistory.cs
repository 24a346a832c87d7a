using VirtualServers.Domain;

namespace VirtualServers.Service.Queries;

/// <summary>A point in the history of an object: a version, or a time.</summary>
public abstract record PointInHistory
{
    private PointInHistory() { }

    /// <summary>A version, from 1.</summary>
    public sealed record AtVersion(int Version) : PointInHistory;

    /// <summary>The version that was current at a time.</summary>
    /// <param name="Field">The field of the request that has the time.</param>
    public sealed record AtTime(DateTimeOffset Time, string Field) : PointInHistory;

    /// <summary>The current version, of a live or deleted object.</summary>
    public sealed record Latest : PointInHistory;
}

/// <summary>The request for an object as it was at points of its history.</summary>
/// <param name="Address">The object; null when the request names none.</param>
/// <param name="Malformed">The violations that reading the request found.</param>
public sealed record PastQuery(Address? Address, IReadOnlyList<PointInHistory> Points, IReadOnlyList<Violation> Malformed);
