using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using VirtualServers.Benchmarks.Processes;
using VirtualServers.Service.Store;

namespace VirtualServers.Benchmarks.Data;

/// <summary>
/// Fills a database with the events of a population, as the service stores them. The read models come from the service's own rebuild, so
/// nothing but the form of an event is known here.
/// </summary>
internal static class Filling
{
    // Marten's names of streams and events, and of the progress of the feed.
    private const string Streams = "registry.mt_streams", Events = "registry.mt_events", Progress = "registry.mt_event_progression";

    /// <summary>Fills a database that has the schema, and makes its read models.</summary>
    public static async Task Fill(this Database database, Settings settings, Population population)
    {
        await database.CopyEvents(population);
        await ServiceCommand.Expect(settings, database, "rebuild");
        await database.Tidy();
    }

    /// <summary>Stores the events, as if they had been announced.</summary>
    public static async Task CopyEvents(this Database database, Population population)
    {
        await using var connection = await database.Connect();
        // The references are known to be valid, so foreign keys are not checked for each of millions of rows.
        await Execute(connection, "set session_replication_role = replica");
        // The specimens may have events already.
        await using var newest = new NpgsqlCommand($"select coalesce(max(seq_id), 0) from {Events}", connection);
        var known = (long)(await newest.ExecuteScalarAsync())!;
        await using (var streams = await connection.BeginBinaryImportAsync(
            $"copy {Streams} (id, type, version, timestamp, created, tenant_id) from stdin (format binary)"))
        {
            var sequence = 0L;
            foreach (var happened in population.All())
            {
                sequence++;
                if (happened.Version > 1) break;
                var stored = StoredEvents.Of(happened.Happened.GetType()).Name;
                streams.StartRow();
                streams.Write(happened.ObjectId, NpgsqlDbType.Uuid);
                streams.Write(stored[..stored.IndexOf('.', StringComparison.Ordinal)], NpgsqlDbType.Varchar);
                streams.Write(stored.StartsWith("virtual_server.", StringComparison.Ordinal) ? 3L : 1L, NpgsqlDbType.Bigint);
                streams.Write(Population.TimeOf(sequence), NpgsqlDbType.TimestampTz);
                streams.Write(Population.TimeOf(sequence), NpgsqlDbType.TimestampTz);
                streams.Write("*DEFAULT*", NpgsqlDbType.Varchar);
            }

            await streams.CompleteAsync();
        }

        await using (var events = await connection.BeginBinaryImportAsync(
            $"""
            copy {Events} (
                seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, headers, user_name,
                is_archived)
            from stdin (format binary)
            """))
        {
            var sequence = 0L;
            foreach (var happened in population.All())
            {
                sequence++;
                var type = happened.Happened.GetType();
                events.StartRow();
                events.Write(known + sequence, NpgsqlDbType.Bigint);
                events.Write(Guid.NewGuid(), NpgsqlDbType.Uuid);
                events.Write(happened.ObjectId, NpgsqlDbType.Uuid);
                events.Write((long)happened.Version, NpgsqlDbType.Bigint);
                events.Write(JsonSerializer.Serialize(happened.Happened, type, StoredJson.Options), NpgsqlDbType.Jsonb);
                events.Write(StoredEvents.Of(type).Name, NpgsqlDbType.Varchar);
                events.Write(Population.TimeOf(sequence), NpgsqlDbType.TimestampTz);
                events.Write("*DEFAULT*", NpgsqlDbType.Varchar);
                events.Write($"{type.FullName}, {type.Assembly.GetName().Name}", NpgsqlDbType.Varchar);
                events.Write($"bench-{sequence}", NpgsqlDbType.Varchar);
                events.Write(
                    JsonSerializer.Serialize(
                        happened.Reason.Length > 0 ? new() { [Headers.Reason] = happened.Reason } : new Dictionary<string, string>()),
                    NpgsqlDbType.Jsonb);
                events.Write(happened.Actor, NpgsqlDbType.Varchar);
                events.Write(false, NpgsqlDbType.Boolean);
            }

            await events.CompleteAsync();
        }

        await Execute(
            connection,
            $"select setval('registry.mt_events_sequence', {known + population.Events})",
            $"""
            insert into {Progress} (name, last_seq_id)
            select name, {known + population.Events} from unnest(array['HighWaterMark', 'announcements:All']) name
            on conflict (name) do update set last_seq_id = excluded.last_seq_id
            """,
            $"analyze {Events}");
    }

    /// <summary>
    /// Updates the planner's statistics and writes a checkpoint, so that the first measurement does not pay for the filling.
    /// </summary>
    public static Task Tidy(this Database database) => database.Execute("vacuum analyze", "checkpoint");

    private static async Task Execute(NpgsqlConnection connection, params IEnumerable<string> statements)
    {
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
