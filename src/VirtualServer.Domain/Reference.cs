using VirtualServers.Domain.Inventory;

namespace VirtualServers.Domain;

/// <summary>
/// A reference of a caller to an object: its id, its name, or both. With both, the id decides, and the name must be one that the object
/// has or had.
/// </summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name; of an address or prefix, its text.</param>
/// <param name="Namespace">The namespace of an address or prefix; without id and namespace, the default one is meant.</param>
public readonly record struct Reference(string? Id, string? Name, string? Namespace = null)
{
    /// <summary>The reference to the object of an id.</summary>
    public static Reference To(Guid id) => new(id.ToString(), null);

    /// <summary>The reference to the object of an optional id.</summary>
    public static Reference? To(Guid? id) => id is { } set ? To(set) : null;

    /// <summary>The references to the objects of these ids.</summary>
    public static IReadOnlyList<Reference> ToAll(IEnumerable<Guid> ids) => [.. ids.Select(id => To(id))];

    /// <summary>The id as a UUID; null when it is not given or not a UUID.</summary>
    public Guid? Uuid => ParseUuid(Id);

    /// <summary>
    /// Parses a UUID of the form 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10; null for any other text and for the UUID of zeros, which identifies
    /// nothing. Guid.TryParseExact alone also accepts signs, 0x and blanks.
    /// </summary>
    public static Guid? ParseUuid(string? text) =>
        text is { Length: 36 } && text.All(c => char.IsAsciiHexDigit(c) || c == '-') && Guid.TryParseExact(text, "D", out var id)
            && id != Guid.Empty
            ? id
            : null;

    /// <summary>The reference for messages: the name or the id, in quotes.</summary>
    public override string ToString() => string.IsNullOrEmpty(Name) ? (Id ?? "").InQuotes : Name.InQuotes;
}

/// <summary>A reference of a command: the field, the kind of the target, and the reference itself.</summary>
public readonly record struct FieldReference(string Field, Kind Kind, Reference Reference)
{
    /// <summary>A name in the form in which objects of a kind have it; a text that is no address or prefix stays as it is.</summary>
    public static string Stored(Kind kind, string? name) => Texts.Canonical(name) switch
    {
        { } text when kind is Kind.IpAddress => Network.Address(text, out _) ?? text,
        { } text when kind is Kind.Prefix => Network.Prefix(text, out _) ?? text,
        { } text => text,
    };

    /// <summary>The references of a repeated field; each has its index.</summary>
    public static IEnumerable<FieldReference> Each(string field, Kind kind, IEnumerable<Reference>? references) =>
        (references ?? []).Select((reference, index) => new FieldReference($"{field}[{index}]", kind, reference));

    /// <summary>The name in canonical form; null when it is not given.</summary>
    public string? Name => Stored(Kind, Reference.Name) is { Length: > 0 } name ? name : null;

    /// <summary>The scope of the name: empty for kinds without namespaces; null when the id is given without a namespace.</summary>
    public string? Scope =>
        !InventoryObject.HasNamespace(Kind) ? ""
        : GivenNamespace ?? (Reference.Uuid is null ? InventoryObject.DefaultNamespace : null);

    /// <summary>Whether the reference is well-formed; a malformed reference is not looked up.</summary>
    public bool CanBeLookedUp =>
        (Reference.Uuid is not null || string.IsNullOrEmpty(Reference.Id)) && !Unreadable.Any();

    /// <summary>The violations of a name and a namespace that no object of the kind can have.</summary>
    public IEnumerable<Violation> Unreadable
    {
        get
        {
            foreach (var flaw in Flaws(Texts.Canonical(Reference.Name))) yield return Invalid("name", flaw);
            if (GivenNamespace is not { } given) yield break;
            if (InventoryObject.HasNamespace(Kind))
                foreach (var flaw in Texts.Flaws(given, TextForm.Line)) yield return Invalid("namespace", flaw);
            else
                yield return new(
                    Reason.FieldInvalid, $"{Field}.namespace", $"a {Kind.Words} has no namespace: omit {Field}.namespace");
        }
    }

    /// <summary>Whether the object has the name and namespace that the reference gives.</summary>
    public bool Describes(Named one) => (Name ?? one.Name) == one.Name && (Scope ?? one.Scope) == one.Scope;

    private string? GivenNamespace => string.IsNullOrWhiteSpace(Reference.Namespace) ? null : Texts.Canonical(Reference.Namespace);

    private IEnumerable<string> Flaws(string name)
    {
        var error = "";
        var isReadable = name.Length == 0 || Kind switch
        {
            Kind.IpAddress => Network.Address(name, out error) is not null,
            Kind.Prefix => Network.Prefix(name, out error) is not null,
            _ => true,
        };
        return Texts.Flaws(name, TextForm.Line) is var flaws && (isReadable || flaws.Any()) ? flaws : [error];
    }

    private Violation Invalid(string part, string flaw) => new(Reason.FieldInvalid, $"{Field}.{part}", $"{Field}.{part} {flaw}");
}

/// <summary>An object with its name, for references and messages.</summary>
public sealed record Named(Guid Id, Kind Kind, string Scope, string Name)
{
    /// <summary>The object for messages: <c>device "lb-1" (id)</c>.</summary>
    public override string ToString() => $"{Kind.Words} {Name.InQuotes} ({Id})";
}

/// <summary>The references to an object: their number, and the first of them.</summary>
public sealed record Users(long Count, IReadOnlyList<User> First)
{
    /// <summary>No references.</summary>
    public static readonly Users None = new(0, []);
}

/// <summary>A reference to an object: the referring object and its field.</summary>
public sealed record User(Named By, string Field);
