using System.Data.Common;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>One reference, as listed for the object that it refers to.</summary>
/// <param name="By">The object that refers to it.</param>
/// <param name="Field">The field that holds the reference.</param>
/// <param name="Part">The pool member that has the field; empty when it is not a member's.</param>
/// <param name="Address">The address of that member.</param>
/// <param name="Port">The port of that member.</param>
/// <param name="Through">The address in the prefix asked about; null when the reference is direct.</param>
public sealed record Usage(Named By, string Field, Guid Part, Named? Address, int? Port, Named? Through);

/// <summary>The number of references to an object by a field of a kind.</summary>
public sealed record UsageCount(Kind Kind, string Field, long Number);

/// <summary>A page of the references to an object, and the number of all of them by kind and field.</summary>
public sealed record UsagePage(Named Object, IReadOnlyList<Usage> Usages, string NextPageToken, IReadOnlyList<UsageCount> Counts);

/// <summary>The request for a list of usages.</summary>
/// <param name="Fields">Only references by these fields; none for all.</param>
public sealed record UsageQuery(Target Target, IReadOnlyList<string> Fields, int PageSize, string PageToken)
{
    /// <summary>The past time that the list shows; null for now.</summary>
    public DateTimeOffset? ReadTime { get; init; }

    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}

/// <summary>
/// Finds the references to an object, now or as of a past time; for a prefix also the virtual servers whose VIP it contains.
/// </summary>
public sealed class Usages(PlannedReads reads, PageTokens tokens, Namesakes namesakes, PastObjects past, TimeProvider clock)
{
    public async Task<UsagePage> Read(UsageQuery query, Tenants readable, CancellationToken cancellation)
    {
        List<Violation> violations = [.. query.Target.Violations, .. query.Malformed, .. ReadTime.Violations(query.ReadTime, clock)];
        var size = PageSize.Read(query.PageSize, violations);
        var list = $"{string.Join(',', query.Fields.Distinct().Order(StringComparer.Ordinal))}/{query.ReadTime:O}";
        var isFirst = query.PageToken.Length == 0;
        var after = isFirst
            ? new(Guid.Empty, list, "", Guid.Empty, Guid.Empty)
            : await tokens.Read<Place>(query.PageToken, readable, place => place.List == list, violations, cancellation);
        if (query.Target.Address is not { } address || after is null || violations.Count > 0) throw new Refused(violations);

        var (objects, counts, usages) = (new List<Named>(), new List<UsageCount>(), new List<Usage>());
        var (batch, at) = (new StatementBatch(readable), Moment.Of(query.ReadTime));
        batch.Add(Named(at.Rows, address), async rows => objects = await Row.ReadAll(rows, Row.Named, cancellation));
        batch.Add(Counts(at.Rows, address, query.Fields), async rows => counts = await Row.ReadAll(rows, ReadCount, cancellation));
        batch.Add(
            Page(at, address, query.Fields, after, size + 1, readable),
            async rows => usages = await Row.ReadAll(rows, ReadUsage, cancellation));
        await batch.Execute(reads.Source, cancellation);

        if (objects.Count != 1) throw await Refusal(query, address, objects, readable, cancellation);
        // A page token is bound to the id: the next page is of the same object, however it is named.
        if (!isFirst && after.UsagesOf != objects[0].Id) throw new Refused(PageSize.InvalidToken);
        if (query.ReadTime is { } time)
        {
            // A command that was committed meanwhile may have an earlier time: then everything is read again.
            if (await WithMembers(usages, time, readable, cancellation) is not { } complete)
                return await Read(query, readable, cancellation);

            usages = complete;
        }

        if (usages.Count <= size) return new(objects[0], usages, "", counts);
        usages.RemoveAt(size);
        var last = usages[^1];
        var next = await tokens.Write(new Place(objects[0].Id, list, last.Field, last.By.Id, last.Part), readable, cancellation);
        return new(objects[0], usages, next, counts);
    }

    private async Task<Refused> Refusal(
        UsageQuery query, Address address, IReadOnlyList<Named> objects, Tenants readable, CancellationToken cancellation) =>
        (objects, query.ReadTime) switch
        {
            ([], null) => new(new Facts { Subject = $"{address}" }.NotFound),
            ([], { } time) => new(await past.NotFound(address, Enum.GetValues<Kind>(), time, readable, cancellation)),
            ([var first, ..], null) => await namesakes.Refusal(address, first, readable, cancellation),
            _ => new(PastObjects.Ambiguous(address)),
        };

