using System.Security.Cryptography;
using System.Text;
using VirtualServers.Domain;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Commands;

/// <summary>The options that every request with a command has.</summary>
public record CallOptions
{
    /// <summary>The violations that reading the request found, before anything is decided.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];

    /// <summary>The path of the object's fields in the request: <c>virtual_server.</c>; empty when they are the request's own.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The etag that must be current; empty for no precondition.</summary>
    public string Etag { get; init; } = "";

    /// <summary>The field of the request that holds the etag.</summary>
    public string EtagField { get; init; } = "etag";

    /// <summary>The reason for the change, for the history.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Makes the command safe to send again.</summary>
    public Guid? RequestId { get; init; }

    /// <summary>Distinguishes this request from others with the same request id.</summary>
    public byte[] Fingerprint { get; init; } = [];

    /// <summary>The same for a caller: an answer is repeated only to callers who may read what it shows.</summary>
    internal byte[] For(Caller caller) => caller.Reads.AreAll
        ? Fingerprint : SHA256.HashData([.. Fingerprint, .. Encoding.ASCII.GetBytes(caller.Reads.Identity)]);

    /// <summary>Whether the command is decided without storing anything.</summary>
    public bool ValidateOnly { get; init; }

    /// <summary>Whether the answer shows the effect of the command on conditions.</summary>
    public bool ShowsConditions { get; init; }
}

/// <summary>One command for one object.</summary>
/// <param name="Resource">The kind of the object.</param>
/// <param name="Address">The object; null when the request does not name one.</param>
public sealed record Call<T, TCommand>(Resource<T, TCommand> Resource, Address? Address, TCommand Command, CallOptions Options)
    where T : class, IRegistered;

/// <summary>The outcome of a command.</summary>
/// <param name="View">The object after the command; null when there is none.</param>
/// <param name="Happened">The event; null when the command changed nothing.</param>
/// <param name="Names">The names of the objects that it refers to or referred to.</param>
public sealed record Executed<T>(View<T>? View, Event<T>? Happened, Names Names) where T : class, IRegistered
{
    /// <summary>The object before the command; null when there was none.</summary>
    public View<T>? Before { get; init; }

    /// <summary>
    /// The object as it is stored after the command, whose version, etag and times the answer has. A command that is only validated stores
    /// nothing, so it is the object before; null when there is none.
    /// </summary>
    public required View<T>? Stored { get; init; }

    /// <summary>The effect on conditions, if the answer shows it.</summary>
    public ConditionEffect Conditions { get; init; } = ConditionEffect.None;
}
