using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Domain;

/// <summary>
/// The facts that a command needs from outside its own aggregate. The aggregate names them, the service reads them in one round
/// trip and passes them to the decision as values.
/// </summary>
public sealed record FactsNeeded
{
    /// <summary>No facts.</summary>
    public static readonly FactsNeeded Nothing = new();

    /// <summary>The facts that every draft needs: the targets of its references and the holder of its name.</summary>
    public static FactsNeeded Of(Kind kind, IDraft draft) => new()
    {
        References = [.. draft.References()],
        Kind = kind,
        Name = draft.Name.IsGiven ? Texts.Canonical(draft.Name.Value) : default(Asked<string?>),
    };

    /// <summary>The facts that every undelete needs: the current holder of the name.</summary>
    public static FactsNeeded ToUndelete(Kind kind) => new() { Kind = kind, Name = null };

    /// <summary>The references to look up.</summary>
    public IReadOnlyList<FieldReference> References { get; init; } = [];

    /// <summary>The name whose holder is needed. Null: the current name of the object. Not given: not needed.</summary>
    public Asked<string?> Name { get; init; }

    /// <summary>The kind within which the name is unique.</summary>
    public Kind Kind { get; init; }

    /// <summary>The scope within which the name is unique.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The listener whose holder is needed.</summary>
    public ListenerNeeded? Listener { get; init; }

    /// <summary>Whether the users of the object are needed.</summary>
    public bool Users { get; init; }
}

/// <summary>A requested listener. A part that is not given keeps its current value.</summary>
public sealed record ListenerNeeded(Asked<Reference?> Vip, Asked<int?> Port, Asked<Protocol?> Protocol);

/// <summary>
/// The facts for a <see cref="FactsNeeded"/>, as of the time they were read; database constraints reject a command whose facts became
/// stale. <see cref="Dangling"/> and <see cref="IdHolder"/> are read with the object itself and need not be requested.
/// </summary>
public sealed record Facts
{
    /// <summary>The object that the command addresses, for messages: <c>virtual server "web"</c>.</summary>
    public string Subject { get; init; } = "the object";

    /// <summary>
    /// The live objects that match each reference: the object of its id; without one, those of its name, for an address or prefix some of
    /// other namespaces included.
    /// </summary>
    public IReadOnlyDictionary<FieldReference, IReadOnlyList<Named>> Matches { get; init; } =
        new Dictionary<FieldReference, IReadOnlyList<Named>>();

    /// <summary>The references that give, beside an id, an earlier name or namespace of the object.</summary>
    public IReadOnlySet<FieldReference> Outdated { get; init; } = new HashSet<FieldReference>();

    /// <summary>The references of a deleted object whose targets no longer exist.</summary>
    public IReadOnlyList<User> Dangling { get; init; } = [];

    /// <summary>Another live object of the kind that has the name.</summary>
    public Named? NameHolder { get; init; }

    /// <summary>Another live virtual server that has the listener.</summary>
    public Named? ListenerHolder { get; init; }

    /// <summary>The object that has the id, live or deleted: the object of the command, or one of another kind.</summary>
    public Named? IdHolder { get; init; }

    /// <summary>The references to the object.</summary>
    public Users Users { get; init; } = Users.None;

    /// <summary>The violation of a command for an object that does not exist.</summary>
    public Violation NotFound => new(Reason.NotFound, "", $"{Subject} does not exist");

    /// <summary>The violation of a create with an id that is not free.</summary>
    public Violation IdTaken(string because) =>
        new(Reason.IdTaken, "id", $"id is taken: {IdHolder} {because}", IdHolder);

    private const int MaxUsersListed = 3;

    /// <summary>The violation of a delete of a referenced object (domain.md, section 2).</summary>
    public Violation InUse
    {
        get
        {
            var (count, first) = Users;
            var listed = first.Take(MaxUsersListed).ToList();
            var users = string.Join(", ", listed.Select(user => $"{user.By} as {user.Field}"));
            var more = count > listed.Count ? $" and {count - listed.Count} more" : "";
            var references = count == 1 ? "1 reference" : $"{count} references";
            return new(Reason.InUse, "", $"{IdHolder?.ToString() ?? Subject} is in use by {references}: {users}{more}", first[0].By);
        }
    }
}
