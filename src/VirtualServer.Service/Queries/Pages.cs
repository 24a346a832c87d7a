using Google.Protobuf;
using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A page of a list, in the messages of the answer.</summary>
/// <param name="NextPageToken">The token of the next page; empty on the last.</param>
public sealed record Page<TMessage>(IReadOnlyList<TMessage> Objects, string NextPageToken) where TMessage : IMessage;

/// <summary>The request for a list.</summary>
public sealed record ListQuery(Kind Kind, int PageSize, string PageToken)
{
    public bool ShowDeleted { get; init; }

    public ConditionFilter Conditions { get; init; } = ConditionFilter.None;

    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}

/// <summary>
/// Lists objects by name in pages. A page begins behind the last name and id of the previous one, so that pages neither skip nor repeat
/// objects while others write.
/// </summary>
public sealed class Pages(NpgsqlDataSource source, ExpirationWarning warning)
{
    // Clients accept messages of up to 4 MB unless configured otherwise. A page ends with the object that exceeds this size, and an object
    // has less than 1 MB.
    private const int MaxBytes = 2_000_000;

    /// <summary>One page of the objects of a kind.</summary>
    /// <param name="message">The message of an object, whose size counts.</param>
    public async Task<Page<TMessage>> Read<T, TMessage>(ListQuery query, Func<Loaded<T>, TMessage> message, CancellationToken cancellation)
        where T : class, IRegistered
        where TMessage : IMessage
    {
        List<Violation> violations = [.. query.Malformed];
        var size = PageSize.Read(query.PageSize, violations);
        var with = await Find(query.Conditions.With, violations, cancellation);
        var first = new Place(query.Kind, query.ShowDeleted, $"{query.Conditions}/{with}", "", Guid.Empty);
        var after = query.PageToken.Length == 0 ? first : PageToken.Read<Place>(query.PageToken);
        if (after is null || after with { Name = "", Id = Guid.Empty } != first) violations.Add(PageSize.InvalidToken);
        if (after is null || violations.Count > 0) throw new Refused(violations);

        await using var command = PageSql.Page<T>(query, with, (after.Name, after.Id), size + 1, warning.Window).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var (found, bytes, last) = (new List<TMessage>(), 0, first);
        while (await rows.ReadAsync(cancellation))
        {
            if (found.Count == size || bytes > MaxBytes) return new(found, PageToken.Write(last));
            var loaded = Loaded<T>.Read(rows);
            found.Add(message(loaded));
            bytes += found[^1].CalculateSize();
            last = first with { Name = loaded.Named.Name, Id = loaded.Named.Id };
        }

        return new(found, "");
    }

    // A page token is bound to the id: the next page is of the same object, also after a rename.
    private async Task<Guid?> Find(ConcernedObject? with, List<Violation> violations, CancellationToken cancellation)
    {
        if (with is null) return null;
        await using var command = PageSql.Concerned(with).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (await rows.ReadAsync(cancellation)) return rows.GetGuid(0);
        violations.Add(with.NotFound);
        return null;
    }

    private sealed record Place(Kind Kind, bool WithDeleted, string Filter, string Name, Guid Id);
}

/// <summary>The statements of pages.</summary>
internal static class PageSql
{
    // Up to MaxSorted objects with a condition are found and sorted faster than they are encountered in the order of names. When more than
    // MinNear objects have it, the next names may fill a page: examining them costs less than counting further.
    private const int MinNear = 500;
    private const int MaxSorted = 10_000;
    private const int NextNames = 2_000;

    private static readonly Sql ByName = Sql.Text("""d.name collate "C", d.id""");

    /// <summary>The id of an object that conditions concern. A deleted object is found by its id, and no condition concerns it.</summary>
    public static Sql Concerned(ConcernedObject with)
    {
        Sql ofKind = with.Kind is { } kind ? $" and d.kind = {kind.Stored()}" : Sql.Empty;
        return $"select d.id from {DirectoryTable.Name} d where {AddressSql.Matches(with.Address)}{ofKind} limit 1";
    }

