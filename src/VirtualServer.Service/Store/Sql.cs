namespace VirtualServers.Service.Store;

/// <summary>
/// The statements of <see cref="Reader"/>. What varies in their text is closed (a kind of address, a view's table): every
/// statement comes again and again and is prepared once; every value is a parameter.
/// </summary>
internal static partial class Sql
{
    private const string Directory = $"{EventStore.Schema}.directory";
    private const string Uses = $"{EventStore.Schema}.uses";
    private const string VirtualServers = $"{EventStore.Schema}.virtual_servers";

    // id, kind, scope, name, view, references: what Entry<T> reads, of a directory row d with view v and references r.
    private const string EntryColumns = "d.id, d.kind, d.scope, d.name, v.data, r.all_of_them";

    public const string Names = $"select id, kind, scope, name from {Directory} where id = any($1)";

    /// <summary>Whether PostgreSQL can take the text at all; what has control characters is refused by the rules anyway.</summary>
    public static bool CanBeLookedUp(string text) => !text.Any(char.IsControl);

    /// <summary>The key of an address: what where-used and the look-ups of <see cref="Of{T}"/> take, always first.</summary>
    public static object?[] Parameters(Address address) => address switch
    {
        Address.ById(var id, _) => [id],
        Address.ByName(var kind, var name, var scope, var living) => [kind.Stored(), name, scope, living],
        _ => [],
    };

    // All that d refers to; and whether anything of it is a reason to look for conditions: a pool without members, a certificate profile that expires.
    private static string References(string? soon = null) =>
        $"""
        left join lateral (
            select json_agg(json_build_array(u.field, t.id, t.kind, t.scope, t.name, t.living)) as all_of_them{(soon is null ? "" : $", bool_or(t.members = 0 or t.expires <= {soon}::timestamptz) as is_reason")}
            from {Uses} u join {Directory} t on t.id = u.target where u.source = d.id) r on true
        """;

    /// <summary>The living objects that refer to a target by a field.</summary>
    public static string Users<T>() => $"{BareEntries<T>()} and d.id in (select source from {Uses} where target = $1 and living and field = $2) order by d.name collate \"C\", d.id";

    /// <summary>The living objects of these ids.</summary>
    public static string ByIds<T>() => $"{BareEntries<T>()} and d.id = any($1) order by d.name collate \"C\", d.id";

    // Entries without what they refer to.
    private static string BareEntries<T>() => $"select d.id, d.kind, d.scope, d.name, v.data, null, null from {Directory} d join {View<T>()} v on v.id = d.id where d.living";

    // Every view's table is called like its type.
    private static string View<T>() => $"{EventStore.Schema}.mt_doc_{string.Concat(typeof(T).Name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToLowerInvariant()}";
}
