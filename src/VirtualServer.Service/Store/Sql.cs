using VirtualServers.Domain.VirtualServers;

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
    private const string EntryColumns = "d.id, d.kind, d.scope, d.name, v.data::text, r.all_of_them::text";

    public const string FirstAnswer = $"select fingerprint, answer from {EventStore.Schema}.requests where id = $1";

    public const string Names = $"select id, kind, scope, name from {Directory} where id = any($1)";

    public const string Mentions =
        $"""
        with m as (select * from unnest($1::text[], $2::uuid[], $3::text[]) with ordinality as m (kind, id, name, ordinal))
        select m.ordinal, d.id, d.scope, d.name from m join {Directory} d on d.id = m.id where d.living and d.kind = m.kind
        union
        select m.ordinal, d.id, d.scope, d.name from m join {Directory} d on d.kind = m.kind and d.name collate "C" = m.name where d.living
        """;

    /// <summary>Whether PostgreSQL can take the text at all; what has control characters is refused by the rules anyway.</summary>
    public static bool CanBeLookedUp(string text) => !text.Any(char.IsControl);

    /// <summary>The parameters that <see cref="SubjectId"/> takes, always the first ones.</summary>
    public static object?[] Parameters(Address address) => address switch
    {
        Address.ById(var id, _) => [id],
        Address.ByName(var kind, var name, var scope, var living) => [kind.Stored(), name, scope, living],
        _ => [],
    };

    public static string Subject<T>(Address address) =>
        $"select {EntryColumns} from {Directory} d left join {View<T>()} v on v.id = d.id {References()} where {Matches(address)} order by d.living limit 3";

    /// <summary>The same with its conditions; the last two parameters are now, and until when an expiration is near.</summary>
    public static string SubjectInFull<T>(Address address) => address is Address.ById ? InFull<T>.ById : InFull<T>.ByName;

    private static string SubjectInFull<T>(Address address, string now, string soon) =>
        $"""
        select {EntryColumns}, {Conditions<T>(now, soon)}
        from {Directory} d left join {View<T>()} v on v.id = d.id {References(soon)} where {Matches(address)} order by d.living limit 3
        """;

    // All that d refers to; and whether anything of it is a reason to look for conditions: a pool without members, a certificate profile that expires.
    private static string References(string? soon = null) =>
        $"""
        left join lateral (
            select jsonb_agg(jsonb_build_array(u.field, t.id, t.kind, t.scope, t.name, t.living)) as all_of_them{(soon is null ? "" : $", bool_or(t.members = 0 or t.expires <= {soon}::timestamptz) as is_reason")}
            from {Uses} u join {Directory} t on t.id = u.target where u.source = d.id) r on true
        """;

    public static string NameHolders(Address address)
    {
        var (kind, scope, name) = (Next(address, 0), Next(address, 1), Next(address, 2));
        return
            $"""
            select id, kind, scope, name from {Directory}
            where living and kind = {kind} and scope = {scope}
            and name collate "C" = coalesce({name}::text, (select name from {Directory} where id = {SubjectId(address)}))
            limit 2
            """;
    }

    public static string ListenerHolders(Address address)
    {
        var p = Enumerable.Range(0, 7).Select(i => Next(address, i)).ToArray();
        return
            $$"""
            with current as (
                select (v.data #>> '{content,listener,vip}')::uuid as vip, coalesce((v.data #>> '{content,listener,port}')::integer, {{ListenerRow.NoPort}}) as port,
                    coalesce(v.data #>> '{content,listener,protocol}', '') as protocol
                from {{View<VirtualServer>()}} v where v.id = {{SubjectId(address)}})
            , asked as (
                select
                    case when {{p[0]}} then coalesce({{p[1]}}::uuid, (select id from {{Directory}} where living and kind = 'ip_address' and name collate "C" = {{p[2]}}::text limit 1))
                        else (select vip from current) end as vip,
                    case when {{p[3]}} then {{p[4]}}::integer else (select port from current) end as port,
                    case when {{p[5]}} then {{p[6]}}::text else (select protocol from current) end as protocol)
            select d.id, d.kind, d.scope, d.name
            from asked a join {{VirtualServers}} v on v.vip = a.vip and v.port = a.port and v.protocol = a.protocol join {{Directory}} d on d.id = v.id
            """;
    }

    public static string Users(Address address) =>
        $"""
        select d.id, d.kind, d.scope, d.name, u.field, (select count(*) from {Uses} where target = {SubjectId(address)} and living)
        from {Uses} u join {Directory} d on d.id = u.source
        where u.target = {SubjectId(address)} and u.living
        limit {Next(address, 0)}
        """;

    /// <summary>The living objects that refer to a target by a field.</summary>
    public static string Users<T>() => $"{BareEntries<T>()} and d.id in (select source from {Uses} where target = $1 and living and field = $2) order by d.name collate \"C\", d.id";

    /// <summary>The living objects of these ids.</summary>
    public static string ByIds<T>() => $"{BareEntries<T>()} and d.id = any($1) order by d.name collate \"C\", d.id";

    // Entries without what they refer to.
    private static string BareEntries<T>() => $"select d.id, d.kind, d.scope, d.name, v.data::text, null from {Directory} d join {View<T>()} v on v.id = d.id where d.living";

    // Every view's table is called like its type.
    private static string View<T>() => $"{EventStore.Schema}.mt_doc_{string.Concat(typeof(T).Name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToLowerInvariant()}";

    private static string Matches(Address address) => address switch
    {
        Address.ById => "d.id = $1",
        _ => """d.kind = $1 and d.name collate "C" = $2 and ($3::text is null or d.scope = $3) and (d.living or not $4)""",
    };

    private static string SubjectId(Address address) => address switch
    {
        Address.ToBe => "null::uuid",
        Address.ById => "$1",
        _ => $"(select d.id from {Directory} d where {Matches(address)} order by d.living limit 1)",
    };

    private static string Next(Address address, int more) => $"${Parameters(address).Length + 1 + more}";

    // Read more often than anything else, so put together once.
    private static class InFull<T>
    {
        public static readonly string ById = Text(new Address.ById(Guid.Empty, ""));
        public static readonly string ByName = Text(new Address.ByName(Domain.Kind.VirtualServer, "", null));

        private static string Text(Address address) => SubjectInFull<T>(address, Next(address, 0), Next(address, 1));
    }
}
