using VirtualServers.Domain;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>Which object a call is about.</summary>
public abstract record Address
{
    private Address() { }

    /// <summary>Whatever has this id; nothing yet, for a create that chose its id.</summary>
    public sealed record ById(Guid Id, string What) : Address
    {
        public override string ToString() => $"{What} {Id}";
    }

    /// <summary>The object of this kind and name; without a scope, in any. Unless it must live, a deleted one is meant, and the living one when none is deleted.</summary>
    public sealed record ByName(Kind Kind, string Name, string? Scope, bool Live = true) : Address
    {
        public override string ToString() => $"{Kind.Words} {Name.InQuotes}";
    }

    /// <summary>An object that does not exist yet and whose id the registry assigns.</summary>
    public sealed record ToBe(string What) : Address
    {
        public override string ToString() => What;
    }
}

/// <summary>What a command led to.</summary>
/// <param name="Object">The object as it is now; null when there is none.</param>
/// <param name="Happened">The event, if there was need of one.</param>
/// <param name="Names">What the objects are called that it refers to, and referred to.</param>
public sealed record Done<TWire, TEvent>(TWire? Object, TEvent? Happened, Names Names) where TWire : class where TEvent : class;

/// <summary>One command for one object, with all that came along.</summary>
public sealed record Call<TCommand>(TCommand Command)
{
    /// <summary>Whom it is for; null when the request does not say so in a way that can be read.</summary>
    public Address? Address { get; init; }

    /// <summary>What reading the request found wrong before anything was decided.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];

    /// <summary>Where the object's fields stand in the request, as a prefix of their paths.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The etag that must hold; empty when it does not matter.</summary>
    public string Etag { get; init; } = "";

    /// <summary>Why, for the history.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Makes the command safe to send again.</summary>
    public Guid? RequestId { get; init; }

    /// <summary>What tells this request from another with the same request id.</summary>
    public byte[] Fingerprint { get; init; } = [];

    /// <summary>Decide, and store nothing.</summary>
    public bool ValidateOnly { get; init; }
}
