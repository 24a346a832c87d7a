using Google.Protobuf;
using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>Lists objects in pages, now or as of a past time.</summary>
public sealed class Pages(NpgsqlDataSource byKey, PlannedReads planned, PageTokens tokens, ExpirationWarning warning, TimeProvider clock)
{
    // The columns before the values of the order keys (PageSql.Content).
    private const int FirstKey = 9;

    /// <summary>One page of a list.</summary>
    /// <param name="message">The message of an object, whose size counts.</param>
    public async Task<Page<TMessage>> Read<T, TMessage>(
        ListQuery query, Tenants readable, Func<Loaded<T>, TMessage> message, CancellationToken cancellation)
        where T : class, IRegistered
        where TMessage : IMessage
    {
        List<Violation> violations = [.. query.Malformed, .. ReadTime.Violations(query.ReadTime, clock)];
        var size = PageSize.Read(query.PageSize, violations);
        var order = ListOrder.Read(query.OrderBy, query.Kinds, violations);
        var with = await Find(query.Concerned, readable, violations, cancellation);
        var list = $"{query.Identity}/{with}";
        var end = await tokens.Read<PageEnd>(query.PageToken, readable, place => place.List == list, violations, cancellation);
        if (violations.Count > 0) throw new Refused(violations);

        var statements = new PageSql(query, readable, order, end, size + 1, with, warning.WindowAt(query.ReadTime));
        var at = Moment.Of(query.ReadTime);
        var (batch, content, last, isLast) = (new StatementBatch(readable), new PageContent<TMessage>(size), end, true);
        var total = (TotalSize?)null;
        batch.Add(statements.Page<T>(), async rows =>
        {
            while (await rows.ReadAsync(cancellation))
            {
                var loaded = Loaded<T>.ReadAt(rows, at, readable);
                isLast = content.TryAdd(message(loaded));
                if (!isLast) return;
                string?[] keys = [.. Enumerable.Range(FirstKey, order.Count).Select(i => rows.IsDBNull(i) ? null : rows.GetString(i))];
                last = new(list, keys, loaded.Named.Id);
            }
        });
        if (query.WithTotalSize)
        {
            batch.Add(statements.Count(), async rows =>
            {
                await rows.ReadAsync(cancellation);
                var number = rows.GetInt64(0);
                total = new((int)Math.Min(number, PageSql.MaxCounted), number > PageSql.MaxCounted);
            });
        }

        await batch.Execute(statements.IsByKey ? byKey : planned.Source, cancellation);
        return new(content.Messages, isLast ? "" : await tokens.Write(last!, readable, cancellation)) { Total = total };
    }

    // A page token is bound to the id: the next page is of the same object, also after a rename.
    private async Task<Guid?> Find(
        ConcernedObject? with, Tenants readable, List<Violation> violations, CancellationToken cancellation)
    {
        if (with is null) return null;
        await using var command = PageSql.Concerned(with).Within(readable).Command(byKey);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (await rows.ReadAsync(cancellation)) return rows.GetGuid(0);
        violations.Add(with.NotFound);
        return null;
    }
}
