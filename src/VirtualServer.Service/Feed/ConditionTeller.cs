using Marten;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>
/// Stores news of the conditions of virtual servers that have begun or ended, whatever caused it, so that they are told in the order of
/// all changes. It follows the changes, and the dates of certificate profiles; the news, what has been told, and how far it has come are
/// stored in one transaction, so that each is told once. A condition that begins and ends within a moment may not be told.
/// </summary>
public sealed class ConditionTeller(
    Tail tail, FeedProgress progress, ToldConditions told, IDocumentStore store, CommitSignal committed, TimeProvider clock) : ILeading
{
    // The stream of all news.
    private static readonly Guid Stream = Guid.Parse("c0d17104-0000-4000-8000-000000000001");

    private const int PageSize = 500;

    // News of more virtual servers are stored in several transactions.
    private const int MaxServers = 1_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1), SavePeriod = TimeSpan.FromMinutes(1);

    // To look costs the database as much as some commands: under load, one look serves many changes.
    private static readonly TimeSpan MinPeriod = TimeSpan.FromMilliseconds(100);

    public async Task Lead(CancellationToken term)
    {
        var checkpoint = await progress.Checkpoint(FeedProgress.Conditions, term);
        var dates = await told.Seen(term);
        using var reader = await tail.Open(dates is null && checkpoint == 0 ? null : checkpoint, term);
        if (dates is null)
        {
            // Conditions that are older than the news are no news.
            dates = told.Now;
            await Store([told.TellNothing, .. ToldConditions.Told([], dates)], [], checkpoint, reader.Position, reader.Epoch, term);
            checkpoint = reader.Position;
        }

        var saved = clock.GetTimestamp();
        while (true)
        {
            var page = await reader.Next(PageSize, Period, term);
            var looked = clock.GetTimestamp();
            var now = told.Now.Passed - dates.Passed < Period ? dates : told.Now;
            HashSet<Guid> concerned = now == dates ? [] : [.. await told.ConcernedBy(dates, now, term)];
            var changed = page.Changes.Where(change => !change.IsNews).Select(change => change.ObjectId).ToHashSet();
            if (changed.Count > 0) concerned.UnionWith(await told.ConcernedBy(changed, term));
            var isDue = clock.GetElapsedTime(saved) >= SavePeriod || page.Changes.Count > 0;
            foreach (var some in concerned.Chunk(MaxServers))
            {
                var news = await told.Differences(some, checkpoint, term);
                if (news.Count > 0) await Store([.. ToldConditions.Told(news, dates)], news, checkpoint, checkpoint, reader.Epoch, term);
            }

            dates = now;
            if (isDue || concerned.Count > 0)
            {
                await Store([.. ToldConditions.Told([], dates)], [], checkpoint, page.Position, reader.Epoch, term);
                (checkpoint, saved) = (page.Position, clock.GetTimestamp());
            }

            var rest = MinPeriod - clock.GetElapsedTime(looked);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, clock, term);
        }
    }

    private async Task Store(
        IReadOnlyList<Sql> statements, IReadOnlyList<UntoldCondition> news, long from, long to, Guid epoch, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        // Fails when another node leads already, or when the database was restored.
        FeedProgress.MoveOrFail(FeedProgress.Conditions, from, to, epoch).Queue(session);
        foreach (var statement in statements) statement.Queue(session);
        if (news.Count > 0)
        {
            var events = news.Select(one => (object)(one.Begins
                ? new ConditionRaised(one.VirtualServer, one.Condition, one.Other, one.Cause)
                : new ConditionCleared(one.VirtualServer, one.Condition, one.Other, one.Cause))).ToArray();
            var known = await session.Events.FetchStreamStateAsync(Stream, cancellation);
            if (known is null) session.Events.StartStream<ConditionNews>(Stream, events);
            else session.Events.Append(Stream, events);
        }

        await session.SaveChangesAsync(cancellation);
        if (news.Count > 0) committed.Raise();
    }
}
