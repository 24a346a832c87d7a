using VirtualServers.Service.Feed;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>How far the announcements are behind the committed changes. Every node reports the same.</summary>
public sealed class AnnouncementLag(FeedProgress feed, TimeProvider clock)
{
    public async Task<IReadOnlyList<Level>> Read()
    {
        var unread = await feed.Behind(FeedProgress.Announcements, CancellationToken.None);
        // The clock of the node that stored the change may be ahead.
        var delay = unread is null ? TimeSpan.Zero : clock.GetUtcNow() - unread.Oldest;
        return
        [
            new(Instruments.ChangesWaiting, unread?.Changes ?? 0),
            new(Instruments.ChangesDelay, Math.Max(0, delay.TotalSeconds)),
        ];
    }
}
