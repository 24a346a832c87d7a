namespace VirtualServers.Service.Store;

/// <summary>What an event carries besides itself, its actor, correlation and causation, for which Marten has columns.</summary>
public static class Headers
{
    /// <summary>Why, as the caller gave it.</summary>
    public const string Reason = "reason";
}
