using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Feed;

/// <summary>The changes that wait to be announced, for the operator. Only callers without a limit to tenants come here.</summary>
public sealed class ParkedLists(ParkedChanges parked, PageTokens pages)
{
    /// <summary>A page of them, and the token of the next; empty if it is the last.</summary>
    public async Task<(IReadOnlyList<(ParkedChange Change, DateTimeOffset Time)> Changes, string Next)> Page(
        int pageSize, string pageToken, CancellationToken cancellation)
    {
        var violations = new List<Violation>();
        var size = PageSize.Read(pageSize, violations);
        var place = await pages.Read<Place>(pageToken, Tenants.All, _ => true, violations, cancellation);
        if (violations.Count > 0) throw new Refused(violations);
        var found = await parked.After(place?.ParkedAfter ?? 0, size + 1, cancellation);
        return found.Count <= size
            ? (found, "")
            : ([.. found.Take(size)], await pages.Write(new Place(found[size - 1].Change.Sequence), Tenants.All, cancellation));
    }

    /// <summary>Lets the oldest parked change of an object be announced at the next attempt.</summary>
    public async Task Retry(string objectId, CancellationToken cancellation)
    {
        var target = Requests.Id(objectId, "object", "object_id");
        if (target.Address is not Address.ById(var id, _)) throw new Refused(target.Violations);
        if (!await parked.Want(id, cancellation))
        {
            throw new Refused(new Violation(
                Reason.NotFound, "object_id", $"no change of the object {id} is parked: list the parked changes"));
        }
    }

    /// <summary>Gives up the announcement of a change.</summary>
    public async Task<(ParkedChange Change, DateTimeOffset Time)> Skip(long sequence, CancellationToken cancellation)
    {
        if (sequence <= 0)
            throw new Refused(new Violation(Reason.FieldInvalid, "sequence", $"sequence {sequence} is out of range: use 1 or more"));
        return await parked.Skip(sequence, cancellation) ?? throw new Refused(new Violation(
            Reason.NotFound, "sequence",
            $"sequence {sequence} is not parked, or not the oldest parked change of its object: list the parked changes"));
    }

    private sealed record Place(long ParkedAfter);
}
