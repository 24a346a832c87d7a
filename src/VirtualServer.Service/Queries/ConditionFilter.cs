using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Queries;

/// <summary>A filter of virtual servers by their conditions.</summary>
/// <param name="Types">Those that have one of these conditions, in the order of their numbers; none for all virtual servers.</param>
/// <param name="Any">Those that have any condition (true) or none (false); null for both.</param>
public sealed record ConditionFilter(IReadOnlyList<ConditionType> Types, bool? Any)
{
    /// <summary>All virtual servers.</summary>
    public static readonly ConditionFilter None = new([], null);

    /// <summary>The identity of the filter, which a page token is bound to.</summary>
    public override string ToString() => $"{string.Join(',', Types)}/{Any}";
}
