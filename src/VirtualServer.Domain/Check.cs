namespace VirtualServers.Domain;

/// <summary>
/// Settles what a caller asked, field by field, and collects everything that is wrong on the way: what is not mentioned
/// stays as it is, what is mentioned is checked. What it returns for a field that is wrong is not to be used.
/// </summary>
public sealed class Check(Facts facts)
{
    /// <summary>The most characters of a name (domain.md, section 1).</summary>
    public const int NameLength = 255;

    private const int PathLength = 1024;
    private const int ScopesTold = 5;

    private readonly List<Violation> violations = [];

    /// <summary>What is known of the world.</summary>
    public Facts Facts => facts;

    /// <summary>All that is wrong so far.</summary>
    public IReadOnlyList<Violation> Violations => violations;

    /// <summary>Something is wrong.</summary>
    public void Add(Reason reason, string field, string message, Named? clashing = null) =>
        violations.Add(new(reason, field, message, clashing));

    /// <summary>A name: required, 1 to 255 characters after trimming, held by no other.</summary>
    public string Name(string field, Asked<string?> asked, string? now)
    {
        var name = Line(field, asked, now);
        if (name.Length == 0) Add(Reason.FieldRequired, field, $"{field} is required: 1 to {NameLength} characters that are not all blank");
        if (facts.NameHolder is { } holder) Add(Reason.NameTaken, field, $"{field} {name.InQuotes} is taken by {holder}", holder);
        return name;
    }

    /// <summary>What keeps any deleted object from coming back: its name was taken, or what it referred to is gone.</summary>
    public void CheckUndelete(string field, string name)
    {
        Name(field, default, name);
        foreach (var (gone, by) in facts.Dangling) Add(Reason.ReferenceNotFound, by, $"{by} referred to {gone}, which is no longer registered", gone);
    }

    /// <summary>One line of at most 255 characters after trimming, without control characters.</summary>
    public string Line(string field, Asked<string?> asked, string? now) => Text(field, asked.IsGiven ? asked.Value?.Trim() : asked, now, NameLength, IsControl);

    /// <summary>Text of at most so many characters, without control characters other than line breaks and tabs.</summary>
    public string Text(string field, Asked<string?> asked, string? now, int most) => Text(field, asked, now, most, c => IsControl(c) && c is not ('\n' or '\r' or '\t'));

    private string Text(string field, Asked<string?> asked, string? now, int most, Func<char, bool> refused)
    {
        if (!asked.IsGiven) return now ?? "";
        var text = asked.Value ?? "";
        if (text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            Add(Reason.FieldInvalid, field, $"{field} has the content of a key or certificate, which is never stored: give the path of the file in a certificate profile");
            return "-";
        }

        var length = text.EnumerateRunes().Count();
        if (length > most) Add(Reason.FieldInvalid, field, $"{field} has {length} characters: at most {most} are allowed");
        if (text.Any(refused)) Add(Reason.FieldInvalid, field, $"{field} has control characters: only printable text is allowed");
        return text;
    }

    /// <summary>A value of a closed list, or none.</summary>
    public T? Choice<T>(string field, Asked<T?> asked, T? now) where T : struct, Enum
    {
        if (asked.Value is { } value && !Enum.IsDefined(value))
            Add(Reason.FieldInvalid, field, $"{field} {value:D} is not known: use one of 1 to {Enum.GetValues<T>().Length}, as the contract names them");
        return asked.Or(now);
    }

    /// <summary>A value of a closed list that can't be left out.</summary>
    public T Required<T>(string field, Asked<T?> asked, T? now) where T : struct, Enum
    {
        var choice = Choice(field, asked, now);
        if (choice is null) Add(Reason.FieldRequired, field, $"{field} is required");
        return choice.GetValueOrDefault();
    }

    /// <summary>A port, or none; 0 is a value like any other.</summary>
    public int? Port(string field, Asked<int?> asked, int? now) => Number(field, asked, now, 0, 65535);

    /// <summary>A port that can't be left out.</summary>
    public int RequiredPort(string field, Asked<int?> asked, int? now)
    {
        var port = Port(field, asked, now);
        if (port is null) Add(Reason.FieldRequired, field, $"{field} is required: 0 to 65535");
        return port.GetValueOrDefault();
    }

    /// <summary>A number within bounds, or none.</summary>
    public int? Number(string field, Asked<int?> asked, int? now, int least, int most)
    {
        if (asked.Value is { } number && (number < least || number > most)) Add(Reason.FieldInvalid, field, $"{field} {number} is out of range: use {least} to {most}");
        return asked.Or(now);
    }

