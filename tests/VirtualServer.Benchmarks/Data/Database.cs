using Npgsql;

namespace VirtualServers.Benchmarks.Data;

/// <summary>A database of this run.</summary>
internal sealed class Database(string postgres, string name)
{
    private const string Complete = "complete";

    public string Name => name;

    // The statements of the benchmarks are repeated, as those of the service are, so they are prepared.
    public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder(postgres)
    {
        Database = name,
        Pooling = false,
        CommandTimeout = 0,
        MaxAutoPrepare = 20,
        AutoPrepareMinUsages = 2,
    }.ConnectionString;

    /// <summary>A new empty database, or a copy of one without connections.</summary>
    public static async Task<Database> Create(Settings settings, string name, Database? copied = null)
    {
        await using var connection = new NpgsqlConnection(settings.Postgres);
        await connection.OpenAsync();
        foreach (var sql in new[]
        {
            $"drop database if exists {name} with (force)",
            $"create database {name}{(copied is null ? "" : $" template {copied.Name} strategy file_copy")}",
        })
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }

        return new(settings.Postgres, name);
    }

    /// <summary>Whether it exists and was filled to the end.</summary>
    public async Task<bool> IsComplete()
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"select count(*) from pg_database where datname = '{name}' and shobj_description(oid, 'pg_database') = '{Complete}'",
            connection);
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }

    /// <summary>Marks it as filled to the end.</summary>
    public Task SetComplete() => Execute($"comment on database {name} is '{Complete}'");

    public async Task<NpgsqlConnection> Connect()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async Task Execute(params IEnumerable<string> statements)
    {
        await using var connection = await Connect();
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    public async Task<T> Scalar<T>(string sql)
    {
        await using var connection = await Connect();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<List<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = await Connect();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<T>();
        while (await rows.ReadAsync()) found.Add(read(rows));
        return found;
    }
}
