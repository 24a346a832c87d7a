using VirtualServers.Domain;

namespace VirtualServers.Service.Feed;

/// <summary>Where a reader of changes starts.</summary>
public abstract record FeedStart
{
    private FeedStart() { }

    /// <summary>At the newest change.</summary>
    public sealed record Now : FeedStart;

    /// <summary>Behind the message that a token came with.</summary>
    public sealed record Token(string Text) : FeedStart;

    /// <summary>Behind a sequence number.</summary>
    public sealed record After(long Sequence) : FeedStart;

    /// <summary>At the first change of a time or later.</summary>
    public sealed record Time(DateTimeOffset From) : FeedStart;

    /// <summary>With every object that matches.</summary>
    public sealed record Snapshot : FeedStart;
}

/// <summary>What a watcher asks for.</summary>
/// <param name="Identity">The filter: equal for equal filters. A token is bound to it.</param>
public sealed record WatchQuery(ChangeFilter Filter, string Identity, FeedStart Start, TimeSpan ProgressInterval)
{
    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}

/// <summary>What a list of changes is to have.</summary>
/// <param name="Identity">The filter: equal for equal filters. Tokens for a watch are bound to it.</param>
/// <param name="ListIdentity">Filter and start: equal for equal lists. Tokens for pages are bound to it.</param>
public sealed record ChangeListQuery(
    ChangeFilter Filter, string Identity, string ListIdentity, FeedStart Start, int PageSize, string PageToken)
{
    /// <inheritdoc cref="WatchQuery.Malformed"/>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}
