using VirtualServers.Domain;

namespace VirtualServers.Service.Queries;

/// <summary>The rule for a past time, the same for every read.</summary>
internal static class ReadTime
{
    /// <summary>The violation of a time that is not past.</summary>
    /// <param name="field">The field of the request that has the time.</param>
    public static IEnumerable<Violation> Violations(DateTimeOffset? asked, TimeProvider clock, string field = "read_time")
    {
        if (asked > clock.GetUtcNow())
            yield return new(Reason.FieldInvalid, field, $"{field} is in the future: use a time up to now");
    }
}