    // The address and port of a pool member as of a past time are in the pool of then; null when one is not there.
    private async Task<List<Usage>?> WithMembers(
        List<Usage> usages, DateTimeOffset time, Tenants readable, CancellationToken cancellation)
    {
        Address[] pools =
        [
            .. usages.Where(usage => usage.Part != Guid.Empty).Select(usage => usage.By.Id).Distinct()
                .Select(id => new Address.ById(id, Kind.LoadBalancerPool.Words)),
        ];
        if (pools.Length == 0) return usages;
        var found = await past.Read<LoadBalancerPool>(pools, [Kind.LoadBalancerPool], time, ReadParts.All, readable, cancellation);
        var members = found.SelectMany(one => one)
            .SelectMany(pool => pool.View!.Content.Members.Select(member => (Pool: pool, Member: member)))
            .ToDictionary(one => (one.Pool.Named.Id, one.Member.Id));
        if (usages.Exists(usage => usage.Part != Guid.Empty && !members.ContainsKey((usage.By.Id, usage.Part)))) return null;
        return usages.ConvertAll(usage => !members.TryGetValue((usage.By.Id, usage.Part), out var one) ? usage : usage with
        {
            Address = one.Pool.Names.Of(one.Member.Endpoint.IpAddress), Port = one.Member.Endpoint.Port,
        });
    }

    private static Sql Named(RegistryRows rows, Address address) =>
        $"select d.id, d.kind, d.scope, d.name from {rows.Directory} d where d.living and {AddressSql.Matches(address)} limit 2";

    private static Sql Counts(RegistryRows rows, Address address, IReadOnlyList<string> fields) =>
        $"""
        select d.kind, u.field, count(*) from ({UsesOf(rows, address, fields)}) u join {rows.Directory} d on d.id = u.source
        group by 1, 2 order by 1, 2
        """;

    private static Sql Page(Moment at, Address address, IReadOnlyList<string> fields, Place after, int limit, Tenants readable)
    {
        var rows = at.Rows;
        Sql isReadable = readable.AreAll ? Sql.Empty : $"and exists (select from {rows.Directory} d where d.id = u.source)";
        Sql member = at.IsNow
            ? $$"""
            select (m #>> '{endpoint,ipAddress}')::uuid as address, (m #>> '{endpoint,port}')::integer as port
            from {{ReadModels.ViewTable<LoadBalancerPool>()}} p, jsonb_array_elements(p.data #> '{content,members}') m
            where p.id = u.source and m ->> 'id' = u.part::text
            """
            : Sql.Text("select null::uuid as address, null::integer as port");
        return
            $"""
            select d.id, d.kind, d.scope, d.name, u.field, u.part, a.id, a.scope, a.name, m.port, t.id, t.scope, t.name
            from (
                select * from ({UsesOf(rows, address, fields)}) u
                where (u.field collate "C", u.source, u.part) > ({after.Field}, {after.Source}, {after.Part}) {isReadable}
                order by u.field collate "C", u.source, u.part limit {limit}) u
            join {rows.Directory} d on d.id = u.source
            left join lateral ({member}) m on u.part <> {Guid.Empty}
            left join {rows.Directory} a on a.id = m.address
            left join {rows.Directory} t on t.id = u.through
            order by u.field collate "C", u.source, u.part
            """;
    }

    // In the order of addresses those of a prefix stand together, from the prefix itself to its last address. PostgreSQL expects more of
    // them than there are: "offset 0" keeps it from reading all virtual servers.
    private static Sql UsesOf(RegistryRows rows, Address address, IReadOnlyList<string> fields)
    {
        Sql id = address switch
        {
            Address.ById known => $"{known.Id}",
            _ => $"(select d.id from {rows.Directory} d where {AddressSql.Matches(address)} limit 1)",
        };
        Sql byField = fields.Count == 0 ? Sql.Empty : $"where field = any({fields.ToArray()})";
        return
            $"""
            select * from (
                select u.field, u.source, u.part, null::uuid as through from {rows.Uses} u where u.target = {id} and u.living
                union all
                select 'vip', v.id, {Guid.Empty}, a.id
                from {rows.Directory} p
                join {rows.Directory} a on a.kind = 'ip_address' and a.living and a.scope = p.scope
                    and a.network >= p.network
                    and a.network <= set_masklen(broadcast(p.network), case family(p.network) when 4 then 32 else 128 end)
                cross join lateral (select v.id from {rows.Servers} v where v.vip = a.id offset 0) v
                where p.id = {id} and p.kind = 'prefix') used
            {byField}
            """;
    }

    private static UsageCount ReadCount(DbDataReader rows) =>
        new(StoredKinds.ToKind(rows.GetString(0)), rows.GetString(1), rows.GetInt64(2));

    private static Usage ReadUsage(DbDataReader rows) => new(
        Row.Named(rows),
        rows.GetString(4),
        rows.GetGuid(5),
        ReadAddress(rows, 6),
        rows.IsDBNull(9) ? null : rows.GetInt32(9),
        ReadAddress(rows, 10));

    private static Named? ReadAddress(DbDataReader rows, int column) =>
        rows.IsDBNull(column) ? null : new(rows.GetGuid(column), Kind.IpAddress, rows.GetString(column + 1), rows.GetString(column + 2));

    private sealed record Place(Guid UsagesOf, string List, string Field, Guid Source, Guid Part);
}
