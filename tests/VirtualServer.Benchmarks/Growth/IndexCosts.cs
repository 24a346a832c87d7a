using System.Text;
using Npgsql;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;

namespace VirtualServers.Benchmarks.Growth;

/// <summary>
/// What each index of the tables that lists and references read costs a write: the same rows are written with the index and, in a
/// transaction that is rolled back, without it.
/// </summary>
internal static class IndexCosts
{
    private const int Rows = 2_000, Rounds = 5;

    // New objects, and the next versions of objects. The sample is spread over the registry, as the objects of concurrent callers are. Ids
    // begin with the time, as those of the service do.
    private static readonly IReadOnlyList<Write> Writes =
    [
        new("object_versions", "create", Versions("(lpad(to_hex(1900000000000 + n), 12, '0') || substr(gen_random_uuid()::text, 14))::uuid", "1")),
        new("object_versions", "change", Versions("v.id", "v.version + 1"))
        {
            Before = "update registry.object_versions v set valid_until = now() from sample s where v.id = s.id and v.version = s.version",
        },
        new(
            "directory", "create",
            """
            insert into registry.directory (id, kind, scope, name, living, network, expires, tenant, members, active_members)
            select gen_random_uuid(), kind, scope, 'made-' || name, living, network, expires, tenant, members, active_members
            from registry.directory d join sample using (id)
            """),
        new(
            "uses", "create",
            """
            insert into registry.uses (source, field, part, target, living, valid_from, valid_until)
            select (lpad(to_hex(1900000000000 + s.n), 12, '0') || substr(s.id::text, 10, 1) || substr(s.id::text, 15))::uuid,
                field, part, target, u.living, now(), valid_until
            from registry.uses u join sample s on s.id = u.source where u.living
            """),
    ];

    public static async Task<string> Measure(Database database)
    {
        var text = new StringBuilder()
            .AppendLine("| index | size MB | write | µs per row | of all | WAL bytes per row | of all |")
            .AppendLine("|---|---|---|---|---|---|---|");
        await using var connection = await database.Connect();
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
            select c.relname, i.indexrelid::regclass::text, pg_relation_size(i.indexrelid) / 1048576.0, a.amname = 'gin'
            from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid join pg_am a on a.oid = x.relam
            where c.relnamespace = 'registry'::regnamespace and not i.indisprimary
                and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
            order by c.relname, x.relname
            """,
            row => (Table: row.GetString(0), Name: row.GetString(1), Size: (double)row.GetDecimal(2), IsGin: row.GetBoolean(3)));
        foreach (var write in Writes)
        {
            foreach (var index in indexes.Where(index => index.Table == write.Table))
            {
                // The lists of a GIN index that is written lazily are merged, and that is part of its cost.
                var merge = index.IsGin ? $"select gin_clean_pending_list('{index.Name}')" : null;
                var (times, shares, bytes, byteShares) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
                for (var round = 0; round < Rounds; round++)
                {
                    var with = await Run(connection, write, null, merge);
                    var without = await Run(connection, write, index.Name, null);
                    times.Add((with.Microseconds - without.Microseconds) / Rows);
                    shares.Add(1 - (without.Microseconds / with.Microseconds));
                    bytes.Add((with.Bytes - without.Bytes) / Rows);
                    byteShares.Add(1 - (without.Bytes / with.Bytes));
                }

                var line = $"| {index.Name} | {index.Size:0} | {write.Name} | {new Spread(times).Median:0.0} | {new Spread(shares).Median:0%} "
                    + $"| {new Spread(bytes).Median:0} | {new Spread(byteShares).Median:0%} |";
                Console.WriteLine(line);
                text.AppendLine(line);
            }
        }

        return text.ToString();
    }

    private static string Versions(string id, string version) =>
        $"""
        insert into registry.object_versions
        select (jsonb_populate_record(v, jsonb_build_object(
            'id', {id}, 'version', {version}, 'name', 'made-' || v.name, 'valid_from', now(), 'create_time', now(),
            'correlation_id', md5(v.id::text), 'search', 'made-' || v.search))).*
        from registry.object_versions v join sample s using (id, version)
        """;

    private static async Task<(double Microseconds, double Bytes)> Run(
        NpgsqlConnection connection, Write write, string? dropped, string? after)
    {
        await Execute(connection, "begin", "set local session_replication_role = replica");
        if (dropped is not null) await Execute(connection, $"drop index {dropped}");
        var (before, start) = (await Position(connection), System.Diagnostics.Stopwatch.GetTimestamp());
        await Execute(connection, [.. write.Before is { } first ? new[] { first } : [], write.Statement, .. after is { } last ? new[] { last } : []]);
        var elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds;
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
    private sealed record Write(string Table, string Name, string Statement)
    {
        public string? Before { get; init; }
    }
}
