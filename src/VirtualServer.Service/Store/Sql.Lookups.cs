using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

// What many calls look up together. In each statement "a" are those who ask, a row each with its number n.
internal static partial class Sql
{
    // Whom a call is about: what a look-up begins with when it depends on that.
    private static readonly Column[] Id = [new("id", typeof(Guid?))];
    private static readonly Column[] Name = [new("kind", typeof(string)), new("name", typeof(string)), new("scope", typeof(string)), new("living", typeof(bool))];
    private static readonly Column[] Addressed = [.. Id, .. Name];

    private const int MostUsers = 10; // that are named; the others are counted

    // What is called as asked; what was deleted comes first, if it is asked for at all.
    private const string NamedAsAsked = """where kind = a.kind and name collate "C" = a.name and (a.scope is null or scope = a.scope) and (living or not a.living) order by living""";

    // The id of whom a call is about.
    private const string AskedId = $"coalesce(a.id, (select id from {Directory} {NamedAsAsked} limit 1))";

    public static readonly Lookup FirstAnswer = Ask($"select r.fingerprint, r.answer, a.n from a join {EventStore.Schema}.requests r on r.id = a.id", new Column("id", typeof(Guid)));

    public static readonly Lookup FieldReferences = Ask(
        $"""
        select d.id, d.scope, d.name, a.n from a join {Directory} d on d.id = a.id where d.living and d.kind = a.kind
        union
        select d.id, d.scope, d.name, a.n from a join {Directory} d on d.kind = a.kind and d.name collate "C" = a.name where d.living
        """,
        new("kind", typeof(string)), new("id", typeof(Guid?)), new("name", typeof(string)));

    public static readonly Lookup NameHolders = Ask(
        $"""
        select h.id, h.kind, h.scope, h.name, a.n
        from a cross join lateral (
            select * from {Directory}
            where living and kind = a.of_kind and scope = a.in_scope and name collate "C" = coalesce(a.as_name, (select name from {Directory} where id = {AskedId}))
            limit 2) h
        """,
        [.. Addressed, new("of_kind", typeof(string)), new("in_scope", typeof(string)), new("as_name", typeof(string))]);

    public static readonly Lookup ListenerHolders = Ask(
        $$"""
        select d.id, d.kind, d.scope, d.name, a.n
        from a
        left join lateral (
            select (v.data #>> '{content,listener,vip}')::uuid as vip, coalesce((v.data #>> '{content,listener,port}')::integer, {{ListenerRow.NoPort}}) as port,
                coalesce(v.data #>> '{content,listener,protocol}', '') as protocol
            from {{View<VirtualServer>()}} v where v.id = {{AskedId}}) now on true
        join {{VirtualServers}} v
            on v.vip = case when a.vip_given then coalesce(a.vip, (select id from {{Directory}} where living and kind = 'ip_address' and name collate "C" = a.vip_name limit 1)) else now.vip end
            and v.port = case when a.port_given then a.port else now.port end
            and v.protocol = case when a.protocol_given then a.protocol else now.protocol end
        join {{Directory}} d on d.id = v.id
        """,
        [
            .. Addressed, new("vip_given", typeof(bool)), new("vip", typeof(Guid?)), new("vip_name", typeof(string)),
            new("port_given", typeof(bool)), new("port", typeof(int)), new("protocol_given", typeof(bool)), new("protocol", typeof(string)),
        ]);

    /// <summary>The first who refer to an object, by which field, and how many there are.</summary>
    public static readonly Lookup FirstUsers = Ask(
        $"""
        select d.id, d.kind, d.scope, d.name, u.field, (select count(*) from {Uses} where target = t.id and living), t.n
        from (select a.n, {AskedId} as id from a offset 0) t
        cross join lateral (select source, field from {Uses} where target = t.id and living limit {MostUsers}) u
        join {Directory} d on d.id = u.source
        """,
        Addressed);

    /// <summary>The values of <see cref="Addressed"/>: id and name, either or neither.</summary>
    public static object?[] Values(Address address) => address switch
    {
        Address.ById => [.. Parameters(address), null, null, null, false],
        Address.ByName => [null, .. Parameters(address)],
        _ => [null, null, null, null, false],
    };

    private static Lookup Ask(string statement, params Column[] columns) => new(
        $"""
        with a as (
            select * from unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.Stored}[]"))})
            with ordinality as a ({string.Join(", ", columns.Select(column => column.Name))}, n))
        {statement}
        """,
        [.. columns.Select(column => column.Type)]);

    /// <summary>Look-ups of objects with their views.</summary>
    public static class Of<T>
    {
        // By id and by name, because what looks for either takes longer to find one.
        private static readonly (Lookup ById, Lookup ByName) Bare = Both("null", null);
        private static readonly (Lookup ById, Lookup ByName) InFull = Both(Conditions<T>("a.now", "a.soon"), "a.soon", new("now", typeof(DateTimeOffset)), new("soon", typeof(DateTimeOffset)));

        /// <summary>Whom a call is about, by its key.</summary>
        public static Lookup Subject(Address address) => address is Address.ById ? Bare.ById : Bare.ByName;

        /// <summary>The same with its conditions; now, and until when an expiration is near.</summary>
        public static Lookup SubjectInFull(Address address) => address is Address.ById ? InFull.ById : InFull.ByName;

        private static (Lookup ById, Lookup ByName) Both(string conditions, string? soon, params Column[] more) =>
            (Entries([.. Id, .. more], $"{Directory} d on d.id = a.id", conditions, soon), Entries([.. Name, .. more], $"lateral (select * from {Directory} {NamedAsAsked} limit 3) d on true", conditions, soon));

        private static Lookup Entries(Column[] columns, string found, string conditions, string? soon) =>
            Ask($"select {EntryColumns}, {conditions}, a.n from a join {found} left join {View<T>()} v on v.id = d.id {References(soon)}", columns);
    }

    // A value that everyone gives who asks.
    private readonly record struct Column(string Name, Type Type)
    {
        public string Stored =>
            Type == typeof(string) ? "text" : Type == typeof(bool) ? "boolean" : Type == typeof(int) ? "integer" : Type == typeof(DateTimeOffset) ? "timestamptz" : "uuid";
    }
}
