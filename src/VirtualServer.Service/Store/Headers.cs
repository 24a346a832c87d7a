namespace VirtualServers.Service.Store;

/// <summary>Headers of an event. Actor, correlation id and causation id have columns of Marten.</summary>
public static class Headers
{
    /// <summary>The reason that the caller gave.</summary>
    public const string Reason = "reason";

    /// <summary>The subject of the credentials, when it spoke for the actor.</summary>
    public const string AuthenticatedAs = "authenticated_as";

    /// <summary>The epoch in which it was stored, if that was not the first.</summary>
    public const string Epoch = "epoch";

    /// <summary>The epoch that an event says; null for the first.</summary>
    public static Guid? EpochOf(string? header) => string.IsNullOrEmpty(header) ? null : Guid.Parse(header);
}
