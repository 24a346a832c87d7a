using VirtualServers.Service.Security;
using VirtualServers.V1;

namespace VirtualServers.Service.Feed;

/// <summary>What a change means for the objects that match a filter and that a caller may read.</summary>
public static class Effects
{
    /// <summary>The change for a caller; null if it does not concern the filter, or if the caller may not read the object.</summary>
    public static WatchedChange? On(FeedChange change, ChangeFilter filter, Tenants readable)
    {
        if (!filter.HasType(change.Type)) return null;
        var names = change.Names(readable);
        var before = FeedChange.Readable(change.Before, readable);
        var after = FeedChange.Readable(change.After, readable);
        if (change.IsNews)
        {
            return after is not null && filter.MatchesContent(after, names)
                ? new() { Change = change.For(readable, before, after, names), Effect = ChangeEffect.Changed } : null;
        }

        var effect = (filter.Matches(before, names), filter.Matches(after, names)) switch
        {
            (true, true) => ChangeEffect.Changed,
            (false, true) => ChangeEffect.Entered,
            (true, false) => ChangeEffect.Left,
            _ => ChangeEffect.Unspecified,
        };
        return effect is ChangeEffect.Unspecified
            ? null : new() { Change = change.For(readable, before, after, names), Effect = effect };
    }
}
