using VirtualServers.Domain;

namespace VirtualServers.Service.Queries;

/// <summary>The names of the objects that a view refers to, at the moment of reading; of those that the caller may read.</summary>
public sealed class Names(params IEnumerable<Named> names)
{
    private readonly Dictionary<Guid, Named> known =
        names.Where(named => !named.IsHidden).DistinctBy(named => named.Id).ToDictionary(named => named.Id);

    /// <summary>The object of this id; null when its name was not read.</summary>
    public Named? Of(Guid id) => known.GetValueOrDefault(id);
}
