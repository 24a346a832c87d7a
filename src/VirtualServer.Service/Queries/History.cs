using Google.Protobuf;
using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>
/// Reads the past: the events of an object, folded to the point asked for. A page of history reads the events of its object up to its
/// newest entry, so its cost grows with the number of changes of that one object, never with the size of the registry.
/// </summary>
public sealed class History(NpgsqlDataSource source, TimeProvider clock, PageTokens tokens, Namesakes namesakes)
{
    /// <summary>A page of the changes of an object, the newest first.</summary>
    /// <param name="message">The message of a change, whose size counts.</param>
    public async Task<Page<TMessage>> Page<TMessage>(
        Target target, int pageSize, string pageToken, Tenants readable, Func<PastChange, TMessage> message,
        CancellationToken cancellation)
        where TMessage : IMessage
    {
        List<Violation> violations = [.. target.Violations];
        var size = PageSize.Read(pageSize, violations);
        var end = await tokens.Read<PageEnd>(pageToken, readable, _ => true, violations, cancellation);
        if (target.Address is not { } address || violations.Count > 0) throw new Refused(violations);

        var named = await Resolve(address, readable, cancellation);
        // A page token is bound to the id: the next page is of the same object, however it is named.
        if (end is not null && end.HistoryOf != named.Id) throw new Refused(PageSize.InvalidToken);
        var below = end?.Version ?? long.MaxValue;
        var states = Readable(await States($"e.stream_id = {named.Id} and e.version < {below} order by e.version", cancellation), readable);
        var content = new PageContent<TMessage>(size);
        var last = 0L;
        foreach (var change in await Differences([.. states.AsEnumerable().Reverse().Take(size)], readable, cancellation))
        {
            if (!content.TryAdd(message(change))) break;
            last = change.Version;
        }

        return new(content.Messages, last > 1 ? await tokens.Write(new PageEnd(named.Id, last), readable, cancellation) : "");
    }

    /// <summary>An object at each of the points; rejected when it was not live at a time, or has no such version.</summary>
    public async Task<IReadOnlyList<PastView>> At(PastQuery query, Tenants readable, CancellationToken cancellation)
    {
        var views = await ViewsAt(query, readable, cancellation);
        // A version has the names of the time at which it began.
        List<(IView View, DateTimeOffset Time)> moments =
            [.. views.Zip(query.Points, (view, point) => (view, point is PointInHistory.AtTime at ? at.Time : view.UpdateTime))];
        var names = await NamesAt(
            [.. moments.SelectMany(one => References(one.View).Select(id => (id, one.Time)))], readable, cancellation);
        return [.. moments.Select(one => new PastView(one.View, NamesOf(References(one.View), one.Time, names), one.Time))];
    }

    /// <summary>The same without the names of its references.</summary>
    internal async Task<IReadOnlyList<IView>> ViewsAt(PastQuery query, Tenants readable, CancellationToken cancellation)
    {
        List<Violation> violations =
        [
            .. query.Malformed,
            .. query.Points.OfType<PointInHistory.AtTime>().SelectMany(at => ReadTime.Violations(at.Time, clock, at.Field)),
        ];
        if (query.Address is not { } address || violations.Count > 0) throw new Refused(violations);

        var named = await Resolve(address, readable, cancellation);
        var upTo = query.Points.Select(point => Sql.Of(point switch
        {
            PointInHistory.AtVersion(var version) => $"e.version <= {version}",
            PointInHistory.AtTime(var time, _) => $"e.timestamp <= {time}",
            _ => $"true",
        }));
        var states = await States($"e.stream_id = {named.Id} and ({Sql.Join(" or ", upTo)}) order by e.version", cancellation);
        List<IView> views = [];
        foreach (var point in query.Points)
        {
            var view = (point switch
            {
                PointInHistory.AtVersion(var version) => states.FindLast(state => state.Fact.Version <= version),
                PointInHistory.AtTime(var time, _) => states.FindLast(state => state.Fact.Time <= time),
                _ => states[^1],
            })?.After;
            if (view is not null && !readable.CanRead(view.Tenant)) view = null;
            if (await Missing(named, point, view, readable, cancellation) is { } missing) violations.Add(new(Reason.NotFound, "", missing));
            else views.Add(view!);
        }

        return violations.Count > 0 ? throw new Refused(violations) : views;
    }

    /// <summary>The changes with the objects before and after them.</summary>
    internal async Task<IReadOnlyList<PastChange>> WithDifferences(
        IReadOnlyList<PastChange> changes, Tenants readable, CancellationToken cancellation)
    {
        if (changes.Count == 0) return [];
        var upTo = changes.GroupBy(one => one.Object.Id).Select(same => (Id: same.Key, Version: same.Max(one => one.Version))).ToList();
        var states = Readable(await Read(
            $"""
            select {StoredFact.Columns}
            from unnest({upTo.Select(one => one.Id).ToArray()}::uuid[], {upTo.Select(one => one.Version).ToArray()}::integer[])
                as asked (id, version)
            join {StoredFact.Table} e on e.stream_id = asked.id and e.version <= asked.version
            order by e.stream_id, e.version
            """, cancellation), readable).ToDictionary(state => (state.Fact.ObjectId, (int)state.Fact.Version));
        return await Differences([.. changes.Select(one => states[(one.Object.Id, one.Version)])], readable, cancellation);
    }

