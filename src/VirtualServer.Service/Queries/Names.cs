using VirtualServers.Domain;

namespace VirtualServers.Service.Queries;

/// <summary>The names of the objects that a view refers to, at the moment of reading.</summary>
public sealed class Names(params IEnumerable<Named> names)
{
    private readonly Dictionary<Guid, Named> known = names.DistinctBy(named => named.Id).ToDictionary(named => named.Id);

    /// <summary>The object of this id; null when its name was not read.</summary>
    public Named? Of(Guid id) => known.GetValueOrDefault(id);
}
