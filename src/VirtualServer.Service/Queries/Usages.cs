using System.Data.Common;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
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
    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}

/// <summary>Finds the references to an object; for a prefix also the virtual servers whose VIP it contains.</summary>
public sealed class Usages(PlannedReads reads, PageTokens tokens, Namesakes namesakes)
{
    public async Task<UsagePage> Read(UsageQuery query, CancellationToken cancellation)
    {
        List<Violation> violations = [.. query.Target.Violations, .. query.Malformed];
        var size = PageSize.Read(query.PageSize, violations);
        var list = string.Join(',', query.Fields.Distinct().Order(StringComparer.Ordinal));
        var isFirst = query.PageToken.Length == 0;
        var after = isFirst ? new(Guid.Empty, list, "", Guid.Empty, Guid.Empty) : await tokens.Read<Place>(query.PageToken, cancellation);
        if (after?.List != list) violations.Add(PageSize.InvalidToken);
        if (query.Target.Address is not { } address || after is null || violations.Count > 0) throw new Refused(violations);

        var (objects, counts, usages) = (new List<Named>(), new List<UsageCount>(), new List<Usage>());
        var batch = new StatementBatch();
        batch.Add(Named(address), async rows => objects = await Row.ReadAll(rows, Row.Named, cancellation));
        batch.Add(Counts(address, query.Fields), async rows => counts = await Row.ReadAll(rows, ReadCount, cancellation));
        batch.Add(Page(address, query.Fields, after, size + 1), async rows => usages = await Row.ReadAll(rows, ReadUsage, cancellation));
        await batch.Execute(reads.Source, cancellation);

        if (objects.Count == 0) throw new Refused(new Facts { Subject = $"{address}" }.NotFound);
        if (objects.Count > 1) throw await namesakes.Refusal(address, objects[0], cancellation);
        // A page token is bound to the id: the next page is of the same object, however it is named.
        if (!isFirst && after.UsagesOf != objects[0].Id) throw new Refused(PageSize.InvalidToken);
        if (usages.Count <= size) return new(objects[0], usages, "", counts);
        usages.RemoveAt(size);
        var last = usages[^1];
        var next = await tokens.Write(new Place(objects[0].Id, list, last.Field, last.By.Id, last.Part), cancellation);
        return new(objects[0], usages, next, counts);
    }

    private static Sql Named(Address address) =>
        $"select d.id, d.kind, d.scope, d.name from {DirectoryTable.Name} d where d.living and {AddressSql.Matches(address)} limit 2";

    private static Sql Counts(Address address, IReadOnlyList<string> fields) =>
        $"""
        select d.kind, u.field, count(*) from ({UsesOf(address, fields)}) u join {DirectoryTable.Name} d on d.id = u.source
        group by 1, 2 order by 1, 2
        """;

    private static Sql Page(Address address, IReadOnlyList<string> fields, Place after, int limit) =>
        $$"""
        select d.id, d.kind, d.scope, d.name, u.field, u.part, a.id, a.scope, a.name, m.port, t.id, t.scope, t.name
        from (
            select * from ({{UsesOf(address, fields)}}) u
            where (u.field collate "C", u.source, u.part) > ({{after.Field}}, {{after.Source}}, {{after.Part}})
            order by u.field collate "C", u.source, u.part limit {{limit}}) u
        join {{DirectoryTable.Name}} d on d.id = u.source
        left join lateral (
            select (m #>> '{endpoint,ipAddress}')::uuid as address, (m #>> '{endpoint,port}')::integer as port
            from {{ReadModels.ViewTable<LoadBalancerPool>()}} p, jsonb_array_elements(p.data #> '{content,members}') m
            where p.id = u.source and m ->> 'id' = u.part::text) m on u.part <> {{Guid.Empty}}
        left join {{DirectoryTable.Name}} a on a.id = m.address
        left join {{DirectoryTable.Name}} t on t.id = u.through
        order by u.field collate "C", u.source, u.part
        """;

    // In the order of addresses those of a prefix stand together, from the prefix itself to its last address.
    private static Sql UsesOf(Address address, IReadOnlyList<string> fields)
    {
        Sql id = address switch
        {
            Address.ById known => $"{known.Id}",
            _ => $"(select d.id from {DirectoryTable.Name} d where {AddressSql.Matches(address)} order by d.living limit 1)",
        };
        Sql byField = fields.Count == 0 ? Sql.Empty : $"where field = any({fields.ToArray()})";
        return
            $"""
            select * from (
                select field, source, part, null::uuid as through from {UsesTable.Name} where target = {id} and living
                union all
                select 'vip', v.id, {Guid.Empty}, a.id
                from {DirectoryTable.Name} p
                join {DirectoryTable.Name} a on a.kind = 'ip_address' and a.living and a.scope = p.scope
                    and a.network >= p.network
                    and a.network <= set_masklen(broadcast(p.network), case family(p.network) when 4 then 32 else 128 end)
                join {VirtualServersTable.Name} v on v.vip = a.id
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
