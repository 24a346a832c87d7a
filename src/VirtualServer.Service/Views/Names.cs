using VirtualServers.Domain;

namespace VirtualServers.Service.Views;

/// <summary>The names of objects that a view refers to, as they are at the moment of reading.</summary>
public sealed class Names
{
    private readonly Dictionary<Guid, Named> known = [];

    /// <summary>No names.</summary>
    public static Names None { get; } = new();

    /// <summary>One more name.</summary>
    public void Add(Named named) => known[named.Id] = named;

    /// <summary>More names.</summary>
    public void Add(IEnumerable<Named> more)
    {
        foreach (var named in more) Add(named);
    }

    /// <summary>The object as the contract refers to it: id and name.</summary>
    public V1.Reference Of(Guid id) => new() { Id = id.ToString(), Name = known.GetValueOrDefault(id)?.Name ?? "" };

    /// <summary>The same for a reference that may be unset.</summary>
    public V1.Reference? Of(Guid? id) => id is { } set ? Of(set) : null;
}