    private async Task<IReadOnlyList<PastChange>> Differences(
        IReadOnlyList<State> states, Tenants readable, CancellationToken cancellation)
    {
        var names = await NamesAt(
            [.. states.SelectMany(one => References(one.Before, one.After).Select(id => (id, one.Fact.Time)))], readable, cancellation);
        return
        [
            .. states.Select(one => PastChange.Of(one.Fact, one.After) with
            {
                Difference = new(one.Before, one.After, NamesOf(References(one.Before, one.After), one.Fact.Time, names)),
            }),
        ];
    }

    private static IEnumerable<Guid> References(params IView?[] views) =>
        views.OfType<IView>().SelectMany(view => view.Content.Uses.Select(use => use.Target)).Distinct();

    private static Names NamesOf(
        IEnumerable<Guid> ids, DateTimeOffset time, Dictionary<(Guid Id, DateTimeOffset Time), Named> names) =>
        new(ids.Select(id => names.GetValueOrDefault((id, time))).OfType<Named>());

    // The names that objects had at a time, each as it was called then; one created later has the name of its first version.
    private async Task<Dictionary<(Guid Id, DateTimeOffset Time), Named>> NamesAt(
        IReadOnlyCollection<(Guid Id, DateTimeOffset Time)> asked, Tenants readable, CancellationToken cancellation)
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
        await using var command = statement.Within(readable).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await Row.ReadAll(rows, row => (Named: Row.Named(row), Time: row.GetFieldValue<DateTimeOffset>(4)), cancellation);
        return found.ToDictionary(one => (one.Named.Id, one.Time), one => one.Named);
    }

    // The object of an address, live or deleted; a live one comes before deleted ones of the same name.
    private async Task<Named> Resolve(Address address, Tenants readable, CancellationToken cancellation)
    {
        Sql statement =
            $"""
            select d.id, d.kind, d.scope, d.name, d.living from {DirectoryTable.Name} d where {AddressSql.Matches(address)}
            order by d.living desc limit 2
            """;
        await using var command = statement.Within(readable).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await Row.ReadAll(rows, row => (Named: Row.Named(row), IsLive: row.GetBoolean(4)), cancellation);
        return found switch
        {
            [] => throw new Refused(new Facts { Subject = $"{address}" }.NotFound),
            [var one, var other] when one.IsLive == other.IsLive =>
                throw await namesakes.Refusal(address, one.Named, readable, cancellation, "target.name"),
            _ => found[0].Named,
        };
    }

    // Why the object has no such state; null when it has one.
    private async Task<string?> Missing(
        Named named, PointInHistory point, IView? view, Tenants readable, CancellationToken cancellation) =>
        (point, view) switch
        {
            (PointInHistory.AtVersion(var version), _) when view is null || view.Version != version =>
                $"{named} has no version {version}: its versions are 1 to {await Versions(named.Id, cancellation)}",
            (PointInHistory.AtTime(var time, _), null) when readable.AreAll =>
                $"{named} did not exist at {time.InUtc}: it was created later",
            (PointInHistory.AtTime(var time, _), null) => $"{named} did not exist at {time.InUtc}",
            (PointInHistory.AtTime(var time, _), { DeleteTime: { } deleted }) =>
                $"{named} did not exist at {time.InUtc}: it was deleted at {deleted.InUtc}",
            (_, null) => $"{named} does not exist",
            _ => null,
        };

    private async Task<long> Versions(Guid id, CancellationToken cancellation)
    {
        Sql statement = $"select coalesce(max(e.version), 0) from {StoredFact.Table} e where e.stream_id = {id}";
        await using var command = statement.Command(source);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private Task<List<State>> States(Sql condition, CancellationToken cancellation) =>
        Read($"select {StoredFact.Columns} from {StoredFact.Table} e where {condition}", cancellation);

    // The events of each object, from its first in order, with the views before and after them.
    private async Task<List<State>> Read(Sql statement, CancellationToken cancellation)
    {
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var states = new List<State>();
        while (await rows.ReadAsync(cancellation))
        {
            var fact = StoredFact.Read(rows);
            var before = states.LastOrDefault()?.After is { } view && view.Id == fact.ObjectId ? view : null;
            states.Add(new(fact, before, fact.Next(before)));
        }

        return states;
    }

    // The states that the caller may read, each without a state before it that the caller may not read.
    private static List<State> Readable(IEnumerable<State> states, Tenants readable) =>
    [
        .. states.Where(state => readable.CanRead(state.After.Tenant)).Select(state =>
            state.Before is { } before && !readable.CanRead(before.Tenant) ? state with { Before = null } : state),
    ];

    private sealed record State(StoredFact Fact, IView? Before, IView After);

    private sealed record PageEnd(Guid HistoryOf, long Version);
}
