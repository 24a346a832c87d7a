using VirtualServers.Domain;

namespace VirtualServers.Service.Queries;

/// <summary>The rule for the past time that a read shows, the same for every read.</summary>
internal static class ReadTime
{
    /// <summary>The violation of a time that is not past.</summary>
    public static IEnumerable<Violation> Violations(DateTimeOffset? asked, TimeProvider clock)
    {
        if (asked > clock.GetUtcNow())
        {
            yield return new(
                Reason.FieldInvalid, "read_time", "read_time is in the future: use a past time, or omit it for the current state");
        }
    }
}
