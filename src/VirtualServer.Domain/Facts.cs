using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Domain;

/// <summary>
/// What a command needs to know of the world outside its own aggregate. Named by the aggregate, gathered in one round trip,
/// handed to the decision as values.
/// </summary>
public sealed record FactsNeeded
{
    /// <summary>Nothing need be known.</summary>
    public static readonly FactsNeeded Nothing = new();

    /// <summary>What every draft of a kind makes it necessary to know: its references, and who holds the name.</summary>
    public static FactsNeeded Of(Kind kind, IDraft draft) => new()
    {
        References = [.. draft.References()],
        Kind = kind,
        Name = draft.Name.IsGiven ? (draft.Name.Value ?? "").Trim() : default(Asked<string?>),
    };

    /// <summary>What must be known before any deleted object of a kind comes back: who holds its name now.</summary>
    public static FactsNeeded ToUndelete(Kind kind) => new() { Kind = kind, Name = null };

    /// <summary>The references made, each to be looked up.</summary>
    public IReadOnlyList<FieldReference> References { get; init; } = [];

    /// <summary>Who holds this name already? Null: the name the object has now. Not given: nobody needs to know.</summary>
    public Asked<string?> Name { get; init; }

    /// <summary>The kind among which the name would be unique.</summary>
    public Kind Kind { get; init; }

    /// <summary>The scope the name would be held in.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Who holds this listener already?</summary>
    public ListenerNeeded? Listener { get; init; }

    /// <summary>Who refers to the object?</summary>
    public bool Users { get; init; }
}

/// <summary>A listener that is asked for; what is not given stays as the object has it now.</summary>
public sealed record ListenerNeeded(Asked<Reference?> Vip, Asked<int?> Port, Asked<Protocol?> Protocol);

/// <summary>
/// The answers to an <see cref="FactsNeeded"/>, true at the moment of asking; the database holds them true under races. What is read along with the
/// object itself needs no asking: <see cref="Dangling"/> and <see cref="IdHolder"/>.
/// </summary>
public sealed record Facts
{
    /// <summary>How the caller pointed at the object, in words: <c>virtual server "web"</c>.</summary>
    public string Subject { get; init; } = "the object";

    /// <summary>The living objects that match each mention by id or by name.</summary>
    public IReadOnlyDictionary<FieldReference, IReadOnlyList<Named>> Matches { get; init; } = new Dictionary<FieldReference, IReadOnlyList<Named>>();

    /// <summary>References of a deleted object whose target is gone.</summary>
    public IReadOnlyList<User> Dangling { get; init; } = [];

    /// <summary>Another living object of the kind that has the name.</summary>
    public Named? NameHolder { get; init; }

    /// <summary>Another living virtual server that has the listener.</summary>
    public Named? ListenerHolder { get; init; }

    /// <summary>The object that has the id, living or not: the one the command is about, or one of another kind.</summary>
    public Named? IdHolder { get; init; }

    /// <summary>Who refers to the object.</summary>
    public Users Users { get; init; } = Users.None;

    /// <summary>The answer to a command for an object that is not there.</summary>
    public Violation NotFound => new(Reason.NotFound, "", $"{Subject} does not exist");

    /// <summary>The answer to a create under an id that is not free.</summary>
    public Violation IdTaken(string because) =>
        new(Reason.IdTaken, "id", $"id is taken: {IdHolder} {because}", IdHolder);

    private const int UsersTold = 3;

    /// <summary>The answer to a command that would take away what others refer to (domain.md, section 2).</summary>
    public Violation InUse
    {
        get
        {
            var (count, first) = Users;
            var told = first.Take(UsersTold).ToList();
            var who = string.Join(", ", told.Select(user => $"{user.By} as {user.Field}"));
            var more = count > told.Count ? $" and {count - told.Count} more" : "";
            return new(Reason.InUse, "", $"{Subject} is in use by {count} {(count == 1 ? "reference" : "references")}: {who}{more}", first[0].By);
        }
    }
}
