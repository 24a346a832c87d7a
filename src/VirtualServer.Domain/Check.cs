namespace VirtualServers.Domain;

/// <summary>
/// Resolves the fields of a command one by one and collects every violation. A field that is not given keeps its current
/// value; a field that is given is checked. The value returned for an invalid field must not be used.
/// </summary>
public sealed class Check(Facts facts)
{
    /// <summary>The maximum number of characters of a name (domain.md, section 1).</summary>
    public const int MaxNameLength = 255;

    /// <summary>Stands for a time that the contract allows but no clock has: no time in microseconds equals it.</summary>
    public static readonly DateTimeOffset OutOfRange = DateTimeOffset.MaxValue;

    private const int MaxPort = 65535;
    private const int MaxPathLength = 1024;
    private const int MaxLabelKeyLength = 63;
    private const int MaxLabelValueLength = 255;
    private const int MaxScopesListed = 5;

    private readonly List<Violation> violations = [];

    /// <summary>The facts that the command is checked against.</summary>
    public Facts Facts => facts;

    /// <summary>The violations found so far.</summary>
    public IReadOnlyList<Violation> Violations => violations;

    /// <summary>Adds a violation.</summary>
    public void Add(Reason reason, string field, string message, Named? clashing = null) =>
        violations.Add(new(reason, field, message, clashing));

    /// <summary>Adds a violation that concerns several fields: one for each, with the same message.</summary>
    public void Add(Reason reason, IEnumerable<string> fields, string message, Named? clashing = null)
    {
        foreach (var field in fields) Add(reason, field, message, clashing);
    }

    /// <summary>A name: required, 1 to 255 characters after trimming, not held by another object.</summary>
    public string Name(string field, Asked<string?> asked, string? now)
    {
        var name = Line(field, asked, now);
        if (name.Length == 0) Add(Reason.FieldRequired, field, $"{field} is required: use 1 to {MaxNameLength} characters, not all blank");
        CheckName(field, field, name);
        return name;
    }

    /// <summary>
    /// Checks whether a deleted object can be undeleted: its name must be free and its references must exist. The violations concern the
    /// stored object and no field of the request.
    /// </summary>
    public void CheckUndelete(string name)
    {
        CheckName("", "name", name);
        foreach (var (target, by) in facts.Dangling)
            Add(Reason.ReferenceNotFound, "", $"{by} refers to {target}, which no longer exists: register or undelete it first", target);
    }

    private void CheckName(string field, string what, string name)
    {
        if (facts.NameHolder is { } holder) Add(Reason.NameTaken, field, $"{what} {name.InQuotes} is taken by {holder}", holder);
    }

    /// <summary>One line of at most 255 characters, trimmed and in NFC.</summary>
    public string Line(string field, Asked<string?> asked, string? now) =>
        Text(field, asked.IsGiven ? Texts.Canonical(asked.Value) : asked, now, TextForm.Line, MaxNameLength);

    /// <summary>Free text of at most <paramref name="max"/> characters.</summary>
    public string Text(string field, Asked<string?> asked, string? now, int max) => Text(field, asked, now, TextForm.Prose, max);

    private string Text(string field, Asked<string?> asked, string? now, TextForm form, int max)
    {
        if (!asked.IsGiven) return now ?? "";
        var text = asked.Value ?? "";
        foreach (var flaw in Texts.Flaws(text, form, max)) Add(Reason.FieldInvalid, field, $"{field} {flaw}");
        return text;
    }

    /// <summary>An optional value of an enum.</summary>
    public T? Choice<T>(string field, Asked<T?> asked, T? now) where T : struct, Enum
    {
        if (asked.Value is { } value && !Enum.IsDefined(value))
            violations.Add(Violation.Undefined<T>(field, Convert.ToInt32(value, null)));
        return asked.Or(now);
    }

    /// <summary>A required value of an enum.</summary>
    public T Required<T>(string field, Asked<T?> asked, T? now) where T : struct, Enum
    {
        var choice = Choice(field, asked, now);
        if (choice is null) Add(Reason.FieldRequired, field, $"{field} is required: use one of {string.Join(", ", ContractNames.Of<T>())}");
        return choice.GetValueOrDefault();
    }

    /// <summary>An optional port; unset and 0 are different values.</summary>
    public int? Port(string field, Asked<int?> asked, int? now) => Number(field, asked, now, 0, MaxPort);

    /// <summary>Whether the number is a port.</summary>
    public static bool IsPort(int number) => number is >= 0 and <= MaxPort;

    /// <summary>A required port.</summary>
    public int RequiredPort(string field, Asked<int?> asked, int? now)
    {
        var port = Port(field, asked, now);
        if (port is null) Add(Reason.FieldRequired, field, $"{field} is required: use 0 to 65535");
        return port.GetValueOrDefault();
    }

    /// <summary>An optional number within bounds.</summary>
    public int? Number(string field, Asked<int?> asked, int? now, int min, int max)
    {
        if (asked.Value is { } number && (number < min || number > max))
            Add(Reason.FieldInvalid, field, $"{field} {number} is out of range: use {min} to {max}");
        return asked.Or(now);
    }

    /// <summary>An optional time of the years 1 to 9999.</summary>
    public DateTimeOffset? Moment(string field, Asked<DateTimeOffset?> asked, DateTimeOffset? now)
    {
        if (asked.Value == OutOfRange) Add(Reason.FieldInvalid, field, $"{field} is out of range: use a time of the years 1 to 9999");
        return asked.Or(now);
    }

