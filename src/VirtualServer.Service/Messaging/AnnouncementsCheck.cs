using Microsoft.Extensions.Diagnostics.HealthChecks;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>Whether changes reach the bus: none has been waiting for more than a minute.</summary>
public sealed class AnnouncementsCheck : IHealthCheck
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly FeedProgress feed;
    private readonly ParkedChanges parked;
    private readonly StoreState state;
    private readonly TimeProvider clock;
    private readonly Probe probe;

    public AnnouncementsCheck(FeedProgress feed, ParkedChanges parked, StoreState state, TimeProvider clock)
    {
        (this.feed, this.parked, this.state, this.clock) = (feed, parked, state, clock);
        probe = new("PostgreSQL", Ask, clock);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        state.IsSilent ? Task.FromResult(HealthCheckResult.Unhealthy("PostgreSQL is silent")) : probe.Check(cancellationToken);

    // Without the token, which would make the driver wait for a frozen server.
    private async Task<string?> Ask(CancellationToken cancellation)
    {
        var limit = clock.GetUtcNow() - MaxAge;
        if (await parked.Summary(CancellationToken.None) is { } waiting && waiting.Since < limit)
            return
                $"{waiting.Changes} changes of {waiting.Objects} objects wait, first {waiting.Oldest.Type} of "
                + $"{waiting.Oldest.ObjectId} since {waiting.Since:O}: {waiting.Oldest.Cause}";
        return await feed.Behind(FeedProgress.Announcements, CancellationToken.None) is { } unread && unread.Oldest < limit
            ? $"a change of {unread.Oldest:O} has not been announced yet"
            : null;
    }
}
