using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;

namespace VirtualServers.Service.Queries;

/// <summary>The request for one object.</summary>
/// <param name="Kinds">The kinds that it may be of.</param>
public sealed record ObjectQuery(IReadOnlyList<Kind> Kinds, Target Target)
{
    /// <summary>The past time that the answer shows; null for now.</summary>
    public DateTimeOffset? ReadTime { get; init; }

    /// <summary>The violations that reading the request found, other than those of the target.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}

/// <summary>Reads single objects, each time in one round trip.</summary>
public sealed class ObjectReader(
    NpgsqlDataSource source, Lookups lookups, Namesakes namesakes, PastObjects past, ExpirationWarning warning, TimeProvider clock)
{
    /// <summary>An object that is live, or was at a past time, with its conditions; rejected when there is none.</summary>
    public async Task<Loaded<T>> Get<T>(ObjectQuery query, Tenants readable, CancellationToken cancellation) where T : class, IRegistered
    {
        List<Violation> violations =
            [.. query.Target.Violations, .. query.Malformed, .. ReadTime.Violations(query.ReadTime, clock)];
        if (query.Target.Address is not { } address || violations.Count > 0) throw new Refused(violations);
        if (query.ReadTime is { } time)
        {
            return (await past.Read<T>([address], query.Kinds, time, ReadParts.All, readable, cancellation))[0] switch
            {
                [var one] => one,
                [] => throw new Refused(await past.NotFound(address, query.Kinds, time, readable, cancellation)),
                _ => throw new Refused(PastObjects.Ambiguous(address)),
            };
        }

        return await Find<T>(address, readable, cancellation) is { View.IsLive: true } loaded
            ? loaded
            : throw new Refused(new Facts { Subject = address.ToString() }.NotFound);
    }

    /// <summary>The live objects of these ids; without ids, those that refer to a target by a field.</summary>
    public async Task<IReadOnlyList<Loaded<T>>> Several<T>(
        Guid target, string field, IEnumerable<Guid>? ids, Tenants readable, CancellationToken cancellation)
        where T : class, IRegistered
    {
        var statement = ids is null ? ObjectSql.Users<T>(target, field) : ObjectSql.ByIds<T>([.. ids]);
        await using var command = statement.Within(readable).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await Row.ReadAll(rows, row => Loaded<T>.Read(row, readable), cancellation);
    }

    /// <summary>The names of objects, live or deleted.</summary>
    public async Task<OwnedNames> Names(IReadOnlyCollection<Guid> ids, CancellationToken cancellation)
    {
        if (ids.Count == 0) return OwnedNames.None;
        await using var command = ObjectSql.Names([.. ids]).Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return new(await Row.ReadAll(
            rows, row => (Row.Named(row), row.IsDBNull(4) ? (Guid?)null : row.GetGuid(4)), cancellation));
    }

    private async Task<Loaded<T>?> Find<T>(Address address, Tenants readable, CancellationToken cancellation) where T : class, IRegistered
    {
        var batch = new LookupBatch();
        var found = ObjectLookups<T>.Ask(batch, address, readable, ReadParts.All, warning.Times);
        await lookups.Answer(batch, cancellation);
        return found switch
        {
            [] or [{ View: null }] => null,
            [var one] => one,
            _ => throw await namesakes.Refusal(address, found[0].Named, readable, cancellation),
        };
    }
}
