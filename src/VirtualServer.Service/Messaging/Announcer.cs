using VirtualServers.Service.Feed;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Announces every committed event on RabbitMQ: at least once, in order per object, with the event's id as message id. The event store is
/// the outbox: the checkpoint passes a change when the broker has confirmed it and all before it, or when it is parked, with the later
/// changes of its object, because a queue has refused it or nobody can read it (ParkedAnnouncements.cs). Of several nodes, one announces.
/// </summary>
public sealed class Announcer(
    Tail tail, Publisher publisher, ParkedChanges parked, FeedProgress progress, TimeProvider clock) : ILeading
{
    private const int PageSize = 200;

    public async Task Lead(CancellationToken term)
    {
        var checkpoint = await progress.Checkpoint(FeedProgress.Announcements, term);
        using var reader = await tail.Open(checkpoint, term);
        using var run = new AnnouncerTerm(publisher, parked, progress, clock, reader.Epoch, checkpoint);
        try
        {
            while (true)
            {
                var page = await reader.Next(PageSize, AnnouncerTerm.SavePeriod, term);
                await run.Announce(page, term);
                await run.Save(term);
            }
        }
        finally
        {
            await run.Finish();
        }
    }
}
