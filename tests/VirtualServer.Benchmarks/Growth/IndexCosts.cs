using System.Diagnostics;
using System.Text;
using Npgsql;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;

namespace VirtualServers.Benchmarks.Growth;

/// <summary>
/// What each index of the tables that lists and references read costs a write: the same rows are written with the index and without it, in
/// transactions that are rolled back.
/// </summary>
internal static class IndexCosts
{
    private const int Rows = 2_000, Rounds = 5;

    // Begins with the time, as the ids of the service do.
    private const string NewId = "(lpad(to_hex(1900000000000 + s.n), 12, '0') || substr(s.id::text, 14))::uuid";

    private static readonly IReadOnlyList<Write> Writes =
    [
        new("object_versions", "create", Versions(NewId, "1", "'made-' || v.name")),
        new("object_versions", "change", Versions("v.id", "v.version + 1", "v.name"))
        {
            Before = "update registry.object_versions v set valid_until = now() from sample s where v.id = s.id and v.version = s.version",
        },
        new(
            "directory", "create",
            $"""
            select (jsonb_populate_record(d, jsonb_build_object('id', {NewId}, 'name', 'made-' || d.name))).*
            from registry.directory d join sample s using (id)
            """),
        new(
            "uses", "create",
            $"""
            select (jsonb_populate_record(u, jsonb_build_object('source', {NewId}, 'valid_from', now()))).*
            from registry.uses u join sample s on s.id = u.source where u.living
            """),
    ];

    public static async Task<string> Measure(Database database)
    {
        // The image of a page that is written for the first time after a checkpoint would be counted for whoever writes it.
        await database.Execute("alter system set full_page_writes = off", "select pg_reload_conf()");
        try
        {
            return await MeasureAll(database);
        }
        finally
        {
            await database.Execute("alter system reset full_page_writes", "select pg_reload_conf()", "vacuum analyze");
        }
    }

    private static async Task<string> MeasureAll(Database database)
    {
        var text = new StringBuilder()
            .AppendLine("| index | size MB | write | µs per row | of the table | WAL bytes per row | of the table |")
            .AppendLine("|---|---|---|---|---|---|---|");
        await using var connection = await database.Connect();
        // Spread over the registry, as the objects of concurrent callers are.
        await Execute(
            connection,
            $"""
            create temporary table sample as
            select row_number() over () as n, id, version from (
                select id, version from registry.object_versions
                where kind = 'virtual_server' and live and valid_until = 'infinity' order by hashtext(id::text) limit {Rows}) s
            """,
            "analyze sample");
        var indexes = await database.Rows(
            """
            select c.relname, x.relname, pg_relation_size(x.oid) / 1048576.0, a.amname = 'gin'
            from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid join pg_am a on a.oid = x.relam
            where c.relnamespace = 'registry'::regnamespace and not i.indisprimary
                and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
            order by c.relname, x.relname
            """,
            row => (Table: row.GetString(0), Name: row.GetString(1), Size: (double)row.GetDecimal(2), IsGin: row.GetBoolean(3)));
        foreach (var write in Writes)
        {
            await Execute(connection, "drop table if exists made", $"create temporary table made as {write.Select}");
            foreach (var index in indexes.Where(index => index.Table == write.Table))
            {
                // What a GIN index has not sorted in yet is part of its cost.
                var merge = index.IsGin ? $"select gin_clean_pending_list('registry.{index.Name}')" : null;
                var (with, without) = (new List<(double Time, double Bytes)>(), new List<(double Time, double Bytes)>());
                for (var round = 0; round < Rounds; round++)
                {
                    with.Add(await Run(connection, write, null, merge));
                    without.Add(await Run(connection, write, index.Name, null));
                }

                // Other load on the machine makes a round slower, never faster.
                var (time, bytes) = (with.Min(run => run.Time), new Spread(with.Select(run => run.Bytes)).Median);
                var (timeSaved, bytesSaved) = (
                    time - without.Min(run => run.Time), bytes - new Spread(without.Select(run => run.Bytes)).Median);
                var line = $"| {index.Name} | {index.Size:0} | {write.Name} | {timeSaved / Rows:0.0} | {timeSaved / time:0%} "
                    + $"| {bytesSaved / Rows:0} | {bytesSaved / bytes:0%} |";
                Console.WriteLine(line);
                text.AppendLine(line);
            }
        }

        return text.ToString();
    }

    private static string Versions(string id, string version, string name) =>
        $"""
        select (jsonb_populate_record(v, jsonb_build_object(
            'id', {id}, 'version', {version}, 'name', {name}, 'valid_from', now(), 'create_time', now(),
            'correlation_id', md5(v.id::text), 'search', {name} || substr(v.search, strpos(v.search, chr(10)))))).*
        from registry.object_versions v join sample s using (id, version)
        """;

    private static async Task<(double Microseconds, double Bytes)> Run(
        NpgsqlConnection connection, Write write, string? dropped, string? after)
    {
        await Execute(connection, "begin", "set local session_replication_role = replica");
        if (dropped is not null) await Execute(connection, $"drop index registry.{dropped}");
        var (before, start) = (await Position(connection), Stopwatch.GetTimestamp());
        await Execute(
            connection, new[] { write.Before, $"insert into registry.{write.Table} select * from made", after }.OfType<string>());
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        var bytes = await Position(connection) - before;
        await Execute(connection, "rollback");
        return (elapsed, bytes);
    }

    private static async Task<double> Position(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select (pg_current_wal_insert_lsn() - '0/0')::float", connection);
        return (double)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Execute(NpgsqlConnection connection, params IEnumerable<string> statements)
    {
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>A write of many rows.</summary>
    /// <param name="Name">The command that leads to it.</param>
    /// <param name="Select">The rows.</param>
    private sealed record Write(string Table, string Name, string Select)
    {
        /// <summary>What the command writes first.</summary>
        public string? Before { get; init; }
    }
}
