using VirtualServers.Domain;

namespace VirtualServers.Service.Queries;

/// <summary>How a call identifies its object.</summary>
public abstract record Address
{
    private Address() { }

    /// <summary>The object of this id; no object yet, for a create with an id of the caller's choice.</summary>
    public sealed record ById(Guid Id, string What) : Address
    {
        public override string ToString() => $"{What} {Id}";
    }

    /// <summary>
    /// The object of this kind and name, in any scope if none is given. With <see cref="OnlyLive"/> false, a deleted object is found as
    /// well.
    /// </summary>
    public sealed record ByName(Kind Kind, string Name, string? Scope, bool OnlyLive = true) : Address
    {
        public override string ToString() => $"{Kind.Words} {Name.InQuotes}";
    }

    /// <summary>An object that does not exist yet, and whose id the registry assigns.</summary>
    public sealed record ToBe(string What) : Address
    {
        public override string ToString() => What;
    }
}

/// <summary>The object of a request, or the reasons why the request does not name one.</summary>
public readonly record struct Target(Address? Address, params IReadOnlyList<Violation> Violations)
{
    public static implicit operator Target(Address address) => new(address, []);

    public static implicit operator Target(Violation violation) => new(null, [violation]);
}
