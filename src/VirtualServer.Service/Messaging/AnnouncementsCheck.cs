using Microsoft.Extensions.Diagnostics.HealthChecks;
using VirtualServers.Domain;
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
    private readonly Tail tail;
    private readonly StoreState state;
    private readonly TimeProvider clock;
    private readonly Probe probe;

    public AnnouncementsCheck(FeedProgress feed, ParkedChanges parked, Tail tail, StoreState state, TimeProvider clock)
    {
        (this.feed, this.parked, this.tail, this.state, this.clock) = (feed, parked, tail, state, clock);
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
                + $"{waiting.Oldest.ObjectId} since {waiting.Since.InUtc}: {waiting.Oldest.Cause}";
        return await feed.Behind(FeedProgress.Announcements, CancellationToken.None) is { } unread && unread.Oldest < limit
            ? $"a change of {unread.Oldest.InUtc} has not been announced yet{HeldBy(tail.WaitsFor)}"
            : null;
    }

    // The node that announces knows.
    private static string HeldBy(IReadOnlyCollection<string> open) => open.Count == 0
        ? "" : $": an open transaction of PostgreSQL holds a sequence number of the events; end it ({string.Join("; ", open)})";
}
