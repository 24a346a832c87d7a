using Npgsql;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Store;

/// <summary>
/// What a role needs in the schema in order to serve, and no more: it reads everything, appends to the events, and maintains the tables
/// beside them. It can change neither an event nor the schema. The command <c>schema grant</c> gives it, as the owner of the schema.
/// </summary>
public static class Grants
{
    private const string Append = "select, insert";
    private const string AppendAndRaise = "select, insert, update";
    private const string Maintain = "select, insert, update, delete";
    private const string Read = "select";

    // The tables for which maintaining would be too much.
    private static readonly Dictionary<string, string> Narrow = new(StringComparer.Ordinal)
    {
        ["epoch"] = Append, // by a service that notices a restore
        ["mt_events"] = Append,
        ["mt_streams"] = AppendAndRaise, // the version of an object
        ["page_token_key"] = Read,
        ["read_models"] = Read,
        ["schema_history"] = Read,
    };

    /// <summary>Gives a role the rights to serve, and takes away others in the schema.</summary>
    public static Task Give(IServiceProvider services, string role) => DatabaseSchema.Do(async () =>
    {
        var source = services.GetRequiredService<Maintenance>().Source;
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await Owner(connection, role) is { } owned) throw new StartupException(owned);
        var to = await Quoted(connection, role);
        foreach (var statement in Statements(to, await Tables(connection)))
        {
            await using var command = new NpgsqlCommand(statement, connection, transaction);
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    });

    private static IEnumerable<string> Statements(string role, IReadOnlyList<string> tables) =>
    [
        $"grant usage on schema {EventStore.Schema} to {role}",
        $"revoke create on schema {EventStore.Schema} from {role}",
        $"revoke all on all tables in schema {EventStore.Schema} from {role}",
        .. tables.Select(table => $"grant {Narrow.GetValueOrDefault(table, Maintain)} on {EventStore.Schema}.{table} to {role}"),
        $"grant usage, select on all sequences in schema {EventStore.Schema} to {role}",
        $"grant execute on all functions in schema {EventStore.Schema} to {role}",
    ];

    // The owner of a table may do everything with it, whatever is granted.
    private static async Task<string?> Owner(NpgsqlConnection connection, string role)
    {
        Sql question =
            $"""
            select case
                when r.rolsuper then 'is a superuser'
                when pg_has_role(r.oid, n.nspowner, 'member') then 'owns the schema'
            end
            from pg_roles r, pg_namespace n where r.rolname = {role} and n.nspname = {EventStore.Schema}
            """;
        await using var command = question.Command(connection);
        await using var rows = await command.ExecuteReaderAsync();
        if (!await rows.ReadAsync()) return $"there is no role \"{role}\": create it, with a password and login";
        return await rows.IsDBNullAsync(0) ? null : $"the role \"{role}\" {rows.GetString(0)}: use another role to serve";
    }

    private static async Task<string> Quoted(NpgsqlConnection connection, string role)
    {
        Sql quoted = $"select quote_ident({role})";
        await using var command = quoted.Command(connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<IReadOnlyList<string>> Tables(NpgsqlConnection connection)
    {
        Sql names = $"select tablename::text from pg_tables where schemaname = {EventStore.Schema} order by 1";
        await using var command = names.Command(connection);
        await using var rows = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await rows.ReadAsync()) tables.Add(rows.GetString(0));
        return tables;
    }
}