    /// <summary>A moment from 1970 to 9999, or none.</summary>
    public DateTimeOffset? Moment(string field, Asked<DateTimeOffset?> asked, DateTimeOffset? now)
    {
        if (asked.Value is { Year: < 1970 }) Add(Reason.FieldInvalid, field, $"{field} is out of range: use a moment from 1970 to 9999");
        return asked.Or(now);
    }

    /// <summary>The path of a file, up to 1024 characters: never what is in the file.</summary>
    public string Path(string field, Asked<string?> asked, string? now) => Text(field, asked.IsGiven ? asked.Value?.Trim() : asked, now, PathLength, IsControl);

    /// <summary>A reference, or none.</summary>
    public Guid? Reference(string field, Kind kind, Asked<Reference?> asked, Guid? now) =>
        !asked.IsGiven ? now : asked.Value is { } reference ? Find(new(field, kind, reference)) : null;

    /// <summary>A reference that can't be left out.</summary>
    public Guid Required(string field, Kind kind, Asked<Reference?> asked, Guid? now)
    {
        if (asked.Or(null) is null && (asked.IsGiven || now is null))
            Add(Reason.FieldRequired, field, $"{field} is required: the id or name of a registered {kind.Words}");
        return Reference(field, kind, asked, now).GetValueOrDefault();
    }

    /// <summary>A set of references; order and repetition mean nothing.</summary>
    public ValueSet<Guid> References(string field, Kind kind, Asked<IReadOnlyList<Reference>> asked, ValueSet<Guid> now) =>
        !asked.IsGiven ? now : [.. asked.Value.Select(reference => Find(new(field, kind, reference)))];

    /// <summary>Labels: at most 64, keys of 1 to 63 characters, values of up to 255.</summary>
    public Labels Labels(string field, Asked<IReadOnlyDictionary<string, string>> asked, Labels now)
    {
        if (!asked.IsGiven) return now;
        if (asked.Value.Count > Domain.Labels.MaxCount) Add(Reason.FieldInvalid, field, $"{field} has {asked.Value.Count} entries: at most {Domain.Labels.MaxCount} are allowed");
        foreach (var (key, value) in asked.Value)
        {
            if (key.EnumerateRunes().Count() is < 1 or > 63) Add(Reason.FieldInvalid, field, $"{field} key {key.InQuotes} is not 1 to 63 characters long");
            if (value.EnumerateRunes().Count() > 255) Add(Reason.FieldInvalid, field, $"{field} value of {key.InQuotes} is longer than 255 characters");
            if (key.Any(IsControl) || value.Any(IsControl)) Add(Reason.FieldInvalid, field, $"{field} has control characters: only printable text is allowed");
        }

        return new(asked.Value);
    }

    /// <summary>The object that a reference points at.</summary>
    public Guid Find(FieldReference mention)
    {
        var (field, kind, asked) = mention;
        if (string.IsNullOrEmpty(asked.Id) && string.IsNullOrEmpty(asked.Name))
        {
            Add(Reason.FieldRequired, field, $"{field} has neither id nor name: give one of them");
            return default;
        }

        if (!mention.CanBeLookedUp)
        {
            Add(Reason.FieldInvalid, field, asked.Uuid is null && !string.IsNullOrEmpty(asked.Id)
                ? $"{field}.id {(asked.Id ?? "").InQuotes} is not a UUID: write it like 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10"
                : $"{field}.name has control characters: only printable text is allowed");
            return default;
        }

        var matches = facts.Matches.GetValueOrDefault(mention, []);
        var found = asked.Uuid is { } id ? matches.Where(match => match.Id == id).ToList() : [.. matches];
        switch (found)
        {
            case []:
                Add(Reason.ReferenceNotFound, field, $"{field} {(asked.Uuid is { } sought ? sought : asked)} is not registered: there is no {kind.Words} with this {(asked.Uuid is null ? "name" : "id")}");
                return default;
            case [var one] when mention.Name is { } name && one.Name != name:
                Add(Reason.ReferenceMismatch, field, $"{field} gives the id of {one} and the name {asked}: leave one of them out", one);
                return default;
            case [var one]:
                return one.Id;
            default:
                var scopes = string.Join(", ", found.Select(match => match.Scope).Order(StringComparer.Ordinal).Take(ScopesTold).Select(scope => scope.InQuotes)) + (found.Count > ScopesTold ? ", …" : "");
                Add(Reason.ReferenceAmbiguous, field, $"{field} {asked} matches more than one {kind.Words}, in the namespaces {scopes}: give its id", found[0]);
                return default;
        }
    }

    private static bool IsControl(char c) => char.IsControl(c);
}
