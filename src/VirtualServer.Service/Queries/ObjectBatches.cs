using VirtualServers.Domain;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Queries;

/// <summary>The request for many objects.</summary>
/// <param name="Kinds">The kinds that they may be of.</param>
public sealed record BatchQuery(IReadOnlyList<Kind> Kinds, IReadOnlyList<Target> Targets)
{
    /// <summary>The past time that the answer shows; null for now.</summary>
    public DateTimeOffset? ReadTime { get; init; }

    public ReadParts Parts { get; init; } = ReadParts.All;

    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}

/// <summary>Many objects in the order of the request, and the targets that no object or several objects match.</summary>
public sealed record BatchRead<T>(IReadOnlyList<Loaded<T>> Objects, IReadOnlyList<(int Index, Violation Cause)> Missing)
    where T : class, IRegistered;

/// <summary>Reads many objects at once, all from one snapshot, now or as of a past time.</summary>
public sealed class ObjectBatches(Lookups lookups, PastObjects past, ExpirationWarning warning, TimeProvider clock)
{
    /// <summary>The live objects that the request names.</summary>
    public async Task<BatchRead<T>> Read<T>(BatchQuery query, CancellationToken cancellation) where T : class, IRegistered
    {
        List<Violation> violations = [.. query.Malformed, .. ReadTime.Violations(query.ReadTime, clock)];
        if (violations.Count > 0) throw new Refused(violations);
        Address[] addresses = [.. query.Targets.Select(target => target.Address!)];
        var found = query.ReadTime is { } time
            ? await past.Read<T>(addresses, query.Kinds, time, query.Parts, cancellation)
            : await Current<T>(addresses, query.Parts, cancellation);

        var missing = new List<(int, Violation)>();
        var objects = new List<Loaded<T>>();
        foreach (var (index, matches) in found.Index())
        {
            Loaded<T>[] live = [.. matches.Where(one => one.View is { IsLive: true })];
            if (live is [var one]) objects.Add(one);
            else missing.Add((index, live.Length == 0 ? NotFound(addresses[index]) : PastObjects.Ambiguous(addresses[index])));
        }

        return new(objects, missing);
    }

    private async Task<IReadOnlyList<IReadOnlyList<Loaded<T>>>> Current<T>(
        Address[] addresses, ReadParts parts, CancellationToken cancellation)
        where T : class, IRegistered
    {
        var batch = new LookupBatch();
        var found = addresses.Select(address => ObjectLookups<T>.Ask(batch, address, parts, warning.Times)).ToList();
        await lookups.Answer(batch, cancellation);
        return found;
    }

    private static Violation NotFound(Address address) => new Facts { Subject = $"{address}" }.NotFound;
}
