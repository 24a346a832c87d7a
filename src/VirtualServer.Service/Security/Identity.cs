using VirtualServers.Domain;

namespace VirtualServers.Service.Security;

/// <summary>Whom the credentials of a call prove, and what that subject may do.</summary>
public sealed record Identity(string Subject, Access Access)
{
    /// <summary>A subject is recorded with every change of its commands, so it has the form of an actor.</summary>
    public const int MaxLength = 255;

    private const string Unnamed = "anonymous";

    /// <summary>A caller of a service without authentication, which may do everything.</summary>
    public static Identity Local { get; } = new(Unnamed, Access.Everything) { IsProven = false };

    /// <summary>A caller that has proven nothing.</summary>
    public static Identity Nobody { get; } = new(Unnamed, Access.None) { IsProven = false };

    /// <summary>Whether credentials prove the subject.</summary>
    public bool IsProven { get; private init; } = true;

    /// <summary>The end of the credentials.</summary>
    public DateTimeOffset Until { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Whether a text of a credential can be recorded as a subject.</summary>
    public static bool IsSubject(string text) => text.Length > 0 && !Texts.Flaws(text, TextForm.Line, MaxLength).Any();
}

/// <summary>The outcome of the verification of a credential: an identity, or what is wrong, with the remedy.</summary>
public readonly record struct Proof(Identity? Identity, string Flaw = "");
