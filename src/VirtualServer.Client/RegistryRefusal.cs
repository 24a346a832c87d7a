using Grpc.Core;
using VirtualServers.V1;

namespace VirtualServers.Client;

/// <summary>A call that the registry has refused, with every reason it gives. Programs decide by these, never by the message.</summary>
public sealed record RegistryRefusal
{
    /// <summary>The status code.</summary>
    public required StatusCode Code { get; init; }

    /// <summary>The violations in words, for people and logs.</summary>
    public required string Message { get; init; }

    /// <summary>The reason of the first violation; <see cref="ErrorReason.Unspecified"/> if it is newer than this package.</summary>
    public required ErrorReason Reason { get; init; }

    /// <summary>The same as the service spells it: <c>NAME_TAKEN</c>.</summary>
    public required string ReasonName { get; init; }

    /// <summary>The path of the field of the first violation, such as <c>virtual_server.port</c>; empty if it concerns none.</summary>
    public required string Field { get; init; }

    /// <summary>One entry for each violation of a field, from <c>google.rpc.BadRequest</c>.</summary>
    public required IReadOnlyList<FieldViolation> FieldViolations { get; init; }

    /// <summary>
    /// The violated preconditions, such as the references to an object in use, from <c>google.rpc.PreconditionFailure</c>.
    /// </summary>
    public required IReadOnlyList<PreconditionViolation> PreconditionViolations { get; init; }

    /// <summary>
    /// The object that conflicts, from <c>google.rpc.ResourceInfo</c>; null if there is none or the caller may not see it.
    /// </summary>
    public required ConflictingObject? Conflict { get; init; }

    /// <summary>The time after which the same request may succeed, from <c>google.rpc.RetryInfo</c>; null if it will not.</summary>
    public required TimeSpan? RetryDelay { get; init; }

    /// <summary>The correlation id of the call, under which the log of the service has it; null if the response has none.</summary>
    public required string? CorrelationId { get; init; }
}

/// <summary>A field of the request, and the rule that it violates.</summary>
/// <param name="Field">The path of the field: <c>virtual_server.certificate_profiles[3].id</c>.</param>
/// <param name="Reason">The reason; <see cref="ErrorReason.Unspecified"/> if it is newer than this package.</param>
/// <param name="ReasonName">The reason as the service spells it.</param>
/// <param name="Message">The violation in words.</param>
public sealed record FieldViolation(string Field, ErrorReason Reason, string ReasonName, string Message);

/// <summary>A state of the registry that the command does not allow.</summary>
/// <param name="Reason">The reason; <see cref="ErrorReason.Unspecified"/> if it is newer than this package.</param>
/// <param name="ReasonName">The reason as the service spells it.</param>
/// <param name="Subject">The id of the object in this state, or the path of a field.</param>
/// <param name="Message">The violation in words; empty if the violation of the field has the same.</param>
public sealed record PreconditionViolation(ErrorReason Reason, string ReasonName, string Subject, string Message);

/// <summary>An object that conflicts with a command.</summary>
/// <param name="Kind">The kind in words: <c>virtual server</c>.</param>
/// <param name="Id">The id.</param>
/// <param name="Name">The name.</param>
public sealed record ConflictingObject(string Kind, string Id, string Name);