    /// <summary>The path or URL of a file, up to 1024 characters; the content of a file and a URL with a user are rejected.</summary>
    public string Path(string field, Asked<string?> asked, string? now) =>
        Text(field, asked.IsGiven ? asked.Value?.Trim() : asked, now, TextForm.Path, MaxPathLength);

    /// <summary>An optional reference.</summary>
    public Guid? Reference(string field, Kind kind, Asked<Reference?> asked, Guid? now) =>
        !asked.IsGiven ? now : asked.Value is { } reference ? Find(new(field, kind, reference)) : null;

    /// <summary>A required reference.</summary>
    public Guid Required(string field, Kind kind, Asked<Reference?> asked, Guid? now)
    {
        if (asked.Or(null) is null && (asked.IsGiven || now is null))
            Add(Reason.FieldRequired, field, $"{field} is required: give the id or name of a registered {kind.Words}");
        return Reference(field, kind, asked, now).GetValueOrDefault();
    }

    /// <summary>A set of references to at most <paramref name="max"/> objects; order and repetition are ignored.</summary>
    public ValueSet<Guid> References(string field, Kind kind, Asked<IReadOnlyList<Reference>> asked, ValueSet<Guid> now, int max)
    {
        if (!asked.IsGiven) return now;
        ValueSet<Guid> found = [.. FieldReference.Each(field, kind, asked.Value).Select(Find)];
        if (found.Count > max) Add(Reason.FieldInvalid, field, $"{field} has {found.Count} entries: at most {max} are allowed");
        return found;
    }

    /// <summary>Labels: at most 64, with keys of 1 to 63 characters and values of up to 255.</summary>
    public Labels Labels(string field, Asked<IReadOnlyDictionary<string, string>> asked, Labels now)
    {
        if (!asked.IsGiven) return now;
        var count = asked.Value.Count;
        if (count > Domain.Labels.MaxCount)
            Add(Reason.FieldInvalid, field, $"{field} has {count} entries: at most {Domain.Labels.MaxCount} are allowed");
        foreach (var (key, value) in asked.Value)
        {
            var entry = key.InField(field);
            if (key.Length == 0) Add(Reason.FieldInvalid, entry, $"{field} key \"\" is empty: use 1 to {MaxLabelKeyLength} characters");
            foreach (var flaw in Texts.Flaws(key, TextForm.Line, MaxLabelKeyLength))
                Add(Reason.FieldInvalid, entry, $"{field} key {key.InQuotes} {flaw}");
            foreach (var flaw in Texts.Flaws(value, TextForm.Line, MaxLabelValueLength))
                Add(Reason.FieldInvalid, entry, $"{field} value of {key.InQuotes} {flaw}");
        }

        return new(asked.Value);
    }

    /// <summary>The id of the object that a reference points at.</summary>
    public Guid Find(FieldReference reference)
    {
        var (field, kind, asked) = reference;
        if (string.IsNullOrEmpty(asked.Id) && string.IsNullOrEmpty(asked.Name))
        {
            Add(Reason.FieldRequired, field, $"{field} has neither id nor name: give one of them");
            return default;
        }

        if (!reference.CanBeLookedUp)
        {
            if (asked.Uuid is null && !string.IsNullOrEmpty(asked.Id))
                Add(Reason.FieldInvalid, $"{field}.id",
                    $"{field}.id {asked.Id.InQuotes} is not a UUID: write it like 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10");
            violations.AddRange(reference.Unreadable);
            return default;
        }

        var matches = facts.Matches.GetValueOrDefault(reference, []);
        var found = matches.FirstOrDefault(match => asked.Uuid is { } id ? match.Id == id : match.Scope == reference.Scope);
        if (found is null) AddNotFound(reference, matches);
        else if (!reference.Describes(found) && !facts.Outdated.Contains(reference))
            Add(Reason.ReferenceMismatch, field,
                $"{field} gives the id of {found}, which never had {Description(reference)}: give the id alone", found);
        return found?.Id ?? default;
    }

    // The other namespaces that have the address or prefix are named, because callers forget to give the namespace.
    private void AddNotFound(FieldReference reference, IReadOnlyList<Named> others)
    {
        var (field, kind, asked) = reference;
        if (asked.Uuid is { } id)
            Add(Reason.ReferenceNotFound, field, $"{field} {id} is not registered: there is no {kind.Words} with this id");
        else if (!Inventory.InventoryObject.HasNamespace(kind))
            Add(Reason.ReferenceNotFound, field, $"{field} {asked} is not registered: there is no {kind.Words} with this name");
        else
            Add(Reason.ReferenceNotFound, field, $"{field} {asked} is not registered in the namespace {reference.Scope!.InQuotes}: "
                + (others.Count == 0 ? "no other namespace has it" : $"give its namespace ({Scopes(others)})"));
    }

    private static string Description(FieldReference reference) => string.Join(" and ",
        new[] { ("name", reference.Name), ("namespace", reference.Scope) }
            .Where(one => !string.IsNullOrEmpty(one.Item2)).Select(one => $"the {one.Item1} {one.Item2!.InQuotes}"));

    /// <summary>The namespaces of objects, for messages; of many, the first.</summary>
    public static string Scopes(IEnumerable<Named> objects)
    {
        var scopes = objects.Select(one => one.Scope).Order(StringComparer.Ordinal).ToList();
        var more = scopes.Count > MaxScopesListed ? ", …" : "";
        return string.Join(", ", scopes.Take(MaxScopesListed).Select(scope => scope.InQuotes)) + more;
    }
}
