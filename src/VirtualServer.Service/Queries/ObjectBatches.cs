using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

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
public sealed class ObjectBatches(Lookups lookups, PlannedReads reads, ExpirationWarning warning, TimeProvider clock)
{
    /// <summary>The live objects that the request names.</summary>
    public async Task<BatchRead<T>> Read<T>(BatchQuery query, CancellationToken cancellation) where T : class, IRegistered
    {
        List<Violation> violations = [.. query.Malformed, .. ReadTime.Violations(query.ReadTime, clock)];
        if (violations.Count > 0) throw new Refused(violations);
        Address[] addresses = [.. query.Targets.Select(target => target.Address!)];
        var found = query.ReadTime is { } time
            ? await Past<T>(addresses, query, Moment.Of(time), cancellation)
            : await Current<T>(addresses, query.Parts, cancellation);

        var missing = new List<(int, Violation)>();
        var objects = new List<Loaded<T>>();
        foreach (var (index, matches) in found.Index())
        {
            Loaded<T>[] live = [.. matches.Where(one => one.View is { IsLive: true })];
            if (live is [var one]) objects.Add(one);
            else missing.Add((index, live.Length == 0 ? NotFound(addresses[index]) : Ambiguous(addresses[index])));
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

    private async Task<IReadOnlyList<IReadOnlyList<Loaded<T>>>> Past<T>(
        Address[] addresses, BatchQuery query, Moment at, CancellationToken cancellation)
        where T : class, IRegistered
    {
        var found = addresses.Select(_ => new List<Loaded<T>>()).ToList();
        await using var command = Statement<T>(addresses, query, at).Command(reads.Source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) found[(int)rows.GetInt64(rows.FieldCount - 1) - 1].Add(Loaded<T>.ReadAsOf(rows));
        return found;
    }

    private Sql Statement<T>(Address[] addresses, BatchQuery query, Moment at)
    {
        var (versions, names) = (ObjectVersionsTable.Name, addresses.Select(address => address as Address.ByName).ToList());
        Sql holds = $"v.kind = any({query.Kinds.Select(kind => kind.Stored()).ToArray()}) and v.live and {at.Holds("v")}";
        return
            $"""
            with page as materialized (
                select a.n, v.* from unnest(
                    {addresses.Select(address => (address as Address.ById)?.Id).ToArray()}::uuid[],
                    {names.Select(name => name?.Kind.Stored()).ToArray()}::text[], {names.Select(name => name?.Name).ToArray()}::text[],
                    {names.Select(name => name?.Scope).ToArray()}::text[]) with ordinality a (id, kind, name, scope, n)
                cross join lateral (
                    select * from {versions} v where v.id = a.id and {holds}
                    union all
                    select * from {versions} v where v.kind = a.kind and v.name = a.name collate "C"
                        and (a.scope is null or v.scope = a.scope) and {holds}) v)
            {PageSql.Content<T>(at, query.Parts, warning.Window)}, d.n
            from page d {PageSql.Joins<T>(at, query.Parts, warning.Window)}
            """;
    }

    private static Violation NotFound(Address address) => new Facts { Subject = $"{address}" }.NotFound;

    private static Violation Ambiguous(Address address) =>
        new(Reason.ReferenceAmbiguous, "name", $"{address} matches several objects: give the namespace or the id");
}
