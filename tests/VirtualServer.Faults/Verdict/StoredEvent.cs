using Npgsql;
using VirtualServers.Faults.Servers;

namespace VirtualServers.Faults.Verdict;

/// <summary>A row of the table of events, read without the service.</summary>
internal sealed record StoredEvent(long Sequence, string EventId, string Stream, long Version, string Type, string Reason)
{
    public bool IsNews => Type.StartsWith("virtual_server.condition_", StringComparison.Ordinal);

    /// <summary>Every event, without those of lost races, in the order of the sequence.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> All(PrivateServers servers)
    {
        await using var connection = await servers.Connect(CancellationToken.None);
        await using var command = new NpgsqlCommand(
            """
            select seq_id, id, stream_id, version, type, coalesce(headers ->> 'reason', '')
            from registry.mt_events where type <> 'tombstone' order by seq_id
            """,
            connection);
        await using var rows = await command.ExecuteReaderAsync();
        var all = new List<StoredEvent>();
        while (await rows.ReadAsync())
        {
            all.Add(new(
                rows.GetInt64(0), $"{rows.GetGuid(1)}", $"{rows.GetGuid(2)}", rows.GetInt64(3), rows.GetString(4), rows.GetString(5)));
        }

        return all;
    }

    /// <summary>A single number from the database.</summary>
    public static async Task<long> Number(PrivateServers servers, string sql)
    {
        await using var connection = await servers.Connect(CancellationToken.None);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
