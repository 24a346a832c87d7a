using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Queries;

/// <summary>
/// A filter of virtual servers by their conditions. A virtual server matches if one of its conditions is of one of the types, has one of
/// the severities, and concerns the object, as far as each is given.
/// </summary>
/// <param name="Types">The types, in the order of their numbers; none for all.</param>
/// <param name="Severities">The severities, in the order of their numbers; none for all.</param>
/// <param name="With">An object that the condition concerns; null for any or none.</param>
/// <param name="Any">Those that have any condition (true) or none (false); null for both.</param>
public sealed record ConditionFilter(
    IReadOnlyList<ConditionType> Types, IReadOnlyList<ConditionSeverity> Severities, ConcernedObject? With, bool? Any)
{
    /// <summary>Whether the filter says more of the condition than that there is one.</summary>
    public bool IsSpecific => Types.Count > 0 || Severities.Count > 0 || With is not null;

    /// <summary>The types that match on an enabled virtual server, or on a disabled one.</summary>
    public IEnumerable<ConditionType> TypesOn(bool enabled) => (Types.Count > 0 ? Types : Enum.GetValues<ConditionType>())
        .Where(type => Severities.Count == 0 || Severities.Contains(Conditions.SeverityOf(type, enabled)));
}

/// <summary>An object that conditions concern, as a filter names it.</summary>
/// <param name="Field">The field of the filter.</param>
/// <param name="Kind">The kind of the object; null for the kind that the object of the id has.</param>
public sealed record ConcernedObject(string Field, Address Address, Kind? Kind)
{
    /// <summary>The violation when no object matches.</summary>
    public Violation NotFound => new(
        Reason.ReferenceNotFound, Field, $"{Field} {Address} is not registered: give the id or name of an object that conditions concern");
}
