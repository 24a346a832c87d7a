using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The read models of the registry: from the view of an object and its next event to its view and to its rows in the tables that span
/// aggregates. Inline: it runs in the transaction of the event, so callers read their own writes, and constraints of the tables decide
/// races. The session of a command carries the view before the event; a view that the session does not carry is loaded.
/// </summary>
public sealed class RegistryProjection : IProjection
{
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var changes = new List<(IAggregate Aggregate, IView? Before, IView After)>(events.Count);
        foreach (var ofOne in events.GroupBy(happened => happened.StreamId))
        {
            var aggregate = StoredEvents.Of(ofOne.First().EventType).Aggregate;
            var before = await Before(aggregate, operations, ofOne.First(), cancellation);
            changes.Add((aggregate, before, ofOne.Aggregate(before, Aggregates.Next)!));
        }

        RowChange[] rows = [.. changes.Select(one => RowChange.Of(one.Before, one.After))];
        AdvisoryLock.Queue(operations, rows.SelectMany(ConditionsTable.Locks));
        foreach (var (aggregate, _, after) in changes) aggregate.Store(operations, after);
        foreach (var statement in RowChange.Write(rows)) statement.Queue(operations);
    }

    private static async Task<IView?> Before(
        IAggregate aggregate, IDocumentOperations operations, IEvent first, CancellationToken cancellation) =>
        ViewsBefore.Of(operations, first.StreamId)
        ?? (first.Version == 1 ? null : await aggregate.Load(operations, first.StreamId, cancellation));
}
