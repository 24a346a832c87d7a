using VirtualServers.Domain;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A change of an object, as history and the audit log list it.</summary>
/// <param name="Type">The stored name of the event.</param>
/// <param name="Object">The object, with the name that it had after the change.</param>
/// <param name="Version">The version that the change led to.</param>
public sealed record PastChange(
    long Sequence, Guid EventId, string Type, Named Object, int Version, DateTimeOffset Time, string Actor, string Reason,
    string CorrelationId)
{
    /// <summary>What the change did to the object; null where it is not asked for.</summary>
    public Difference? Difference { get; init; }

    /// <summary>The change of an event, which led to this view.</summary>
    internal static PastChange Of(StoredFact fact, IView after) => new(
        fact.Sequence, fact.EventId, fact.Event.Name,
        new(after.Id, after.Content.Kind, after.Content.Scope, after.Content.Name),
        (int)fact.Version, fact.Time, fact.Actor, fact.Reason, fact.CorrelationId);
}

/// <summary>An object before and after a change.</summary>
/// <param name="Before">The view before the event; null for the first.</param>
/// <param name="Names">The names that its references had at the time of the event.</param>
public sealed record Difference(IView? Before, IView After, Names Names);

/// <summary>An object as it was at a point of its history, with the names that its references had then.</summary>
/// <param name="Time">The time asked for; of a version, the time at which it began.</param>
public sealed record PastView(IView View, Names Names, DateTimeOffset Time)
{
    /// <summary>The conditions of then, if they were read.</summary>
    public IReadOnlyList<FoundCondition> Conditions { get; init; } = [];
}
