using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A point in the history of an object: a version, or a time.</summary>
public abstract record PointInHistory
{
    private PointInHistory() { }

    /// <summary>A version, from 1.</summary>
    public sealed record AtVersion(int Version) : PointInHistory;

    /// <summary>The version that was current at a time.</summary>
    public sealed record AtTime(DateTimeOffset Time) : PointInHistory;

    /// <summary>The current version, of a live or deleted object.</summary>
    public sealed record Latest : PointInHistory;
}

/// <summary>A change of an object: the event, the object before and after it, and the names that its references had then.</summary>
/// <param name="Before">The view before the event; null for the first.</param>
/// <param name="Names">The names at the time of the event.</param>
public sealed record PastChange(StoredFact Fact, IView? Before, IView After, Names Names);

/// <summary>An object as it was at a point of its history, with the names that its references had then.</summary>
/// <param name="Time">The time asked for; of a version, the time at which it began.</param>
public sealed record PastView(IView View, Names Names, DateTimeOffset Time)
{
    /// <summary>The conditions of then, if they were read.</summary>
    public IReadOnlyList<FoundCondition> Conditions { get; init; } = [];
}

/// <summary>
/// Reads the past: the events of an object, folded to the point asked for. A page of history reads the events of its object up to its
/// newest entry, so its cost grows with the number of changes of that one object, never with the size of the registry.
/// </summary>
public sealed class History(NpgsqlDataSource source, TimeProvider clock, PageTokens tokens)
{
    /// <summary>A page of the changes of an object, the newest first.</summary>
    public async Task<(IReadOnlyList<PastChange> Changes, string NextPageToken)> Page(
        Target target, int pageSize, string pageToken, CancellationToken cancellation)
    {
        List<Violation> violations = [.. target.Violations];
        var size = PageSize.Read(pageSize, violations);
        var below = pageToken.Length == 0 ? new($"{target.Address}", long.MaxValue) : await tokens.Read<Place>(pageToken, cancellation);
        if (below is null || below.Target != $"{target.Address}") violations.Add(PageSize.InvalidToken);
        if (target.Address is not { } address || below is null || violations.Count > 0) throw new Refused(violations);

        var named = await Resolve(address, cancellation);
        var facts = await Facts(
            $"e.stream_id = {named.Id} and e.version < {below.Version} order by e.version", cancellation);
        var changes = new List<(StoredFact Fact, IView? Before, IView After)>();
        var before = (IView?)null;
        foreach (var fact in facts)
        {
            var after = fact.Next(before);
            if (facts.Count - fact.Version < size) changes.Add((fact, before, after));
            before = after;
        }

        changes.Reverse();
        var next = changes.Count > 0 && changes[^1].Fact.Version > 1
            ? await tokens.Write(new Place($"{address}", changes[^1].Fact.Version), cancellation)
            : "";
        return (await WithNames(changes, cancellation), next);
    }

    /// <summary>An object at a point of its history; rejected when it was not live at a time, or has no such version.</summary>
    public async Task<PastView> At(Target target, PointInHistory point, CancellationToken cancellation)
    {
        var view = await ViewAt(target, point, cancellation);
        // A version has the names of the time at which it began.
        var moment = point is PointInHistory.AtTime at ? at.Time : view.UpdateTime;
        var names = await NamesAt([.. view.Content.Uses.Select(use => (use.Target, moment))], cancellation);
        return new(view, new(names.Values), moment);
    }

    /// <summary>The same without the names of its references.</summary>
    internal async Task<IView> ViewAt(Target target, PointInHistory point, CancellationToken cancellation)
    {
        if (target.Address is not { } address || target.Violations.Count > 0) throw new Refused(target.Violations);
        if (point is PointInHistory.AtTime { Time: var asked } && asked > clock.GetUtcNow())
            throw new Refused(new Violation(Reason.FieldInvalid, "time", $"time {asked:O} is in the future: use a time up to now"));

        var named = await Resolve(address, cancellation);
        var facts = await Facts(
            point switch
            {
                PointInHistory.AtVersion(var version) => $"e.stream_id = {named.Id} and e.version <= {version} order by e.version",
                PointInHistory.AtTime(var time) => $"e.stream_id = {named.Id} and e.timestamp <= {time} order by e.version",
                _ => $"e.stream_id = {named.Id} order by e.version",
            }, cancellation);
        var view = facts.Aggregate((IView?)null, (before, fact) => fact.Next(before));
        var missing = (point, view) switch
        {
            (PointInHistory.AtVersion(var version), _) when view is null || view.Version != version =>
                $"{named} has no version {version}: its versions are 1 to {view?.Version ?? await Versions(named.Id, cancellation)}",
            (PointInHistory.AtTime(var time), null) => $"{named} did not exist at {time:O}: it was created later",
            (PointInHistory.AtTime(var time), { IsLive: false }) =>
                $"{named} did not exist at {time:O}: it was deleted at {view.DeleteTime:O}",
            _ => null,
        };
        return missing is null ? view! : throw new Refused(new Violation(Reason.NotFound, "", missing));
    }

