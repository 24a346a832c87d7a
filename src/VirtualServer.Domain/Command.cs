namespace VirtualServers.Domain;

/// <summary>The commands of every object that the registry owns. An aggregate may define further commands.</summary>
/// <typeparam name="TDraft">The requested object: unchecked, with unresolved references.</typeparam>
public abstract record Command<TDraft> where TDraft : IDraft
{
    private protected Command() { }

    /// <summary>Creates the object. A second create with the same id and content changes nothing.</summary>
    public sealed record Create(TDraft Draft) : Command<TDraft>;

    /// <summary>Changes the fields that the draft gives; the others keep their values.</summary>
    public sealed record Configure(TDraft Draft) : Command<TDraft>;

    /// <summary>
    /// Deletes the object and frees its name and references. Rejected while the object is referenced. The history is kept.
    /// </summary>
    public sealed record Delete(bool AllowMissing = false) : Command<TDraft>;

    /// <summary>Restores a deleted object, if its name is free and its references exist.</summary>
    public sealed record Undelete : Command<TDraft>;
}

/// <summary>The part that all drafts have in common: a name and references.</summary>
public interface IDraft
{
    /// <summary>The requested name.</summary>
    Asked<string?> Name { get; }

    /// <summary>The references of the draft.</summary>
    IEnumerable<FieldReference> References();
}
