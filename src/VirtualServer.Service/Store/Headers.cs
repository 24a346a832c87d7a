namespace VirtualServers.Service.Store;

/// <summary>Headers of an event. Actor, correlation id and causation id have columns of Marten.</summary>
public static class Headers
{
    /// <summary>The reason that the caller gave.</summary>
    public const string Reason = "reason";
}