    /// <summary>The objects that follow a name and id, up to a limit.</summary>
    /// <param name="with">The object that the conditions of the filter concern, if it names one.</param>
    public static Sql Page<T>(ListQuery query, Guid? with, (string Name, Guid Id) after, int limit, ExpirationWindow window)
    {
        var page = new PageOf(query.Kind, query.ShowDeleted, after, new Value<int>(limit));
        Sql rows = query.Conditions switch
        {
            { Any: false } =>
                $"page as materialized ({page.Behind(page.Limit, Without(ConditionSql.Having(window, null, DirectoryId)))})",
            { IsSpecific: true } or { Any: true } => Matching(page, window, AskedConditions.Of(query.Conditions, with)),
            _ => $"page as materialized ({page.Behind(page.Limit, Sql.Empty)})",
        };
        // The rows of the page are found in the directory alone; only then are they read in full.
        return
            $"""
            with {rows}
            select {ObjectSql.Columns}, {ConditionSql.Of<T>(window)}
            from page d join {ReadModels.ViewTable<T>()} v on v.id = d.id {ObjectSql.References(window)}
            order by {ByName}
            """;
    }

    private static Sql DirectoryId => Sql.Text("d.id");

    // A deleted object has no conditions to be without.
    private static Sql Without(Sql conditions) => $" and d.living and not exists ({conditions})";

    // Few matches are found first and sorted then. Where many match, a page is filled from the next names, one by one; if those do not fill
    // it, from all. PostgreSQL reads of "matches" only what is asked for, and evaluates a scalar subquery when it is first needed.
    private static Sql Matching(PageOf page, ExpirationWindow window, AskedConditions? asked)
    {
        var all = ConditionSql.Having(window, asked);
        var (minNear, maxSorted) = (Sql.Text($"{MinNear}"), Sql.Text($"{MaxSorted}"));
        return
            $"""
            matches as materialized (select virtual_server from ({all}) c limit {maxSorted} + 1),
            near as materialized (
                select * from ({page.Behind(Sql.Text($"{NextNames}"), Sql.Empty)}) d
                where exists (select from matches offset {minNear}) and exists ({ConditionSql.Having(window, asked, DirectoryId)} offset 0)
                order by {ByName} limit {page.Limit}),
            way as materialized (
                select case when (select count(*) from near) = {page.Limit} then 'near'
                    when exists (select from matches offset {maxSorted}) then 'all' else 'few' end as by),
            few as materialized (
                select d.id, d.kind, d.scope, d.name from (select distinct virtual_server from matches where (select by from way) = 'few') m
                cross join lateral (
                    select * from {DirectoryTable.Name} d where d.id = m.virtual_server and d.kind = {page.Kind} and d.living offset 0) d
                where {page.IsBehind}),
            page as materialized (
                (select * from near where (select by from way) = 'near')
                union all (select * from few d order by {ByName} limit {page.Limit})
                union all ({page.Behind(
                    page.Limit, $" and (select by from way) = 'all' and d.id in (select virtual_server from ({all}) c)")}))
            """;
    }

    // The arguments of a page and the clauses they stand in.
    private sealed class PageOf(Kind kind, bool showDeleted, (string Name, Guid Id) after, Argument limit)
    {
        private readonly Argument name = new Value<string>(after.Name);
        private readonly Argument id = new Value<Guid>(after.Id);

        public Argument Kind { get; } = new Value<string>(kind.Stored());

        public Sql Limit { get; } = $"{limit}";

        public Sql IsBehind => $"(d.name collate \"C\", d.id) > ({name}, {id})";

        public Sql Behind(Sql max, Sql matching) =>
            $"""
            select d.id, d.kind, d.scope, d.name from {DirectoryTable.Name} d
            where d.kind = {Kind} and {IsBehind}{(showDeleted ? Sql.Empty : Sql.Text(" and d.living"))}{matching}
            order by {ByName} limit {max}
            """;
    }
}
