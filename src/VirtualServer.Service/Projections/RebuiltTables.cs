using Npgsql;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The tables that a rebuild writes: in a schema of their own, with the columns, constraints, indexes, owners and grants of the live ones.
/// The catalog of PostgreSQL describes the live ones, so there is no second definition.
/// </summary>
internal static class RebuiltTables
{
    /// <summary>The schema of the tables until they replace the live ones.</summary>
    public const string Schema = "registry_rebuild";

    private const string Live = EventStore.Schema;

    private static readonly string[] Names = [.. ReadModelTable.All.Select(table => table.Name)];

    /// <summary>Creates the tables anew, with their keys but without their indexes and references, which are cheaper afterwards.</summary>
    public static async Task Create(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await Execute(connection, $"drop schema if exists {Schema} cascade; create schema {Schema}", cancellation);
        foreach (var name in Names)
        {
            await Execute(
                connection, $"create table {Schema}.{name} (like {Live}.{name} including all excluding indexes)", cancellation);
        }

        await Derived(connection, $"select {Constraint("")} from {Constraints("'p', 'u'")}", cancellation);
    }

    /// <summary>
    /// Adds indexes and references. References are checked when a transaction commits, because an object may be folded before an object
    /// that it refers to.
    /// </summary>
    public static async Task Complete(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await Derived(
            connection,
            $"""
            select replace(pg_get_indexdef(i.indexrelid), ' ON {Live}.', ' ON {Schema}.')
            from pg_index i join pg_class t on t.oid = i.indrelid
            where t.relnamespace = '{Live}'::regnamespace and t.relname = any($1)
                and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
            """,
            cancellation);
        await Derived(connection, $"select {Constraint(" deferrable initially deferred")} from {Constraints("'f'")}", cancellation);
        foreach (var name in Names) await Execute(connection, $"analyze {Schema}.{name}", cancellation);
    }

    /// <summary>
    /// Replaces the live tables. Names of indexes and constraints are the same; a statement prepared before is planned again.
    /// </summary>
    public static async Task Replace(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await Derived(
            connection,
            $"select format('alter table {Schema}.%I alter constraint %I not deferrable', t.relname, c.conname) from {Constraints("'f'")}",
            cancellation);
        await Derived(
            connection,
            $"""
            select format('alter table {Schema}.%I owner to %I', relname, pg_get_userbyid(relowner)) from pg_class t
            where relnamespace = '{Live}'::regnamespace and relname = any($1) and relowner <> (
                select relowner from pg_class n where n.relnamespace = '{Schema}'::regnamespace and n.relname = t.relname)
            union all
            select format(
                'grant %s on {Schema}.%I to %s%s', g.privilege_type, relname,
                case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
                case when g.is_grantable then ' with grant option' else '' end)
            from pg_class t, aclexplode(relacl) g
            where relnamespace = '{Live}'::regnamespace and relname = any($1) and g.grantee <> t.relowner
            """,
            cancellation);
        await Execute(connection, $"drop table {string.Join(", ", Names.Select(name => $"{Live}.{name}"))}", cancellation);
        foreach (var name in Names) await Execute(connection, $"alter table {Schema}.{name} set schema {Live}", cancellation);
        await Execute(connection, $"drop schema {Schema} cascade", cancellation);
    }

    /// <summary>Executes constant statements.</summary>
    public static async Task Execute(NpgsqlConnection connection, string statements, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(statements, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static string Constraints(string types) =>
        $"""
        pg_constraint c join pg_class t on t.oid = c.conrelid
        where t.relnamespace = '{Live}'::regnamespace and t.relname = any($1) and c.contype in ({types})
        """;

    private static string Constraint(string suffix) =>
        $"""
        format(
            'alter table {Schema}.%I add constraint %I %s{suffix}', t.relname, c.conname,
            replace(pg_get_constraintdef(c.oid), 'REFERENCES {Live}.', 'REFERENCES {Schema}.'))
        """;

    // Executes the statements that a query of the catalog returns.
    private static async Task Derived(NpgsqlConnection connection, string query, CancellationToken cancellation)
    {
        // Names are printed with their schema, whatever the connection string sets.
        await Execute(connection, "set local search_path to pg_catalog", cancellation);
        var statements = new List<string>();
        await using (var command = new NpgsqlCommand(query, connection) { Parameters = { new() { Value = Names } } })
        await using (var rows = await command.ExecuteReaderAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation)) statements.Add(rows.GetString(0));
        }

        foreach (var statement in statements) await Execute(connection, statement, cancellation);
    }
}
