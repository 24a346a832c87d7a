using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The read models of the registry: from the view of an object and its next event to its view and to its rows in the tables that span
/// aggregates. Inline: it runs in the transaction of the event, so callers read their own writes, and constraints of the tables decide
/// races. The session of a command carries the view before the event; a view that the session does not carry is loaded. A rebuild runs
/// the same steps (<see cref="ProjectionStep"/>, <see cref="RowChange.Write"/>) on tables of its own.
/// </summary>
public sealed class RegistryProjection : IProjection
{
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var steps = new List<ProjectionStep>(events.Count);
        foreach (var ofOne in events.Where(happened => happened.Data is not ConditionNews).GroupBy(happened => happened.StreamId))
        {
            var first = ofOne.First();
            var aggregate = StoredEvents.Of(first.EventType).Aggregate;
            var before = ViewsBefore.Of(operations, first.StreamId)
                ?? (first.Version == 1 ? null : await aggregate.Load(operations, first.StreamId, cancellation));
            steps.Add(ProjectionStep.Of(before, ofOne));
        }

        AdvisoryLock.Queue(operations, steps.SelectMany(step => ConditionsTable.Locks(step.Rows)));
        foreach (var step in steps) step.Aggregate.Store(operations, step.After);
        foreach (var statement in RowChange.Write([.. steps.Select(step => step.Rows)])) statement.Queue(operations);
    }
}

/// <summary>The step from the view of an object over its next events to its view and rows.</summary>
public sealed record ProjectionStep(IAggregate Aggregate, IView After, RowChange Rows)
{
    /// <param name="before">The view before the events; null when the first of them is the first of the object.</param>
    /// <param name="events">Events of one object, in their order.</param>
    public static ProjectionStep Of(IView? before, IEnumerable<IEvent> events)
    {
        var (after, versions, aggregate) = (before, new List<ObjectVersionRow>(), (IAggregate?)null);
        foreach (var happened in events)
        {
            aggregate ??= StoredEvents.Of(happened.EventType).Aggregate;
            after = Aggregates.Next(after, happened);
            versions.Add(ObjectVersionRow.Of(after, happened));
        }

        if (aggregate is null || after is null) throw new ArgumentException("a step needs at least one event", nameof(events));
        return new(aggregate, after, RowChange.Of(before, after, versions));
    }
}
