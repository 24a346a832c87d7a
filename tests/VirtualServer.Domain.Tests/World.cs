using System.Collections.Immutable;
using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Domain.Tests;

/// <summary>Everything that lives, and what the database would answer about it. A fact that was not asked for is not given.</summary>
public sealed record World
{
    // How many users the database names; the others it only counts.
    private const int FirstUsers = 3;

    private World() { }

    /// <summary>A world of these objects, none of which refers to another.</summary>
    public static World Of(IEnumerable<Named> objects) => objects.Aggregate(new World(), (world, one) => world.With(one.Id, new Thing(one)));

    /// <summary>What lives, by id.</summary>
    public ImmutableSortedDictionary<Guid, IRegistered> Live { get; private init; } = ImmutableSortedDictionary<Guid, IRegistered>.Empty;

    // What lives or ever lived: an id is never given twice, and what is gone is still called by its name.
    private ImmutableDictionary<Guid, Named> Ever { get; init; } = ImmutableDictionary<Guid, Named>.Empty;

    /// <summary>The world where this lives, as it is now.</summary>
    public World With(Guid id, IRegistered one) => this with { Live = Live.SetItem(id, one), Ever = Ever.SetItem(id, Name(id, one)) };

    /// <summary>The world where this lives no more.</summary>
    public World Without(Guid id) => this with { Live = Live.Remove(id) };

    /// <summary>The world in which an object is in this state.</summary>
    public World With<T>(Guid id, Lifecycle<T> state) where T : IRegistered => state switch
    {
        Lifecycle<T>.Live(var now) => With(id, now),
        Lifecycle<T>.Deleted(var then) => With(id, then).Without(id),
        _ => this,
    };

    /// <summary>The facts for a command to the object of this id and state.</summary>
    public Facts Answer<T>(FactsNeeded inquiry, Guid id, Lifecycle<T> state) where T : IRegistered
    {
        IRegistered? now = state switch { Lifecycle<T>.Live active => active.Now, Lifecycle<T>.Deleted deleted => deleted.Then, _ => null };
        return new()
        {
            Subject = Ever.TryGetValue(id, out var known) ? $"{known}" : $"\"{id}\"",
            Matches = inquiry.References.Distinct().Where(mention => mention.CanBeLookedUp).ToDictionary(mention => mention, Matching),
            NameHolder = inquiry.Name.IsGiven ? NameHolder(inquiry, id, now) : null,
            ListenerHolder = inquiry.Listener is { } listener ? ListenerHolder(listener, id, (now as VirtualServer)?.Listener) : null,
            IdHolder = known,
            Users = inquiry.Users ? Users(id) : Domain.Users.None,
            Dangling = state is Lifecycle<T>.Deleted(var then) ? Dangling(then) : [],
        };
    }

    private IReadOnlyList<Named> Matching(FieldReference mention) =>
        [.. Names().Where(one => one.Kind == mention.Kind && (one.Id == mention.Reference.Uuid || one.Name == mention.Name))];

    private Named? NameHolder(FactsNeeded inquiry, Guid id, IRegistered? now)
    {
        var (name, scope) = inquiry.Name.Value is { } asked ? (asked, inquiry.Scope) : (now?.Name, now?.Scope);
        return Names().FirstOrDefault(one => one.Id != id && one.Kind == inquiry.Kind && one.Scope == scope && one.Name == name);
    }

    private Named? ListenerHolder(ListenerNeeded asked, Guid id, Listener? now)
    {
        var vip = !asked.Vip.IsGiven ? now?.Vip : asked.Vip.Value is { } reference ? Vip(new("vip", Kind.IpAddress, reference)) : null;
        if (vip is null) return null;
        var listener = new Listener(vip.Value, asked.Port.Or(now?.Port), asked.Protocol.Or(now?.Protocol));
        return Names().FirstOrDefault(one => one.Id != id && Live[one.Id] is VirtualServer other && other.Listener == listener);
    }

    private Guid? Vip(FieldReference mention) => mention.CanBeLookedUp && Matching(mention) is [var one] ? one.Id : mention.Reference.Uuid;

    private IReadOnlyList<User> Dangling(IRegistered then) =>
        [.. then.Uses.Where(use => !Live.ContainsKey(use.Target)).Select(use => new User(Ever[use.Target], use.Field))];

    private Users Users(Guid id)
    {
        var users = Names().SelectMany(one => Live[one.Id].Uses.Where(use => use.Target == id).Select(use => new User(one, use.Field))).ToList();
        return new(users.Count, [.. users.Take(FirstUsers)]);
    }

    private IEnumerable<Named> Names() => Live.Select(one => Name(one.Key, one.Value));

    private static Named Name(Guid id, IRegistered one) => new(id, one.Kind, one.Scope, one.Name);

    // Something that only exists to be referred to.
    private sealed record Thing(Named Named) : IRegistered
    {
        public Kind Kind => Named.Kind;
        public string Name => Named.Name;
        public string Scope => Named.Scope;
        public IEnumerable<Use> Uses => [];
    }
}
