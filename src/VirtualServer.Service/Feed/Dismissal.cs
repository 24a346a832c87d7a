using VirtualServers.Domain;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Feed;

/// <summary>What a call is told whose reader the tail has dismissed.</summary>
public static class Dismissal
{
    /// <summary>The refusal of a call that read changes; null if the tail has not dismissed its reader.</summary>
    public static Refused? Of(Exception exception) => exception switch
    {
        EpochEnded => new(new Violation(
            Reason.TokenExpired, "", "the database was restored while changes were read: start again, a watch with a snapshot")),
        StartupException => new(new Violation(
            Reason.Stopping, "",
            "this node is older than a change of another one: call again at another node, a watch with its last token")),
        _ => null,
    };
}
