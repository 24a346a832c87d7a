namespace VirtualServers.Domain;

/// <summary>Why a call was refused, for programs. Each has a row in the service's table of statuses and an example in the contract.</summary>
public enum Reason
{
    /// <summary>A required field has no value.</summary>
    FieldRequired = 1,

    /// <summary>A field's value is malformed, out of range or too long.</summary>
    FieldInvalid,

    /// <summary>An update mask names a field that does not exist.</summary>
    FieldUnknown,

    /// <summary>A reference matches no living object of its kind.</summary>
    ReferenceNotFound,

    /// <summary>A reference by name matches more than one object.</summary>
    ReferenceAmbiguous,

    /// <summary>A reference gives an id and a name that belong to different objects.</summary>
    ReferenceMismatch,

    /// <summary>Another living object of the kind has the name.</summary>
    NameTaken,

    /// <summary>Another living virtual server has the VIP, port and protocol.</summary>
    ListenerTaken,

    /// <summary>The id belongs to something else.</summary>
    IdTaken,

    /// <summary>There is no such object, or it is deleted.</summary>
    NotFound,

    /// <summary>The object is still referred to.</summary>
    InUse,

    /// <summary>The object has changed since the etag was read.</summary>
    EtagMismatch,

    /// <summary>The request id was used before, for another request.</summary>
    RequestIdReused,

    /// <summary>Too many commands raced for the same object; nothing was stored.</summary>
    Contended,

    /// <summary>The database cannot be reached.</summary>
    StoreUnavailable,

    /// <summary>The service failed in a way it did not foresee.</summary>
    Internal,

    /// <summary>Another member of the pool has the address and port.</summary>
    MemberTaken,
}

/// <summary>One thing that is wrong with a command. A command learns all of them at once.</summary>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Field">The field concerned, as the contract spells it; empty when it is no field.</param>
/// <param name="Message">What is wrong and what would be right, for people.</param>
/// <param name="Clashing">The object in the way, if there is one.</param>
public sealed record Violation(Reason Reason, string Field, string Message, Named? Clashing = null);
