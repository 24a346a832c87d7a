using System.Collections.Immutable;
using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Domain.Tests;

/// <summary>The live objects, and the facts that the database would return about them. Only the needed facts are returned.</summary>
public sealed record World
{
    // The number of users that the database names; the others are only counted.
    private const int FirstUsers = 3;

    private World() { }

    /// <summary>A world of objects without references.</summary>
    public static World Of(IEnumerable<Named> objects) =>
        objects.Aggregate(new World(), (world, one) => world.With(one.Id, new Target(one)));

    /// <summary>The live objects, by id.</summary>
    public ImmutableSortedDictionary<Guid, IRegistered> Live { get; private init; } = ImmutableSortedDictionary<Guid, IRegistered>.Empty;

    // The live and removed objects: ids are never reused, and messages name removed objects.
    private ImmutableDictionary<Guid, Named> All { get; init; } = ImmutableDictionary<Guid, Named>.Empty;

    // Every name that an object has or had.
    private ImmutableHashSet<Named> Had { get; init; } = [];

    /// <summary>The world with a live object.</summary>
    public World With(Guid id, IRegistered one) => this with
    {
        Live = Live.SetItem(id, one), All = All.SetItem(id, Name(id, one)), Had = Had.Add(Name(id, one)),
    };

    /// <summary>The world in which an object of the world got another name or namespace.</summary>
    public World Renamed(Named one) => With(one.Id, new Target(one));

    /// <summary>The world without an object.</summary>
    public World Without(Guid id) => this with { Live = Live.Remove(id) };

    /// <summary>The world with an object in a state.</summary>
    public World With<T>(Guid id, Lifecycle<T> state) where T : IRegistered => state switch
    {
        Lifecycle<T>.Live(var now) => With(id, now),
        Lifecycle<T>.Deleted(var then) => With(id, then).Without(id),
        _ => this,
    };

    /// <summary>The facts for a command on an object.</summary>
    public Facts FactsFor<T>(FactsNeeded needed, Guid id, Lifecycle<T> state) where T : IRegistered
    {
        IRegistered? now = state switch { Lifecycle<T>.Live live => live.Now, Lifecycle<T>.Deleted deleted => deleted.Then, _ => null };
        return new()
        {
            Subject = All.TryGetValue(id, out var subject) ? $"{subject}" : $"\"{id}\"",
            Matches = needed.References.Distinct().Where(reference => reference.CanBeLookedUp)
                .ToDictionary(reference => reference, Matching),
            Outdated = needed.References.Where(IsOutdated).ToHashSet(),
            NameHolder = needed.Name.IsGiven ? NameHolder(needed, id, now) : null,
            ListenerHolder = needed.Listener is { } listener ? ListenerHolder(listener, id, (now as VirtualServer)?.Listener) : null,
            IdHolder = subject,
            Users = needed.Users ? Users(id) : Domain.Users.None,
            Dangling = state is Lifecycle<T>.Deleted(var then) ? Dangling(then) : [],
        };
    }

    private IReadOnlyList<Named> Matching(FieldReference reference) =>
        [
            .. Names().Where(one => one.Kind == reference.Kind
                && (reference.Reference.Uuid is { } id ? one.Id == id : one.Name == reference.Name)),
        ];

    private bool IsOutdated(FieldReference reference) => Had.Any(one => one.Id == reference.Reference.Uuid && reference.Describes(one));

    private Named? NameHolder(FactsNeeded needed, Guid id, IRegistered? now)
    {
        var (name, scope) = needed.Name.Value is { } given ? (given, needed.Scope) : (now?.Name, now?.Scope);
        return Names().FirstOrDefault(one => one.Id != id && one.Kind == needed.Kind && one.Scope == scope && one.Name == name);
    }

    private Named? ListenerHolder(ListenerNeeded needed, Guid id, Listener? now)
    {
        var vip = !needed.Vip.IsGiven ? now?.Vip : needed.Vip.Value is { } given ? Vip(new("vip", Kind.IpAddress, given)) : null;
        if (vip is null) return null;
        var listener = new Listener(vip.Value, needed.Port.Or(now?.Port), needed.Protocol.Or(now?.Protocol));
        return Names().FirstOrDefault(one => one.Id != id && Live[one.Id] is VirtualServer other && other.Listener == listener);
    }

    private Guid? Vip(FieldReference reference) =>
        reference.Reference.Uuid ?? (reference.CanBeLookedUp
            ? Matching(reference).FirstOrDefault(one => one.Scope == reference.Scope)?.Id
            : null);

    private IReadOnlyList<User> Dangling(IRegistered then) =>
        [.. then.Uses.Where(use => !Live.ContainsKey(use.Target)).Select(use => new User(All[use.Target], use.Field))];

    private Users Users(Guid id)
    {
        var users = Names()
            .SelectMany(one => Live[one.Id].Uses.Where(use => use.Target == id).Select(use => new User(one, use.Field))).ToList();
        return new(users.Count, [.. users.Take(FirstUsers)]);
    }

    private IEnumerable<Named> Names() => Live.Select(one => Name(one.Key, one.Value));

    private static Named Name(Guid id, IRegistered one) => new(id, one.Kind, one.Scope, one.Name);

    // An object that exists only as the target of references.
    private sealed record Target(Named Named) : IRegistered
    {
        public Kind Kind => Named.Kind;
        public string Name => Named.Name;
        public string Scope => Named.Scope;
        public Guid? Tenant => null;
        public IEnumerable<Use> Uses => [];
    }
}
