using VirtualServers.Domain;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>How statements read objects: the columns of <see cref="Loaded{T}"/>, of a row <c>d</c> of the directory.</summary>
internal static class ObjectSql
{
    /// <summary>The object, with its references or null; its conditions follow. Needs the view <c>v</c>.</summary>
    public static Sql Columns(bool withReferences) =>
        Sql.Text($"d.id, d.kind, d.scope, d.name, d.tenant, v.data, {(withReferences ? "r.all_references" : "null")}");

    /// <summary>
    /// Everything that d refers to; with a window, also whether any of it may cause a condition. Objects that the caller may not read are
    /// hidden when the row is read.
    /// </summary>
    public static Sql References(ExpirationWindow? window = null)
    {
        Sql hint = window is null ? Sql.Empty : $", bool_or({ConditionSql.Hint(window)}) as has_hint";
        return Sql.Of(
            $"""
            left join lateral (
                select json_agg(json_build_array(u.field, t.id, t.kind, t.scope, t.name, t.living, t.tenant)) as all_references{hint}
                from {UsesTable.Name} u join {DirectoryTable.Name} t on t.id = u.target
                where u.source = d.id and u.{UsesTable.IsCurrent}) r on true
            """).Unrestricted;
    }

    /// <summary>The live objects that refer to a target by a field, without their references.</summary>
    public static Sql Users<T>(Guid target, string field) =>
        $"""
        {Bare<T>()} and d.id in (select source from {UsesTable.Name} where target = {target} and living and field = {field})
        order by d.name collate "C", d.id
        """;

    /// <summary>The live objects of these ids, without their references.</summary>
    public static Sql ByIds<T>(Guid[] ids) =>
        $"""
        {Bare<T>()} and d.id = any({ids})
        order by d.name collate "C", d.id
        """;

    /// <summary>The names of these objects, live or deleted.</summary>
    public static Sql Names(Guid[] ids) =>
        $"select d.id, d.kind, d.scope, d.name, d.tenant from {DirectoryTable.Name} d where d.id = any({ids})";

    private static Sql Bare<T>() =>
        $"""
        select d.id, d.kind, d.scope, d.name, d.tenant, v.data, null, null
        from {DirectoryTable.Name} d join {ReadModels.ViewTable<T>()} v on v.id = d.id where d.living
        """;
}

/// <summary>Lookups of objects of one kind by their address.</summary>
internal static class ObjectLookups<T> where T : class, IRegistered
{
    // The first is the object, unless the second is another one as good: then the name is ambiguous.
    private const int MaxMatches = 2;

    private static readonly Column<DateTimeOffset> Now = new();
    private static readonly Column<DateTimeOffset> Soon = new();

    // One statement by id and one by name: a statement that accepts both is slower for each.
    private static readonly Sql ById = $"{DirectoryTable.Name} d on d.id = {AddressSql.Id}";
    private static readonly Sql ByName =
        $"lateral (select * from {DirectoryTable.Name} {AddressSql.Named} limit {Sql.Text($"{MaxMatches}")}) d on true";

    private static readonly Dictionary<ReadParts, (Lookup ById, Lookup ByName)> Statements =
        ReadParts.Every.ToDictionary(parts => parts, parts => (new Lookup(Statement(ById, parts)), new Lookup(Statement(ByName, parts))));

    /// <summary>Looks up the object of an address without its conditions.</summary>
    public static IReadOnlyList<Loaded<T>> Ask(LookupBatch batch, Address address, Tenants readable) =>
        Ask(batch, address, readable, ReadParts.All with { Conditions = false }, default);

    /// <summary>Looks up the object of an address with some of its parts.</summary>
    public static IReadOnlyList<Loaded<T>> Ask(
        LookupBatch batch, Address address, Tenants readable, ReadParts parts, (DateTimeOffset Now, DateTimeOffset Soon) times) =>
        batch.Ask(
            address is Address.ById ? Statements[parts].ById : Statements[parts].ByName, rows => Loaded<T>.Read(rows, readable),
            [.. AddressSql.Values(address, readable), Now.Is(times.Now), Soon.Is(times.Soon)]);

    private static Sql Statement(Sql found, ReadParts parts)
    {
        var window = parts.Conditions ? new ExpirationWindow(Now, Soon) : null;
        return
            $"""
            select {ObjectSql.Columns(parts.Names)}, {(window is null ? Sql.Text("null") : ConditionSql.Of<T>(window))}, a.n
            from a join {found} left join {ReadModels.ViewTable<T>()} v on v.id = d.id
            {(parts.Names || parts.Conditions ? ObjectSql.References(window) : Sql.Empty)}
            """;
    }
}