    /// <summary>The changes of these events, in their order; each with the object before and after it.</summary>
    internal async Task<IReadOnlyList<PastChange>> Changes(IReadOnlyList<(Guid Id, int Version)> versions, CancellationToken cancellation)
    {
        if (versions.Count == 0) return [];
        var upTo = versions.GroupBy(one => one.Id).Select(same => (Id: same.Key, Version: same.Max(one => one.Version))).ToList();
        var facts = await Facts(
            $"""
            exists (
                select 1 from unnest({upTo.Select(one => one.Id).ToArray()}::uuid[], {upTo.Select(one => one.Version).ToArray()}::integer[])
                    as asked (id, version)
                where e.stream_id = asked.id and e.version <= asked.version)
            order by e.stream_id, e.version
            """, cancellation);
        var folded = new Dictionary<(Guid, int), (StoredFact Fact, IView? Before, IView After)>();
        foreach (var stream in facts.GroupBy(fact => fact.ObjectId))
        {
            var before = (IView?)null;
            foreach (var fact in stream)
            {
                var after = fact.Next(before);
                folded[(fact.ObjectId, (int)fact.Version)] = (fact, before, after);
                before = after;
            }
        }

        return await WithNames([.. versions.Select(one => folded[one])], cancellation);
    }

    private async Task<IReadOnlyList<PastChange>> WithNames(
        IReadOnlyList<(StoredFact Fact, IView? Before, IView After)> changes, CancellationToken cancellation)
    {
        static IEnumerable<Guid> References(IView? view) => view?.Content.Uses.Select(use => use.Target) ?? [];

        var names = await NamesAt(
            [.. changes.SelectMany(one => References(one.Before).Concat(References(one.After)).Select(id => (id, one.Fact.Time)))],
            cancellation);
        return
        [
            .. changes.Select(one => new PastChange(
                one.Fact, one.Before, one.After,
                new(References(one.Before).Concat(References(one.After)).Distinct()
                    .Select(id => names.GetValueOrDefault((id, one.Fact.Time))).OfType<Named>()))),
        ];
    }

    // The names that objects had at a time, each as it was called then; one created later has the name of its first version.
    private async Task<Dictionary<(Guid Id, DateTimeOffset Time), Named>> NamesAt(
        IReadOnlyCollection<(Guid Id, DateTimeOffset Time)> asked, CancellationToken cancellation)
    {
        var distinct = asked.Distinct().ToList();
        if (distinct.Count == 0) return [];
        Sql statement =
            $"""
            select r.id, v.kind, v.scope, v.name, r.time
            from unnest(
                {distinct.Select(one => one.Id).ToArray()}::uuid[],
                {distinct.Select(one => one.Time).ToArray()}::timestamptz[]) as r (id, time)
            cross join lateral (
                select v.kind, v.scope, v.name from {ObjectVersionsTable.Name} v where v.id = r.id
                order by v.valid_from <= r.time desc, case when v.valid_from <= r.time then v.version else -v.version end desc limit 1) v
            """;
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await Row.ReadAll(rows, row => (Named: Row.Named(row), Time: row.GetFieldValue<DateTimeOffset>(4)), cancellation);
        return found.ToDictionary(one => (one.Named.Id, one.Time), one => one.Named);
    }

    /// <summary>The object of an address, live or deleted; a live one comes before deleted ones of the same name.</summary>
    internal async Task<Named> Resolve(Address address, CancellationToken cancellation)
    {
        Sql statement =
            $"""
            select d.id, d.kind, d.scope, d.name, d.living from {DirectoryTable.Name} d where {AddressSql.Matches(address)}
            order by d.living desc, d.id desc limit 100
            """;
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await Row.ReadAll(rows, row => (Named: Row.Named(row), IsLive: row.GetBoolean(4)), cancellation);
        var matches = found.Any(one => one.IsLive) ? found.FindAll(one => one.IsLive) : found;
        return matches switch
        {
            [] => throw new Refused(new Facts { Subject = $"{address}" }.NotFound),
            [var one] => one.Named,
            _ => throw new Refused(new Violation(
                Reason.ReferenceAmbiguous, "target.name",
                $"{address} matches {matches.Count} objects: give the namespace or one of the ids {Ids(matches.Select(one => one.Named))}",
                matches[0].Named)),
        };
    }

    private static string Ids(IEnumerable<Named> matches) => string.Join(", ", matches.Take(3).Select(named => named.Id));

    private async Task<long> Versions(Guid id, CancellationToken cancellation)
    {
        Sql statement = $"select coalesce(max(e.version), 0) from {StoredFact.Table} e where e.stream_id = {id}";
        await using var command = statement.Command(source);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<List<StoredFact>> Facts(Sql condition, CancellationToken cancellation)
    {
        Sql statement = $"select {StoredFact.Columns} from {StoredFact.Table} e where {condition}";
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await Row.ReadAll(rows, StoredFact.Read, cancellation);
    }

    private sealed record Place(string Target, long Version);
}
