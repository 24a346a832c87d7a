using System.Net;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>
/// The changes that a caller asks for, decided in memory: by their type, and by the object before and after them. The same filters select
/// the rows of lists (Queries/FilterSql.cs).
/// </summary>
public sealed class ChangeFilter
{
    private readonly HashSet<string>? types;
    private readonly IReadOnlyList<Filter> ofObjects;

    public ChangeFilter(IReadOnlyList<Filter> filters)
    {
        types = filters.OfType<Filter.OneOf>().FirstOrDefault(IsOfTypes)?.Values.ToHashSet(StringComparer.Ordinal);
        ofObjects = [.. filters.Where(filter => filter is not Filter.OneOf one || !IsOfTypes(one))];
        Kinds = ofObjects.OfType<Filter.OneOf>().FirstOrDefault()?.Values.Select(StoredKinds.ToKind).ToHashSet();
        Ids = ofObjects.OfType<Filter.Ids>().FirstOrDefault()?.Values;
    }

    /// <summary>The kinds of objects that can match; null for all.</summary>
    public IReadOnlySet<Kind>? Kinds { get; }

    /// <summary>The ids of the objects that can match; null for all.</summary>
    public IReadOnlyList<Guid>? Ids { get; }

    /// <summary>Whether a change is of a type that is asked for.</summary>
    public bool HasType(string type) => types?.Contains(type) != false;

    /// <summary>Whether an object matches. A deleted one does not, and one that does not exist.</summary>
    /// <param name="names">The names that the caller may read.</param>
    public bool Matches(IView? view, Names names) => view is { IsLive: true } && MatchesContent(view, names);

    /// <summary>Whether the content of an object matches, of a deleted one that at its deletion.</summary>
    /// <inheritdoc cref="Matches"/>
    public bool MatchesContent(IView view, Names names) => ofObjects.All(filter => Holds(filter, view, names));

    private static bool IsOfTypes(Filter.OneOf filter) => filter.Column == FilterColumn.EventType;

    private static bool Holds(Filter filter, IView view, Names names) => filter switch
    {
        Filter.OneOf one when one.Column == FilterColumn.Kind => one.Values.Contains(view.Content.Kind.Stored()),
        Filter.Ids ids => ids.Values.Contains(view.Id),
        Filter.Refers refers => Holds(refers, view, names),
        Filter.Label label => Holds(label, view),
        _ => throw new ArgumentException($"{filter} is no filter of changes", nameof(filter)),
    };

    private static bool Holds(Filter.Refers refers, IView view, Names names)
    {
        List<Guid> targets = [.. view.Content.Uses.Where(use => refers.Fields.Contains(use.Field)).Select(use => use.Target)];
        return targets.Count == 0 ? refers.OrUnset : targets.Any(id => refers.Targets.Any(target => Means(target, id, names.Of(id))));
    }

    private static bool Means(ReferenceTarget target, Guid id, Named? named) => target switch
    {
        ReferenceTarget.ById one => one.Id == id,
        ReferenceTarget.ByName one =>
            named?.Name == one.Name && one.Kinds.Contains(named.Kind) && (one.Scope ?? named.Scope) == named.Scope,
        ReferenceTarget.InNetwork one => named is not null && (one.Scope ?? named.Scope) == named.Scope
            && IPAddress.TryParse(named.Name, out var address) && IPNetwork.Parse(one.Cidr).Contains(address),
        _ => false,
    };

    private static bool Holds(Filter.Label label, IView view)
    {
        var labels = view.Content switch
        {
            VirtualServer server => server.Labels,
            LoadBalancerPool pool => pool.Labels,
            _ => Labels.None,
        };
        var has = labels.TryGetValue(label.Key, out var value) && (label.Values.Length == 0 || label.Values.Contains(value));
        return has != label.IsNegated;
    }
}
