using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Views;

/// <summary>Which virtual servers a list is about, by their conditions.</summary>
/// <param name="Types">Those that have one of these, in the order of their numbers; none for all.</param>
/// <param name="Any">Those that have any, or none at all; null for both.</param>
public sealed record ConditionFilter(IReadOnlyList<ConditionType> Types, bool? Any)
{
    /// <summary>All virtual servers.</summary>
    public static readonly ConditionFilter None = new([], null);

    /// <summary>What tells this list from others.</summary>
    public override string ToString() => $"{string.Join(',', Types)}/{Any}";
}
