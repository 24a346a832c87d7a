namespace VirtualServers.Domain;

/// <summary>What a caller gives to point at an object: its id, its name, or both, which must then agree.</summary>
public readonly record struct Reference(string? Id, string? Name)
{
    /// <summary>The id as a UUID; null when none was given or when it is not one.</summary>
    public Guid? Uuid => ParseUuid(Id);

    /// <summary>The UUID of a text in the form 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10; null for any other. (Guid alone also takes signs, 0x and blanks.)</summary>
    public static Guid? ParseUuid(string? text) =>
        text is { Length: 36 } && text.All(c => char.IsAsciiHexDigit(c) || c == '-') && Guid.TryParseExact(text, "D", out var id) ? id : null;

    /// <summary>The reference in words, for messages: <c>"lb-1"</c> or the id.</summary>
    public override string ToString() => string.IsNullOrEmpty(Name) ? (Id ?? "").InQuotes : Name.InQuotes;
}

/// <summary>A reference that a command makes: by which field, to what kind, and whom.</summary>
public readonly record struct FieldReference(string Field, Kind Kind, Reference Reference)
{
    /// <summary>The name as the registry spells it: trimmed, addresses and prefixes in canonical form; null when none is given.</summary>
    public string? Name => Reference.Name?.Trim() switch
    {
        null or "" => null,
        { } text when Kind is Kind.IpAddress => Network.Address(text, out _) ?? text,
        { } text when Kind is Kind.Prefix => Network.Prefix(text, out _) ?? text,
        { } text => text,
    };

    /// <summary>Whether there can be such an object at all; what is malformed need not be looked up.</summary>
    public bool CanBeLookedUp =>
        (Reference.Uuid is not null || string.IsNullOrEmpty(Reference.Id)) && !(Reference.Name ?? "").Trim().Any(char.IsControl);
}

/// <summary>An object as others refer to it.</summary>
public sealed record Named(Guid Id, Kind Kind, string Scope, string Name)
{
    /// <summary>The object in words, for messages: <c>device "lb-1" (id)</c>.</summary>
    public override string ToString() => $"{Kind.Words} {Name.InQuotes} ({Id})";
}

/// <summary>Who refers to an object: how many references there are, and the first of them.</summary>
public sealed record Users(long Count, IReadOnlyList<User> First)
{
    /// <summary>Nobody refers to it.</summary>
    public static readonly Users None = new(0, []);
}

/// <summary>One reference seen from the object it points at.</summary>
public sealed record User(Named By, string Field);
