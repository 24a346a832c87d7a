using VirtualServers.Service.Feed;
using VirtualServers.Service.Security;

namespace VirtualServers.Service.Messaging;

/// <summary>What a message says of its change outside the body.</summary>
public static class MessageHeaders
{
    /// <summary>The routing key of a change.</summary>
    public static string RoutingKey(FeedChange change) => change.Type;

    /// <summary>The headers of a change.</summary>
    public static IEnumerable<(string Name, string Value)> Of(FeedChange change)
    {
        yield return (Caller.CorrelationHeader, change.Whole.CorrelationId);
    }
}
