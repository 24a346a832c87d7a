using VirtualServers.Domain;
using VirtualServers.Domain.Monitors;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Commands;

/// <summary>
/// Does what commands do, and stores nothing: for the time before the first command. An event goes as far as its statements, which are not
/// sent, because a transaction that is rolled back would use up a sequence number and delay the feed. A request id is stored, and deleted
/// in the same transaction.
/// </summary>
public sealed class Rehearsal(Commits commits)
{
    /// <summary>Completes when everything has been done once.</summary>
    public async Task Run()
    {
        var caller = new Caller("warm-up", $"{Guid.CreateVersion7():N}", []);
        var happened = new Created<HealthCheckMonitor>(new() { Name = "warm-up", Schedule = new(null, null, null) });
        var now = await commits.Now(null, CancellationToken.None);
        var after = Resources.HealthCheckMonitor.Aggregate.Next(null, Guid.CreateVersion7(), happened, now);
        await commits.Rehearse(new(caller, "", [PendingEvent.Of(null, after, happened)], null));

        var answer = new StoredAnswer(Guid.CreateVersion7(), [], []);
        await commits.Try(new(caller, "", [], answer) { Last = operations => RequestsTable.Delete(operations, answer.RequestId) });
    }
}
