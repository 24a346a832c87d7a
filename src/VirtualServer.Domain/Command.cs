namespace VirtualServers.Domain;

/// <summary>What can be asked of every object that the registry owns; an aggregate may have commands of its own besides.</summary>
/// <typeparam name="TDraft">The object as a caller wants it: unchecked, with references as the caller spells them.</typeparam>
public abstract record Command<TDraft> where TDraft : IDraft
{
    private protected Command() { }

    /// <summary>Begin to exist. The same content again, under the same id, changes nothing.</summary>
    public sealed record Create(TDraft Draft) : Command<TDraft>;

    /// <summary>Be as asked; what the draft does not mention stays.</summary>
    public sealed record Configure(TDraft Draft) : Command<TDraft>;

    /// <summary>Give up name and references; refused while anything refers to it. The history stays.</summary>
    public sealed record Delete(bool AllowMissing = false) : Command<TDraft>;

    /// <summary>Come back as it was, if its name and references still allow.</summary>
    public sealed record Undelete : Command<TDraft>;
}

/// <summary>What all drafts have in common: a name that is asked for, and references.</summary>
public interface IDraft
{
    /// <summary>The name asked for.</summary>
    Asked<string?> Name { get; }

    /// <summary>Every reference that the draft makes.</summary>
    IEnumerable<FieldReference> References();
}
