namespace VirtualServers.Domain.VirtualServers;

/// <summary>
/// News of a condition: it has begun or ended on a virtual server, by a change of any object or because time has passed. It is stored to be
/// told, and changes no object.
/// </summary>
/// <param name="VirtualServer">The virtual server.</param>
/// <param name="Condition">The condition.</param>
/// <param name="Other">The object that the condition concerns, too; null if there is none.</param>
/// <param name="Cause">The change that caused it; null if a date has passed.</param>
public abstract record ConditionNews(Guid VirtualServer, ConditionType Condition, Guid? Other, Cause? Cause);

/// <summary>The virtual server has a condition that it did not have before.</summary>
public sealed record ConditionRaised(Guid VirtualServer, ConditionType Condition, Guid? Other, Cause? Cause)
    : ConditionNews(VirtualServer, Condition, Other, Cause);

/// <summary>The virtual server no longer has a condition.</summary>
public sealed record ConditionCleared(Guid VirtualServer, ConditionType Condition, Guid? Other, Cause? Cause)
    : ConditionNews(VirtualServer, Condition, Other, Cause);

/// <summary>The change that caused a condition to begin or to end.</summary>
/// <param name="Sequence">The sequence number of its event.</param>
/// <param name="Event">The id of its event.</param>
/// <param name="Type">The type of the change.</param>
/// <param name="Object">The object that was changed.</param>
public sealed record Cause(long Sequence, Guid Event, string Type, Guid Object);
