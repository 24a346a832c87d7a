namespace VirtualServers.Domain;

/// <summary>
/// The reason of a rejection, for programs. Each has a row in the service's table of statuses and an example in the contract.
/// </summary>
public enum Reason
{
    /// <summary>A required field has no value.</summary>
    FieldRequired = 1,

    /// <summary>A field's value is malformed, out of range or too long.</summary>
    FieldInvalid,

    /// <summary>An update mask names a field that does not exist.</summary>
    FieldUnknown,

    /// <summary>A reference matches no live object of its kind.</summary>
    ReferenceNotFound,

    /// <summary>The name of a request's object matches more than one object.</summary>
    ReferenceAmbiguous,

    /// <summary>A reference gives an id and a name or namespace that the object never had.</summary>
    ReferenceMismatch,

    /// <summary>Another live object of the kind has the name.</summary>
    NameTaken,

    /// <summary>Another live virtual server has the VIP, port and protocol.</summary>
    ListenerTaken,

    /// <summary>The id belongs to another object, or to the same object with different content.</summary>
    IdTaken,

    /// <summary>The object does not exist or is deleted.</summary>
    NotFound,

    /// <summary>The object is referenced by others.</summary>
    InUse,

    /// <summary>The etag is stale.</summary>
    EtagMismatch,

    /// <summary>The request id was used by a different request.</summary>
    RequestIdReused,

    /// <summary>The object was modified concurrently too often; nothing was stored.</summary>
    Contended,

    /// <summary>The database is unavailable.</summary>
    StoreUnavailable,

    /// <summary>The service failed unexpectedly.</summary>
    Internal,

    /// <summary>Another member of the pool has the address and port.</summary>
    MemberTaken,

    /// <summary>The service has no such method, or cannot decompress the request.</summary>
    Unimplemented,

    /// <summary>A message of the request exceeds the limit.</summary>
    RequestTooLarge,

    /// <summary>The call has no credentials, or credentials that do not prove who the caller is.</summary>
    Unauthenticated,

    /// <summary>The caller lacks a permission.</summary>
    PermissionDenied,

    /// <summary>The caller, or all callers together, have as many calls in progress as the service admits.</summary>
    TooManyCalls,

    /// <summary>The caller, or all callers together, send more calls in a second than the service admits.</summary>
    RateLimited,

    /// <summary>The token is of another epoch of the registry, or ahead of it.</summary>
    TokenExpired,

    /// <summary>The caller of a stream reads more slowly than it is sent to.</summary>
    WatchTooSlow,

    /// <summary>The service stops.</summary>
    Stopping,

    /// <summary>The message broker is unavailable, or refuses a message.</summary>
    BrokerUnavailable,
}

/// <summary>One violation of a rule by a command. A rejection reports all violations at once.</summary>
/// <param name="Reason">The reason, for programs.</param>
/// <param name="Field">The field, as named in the contract; empty when no field is concerned.</param>
/// <param name="Message">Cause and remedy, for people.</param>
/// <param name="Clashing">The conflicting object, if any.</param>
public sealed record Violation(Reason Reason, string Field, string Message, Named? Clashing = null)
{
    /// <summary>The violation of a number that no value of an enum has.</summary>
    /// <param name="field">The field.</param>
    /// <param name="number">The number.</param>
    /// <param name="least">The least number that the field accepts: 0 if it may be unspecified.</param>
    public static Violation Undefined<T>(string field, int number, int least = 1) where T : struct, Enum => new(
        Reason.FieldInvalid, field,
        $"{field} {(number == 0 ? "is not set" : $"{number} is not defined")}: "
        + $"use a value from {least} to {Enum.GetValues<T>().Max():D}, as named in the contract");
}
