using Npgsql;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>What a reader of the feed has not read.</summary>
/// <param name="Changes">The number of committed events, those of lost races after the oldest included.</param>
/// <param name="Oldest">The time of the oldest.</param>
public sealed record Unread(long Changes, DateTimeOffset Oldest);

/// <summary>How far a reader of the feed has come.</summary>
public sealed class FeedProgress(NpgsqlDataSource source)
{
    /// <summary>The events behind the checkpoint of a reader; null when it has read all of them.</summary>
    /// <remarks>Reads two rows by their keys, however many there are.</remarks>
    public async Task<Unread?> Behind(string checkpoint, CancellationToken cancellation)
    {
        var name = $"{checkpoint}:All";
        Sql statement =
            $"""
            select (select max(seq_id) from {StoredFact.Table}) - seq_id + 1, timestamp from {StoredFact.Table}
            where type <> 'tombstone' and seq_id > coalesce((
                select last_seq_id from {Sql.Text($"{EventStore.Schema}.mt_event_progression")} where name = {name}), 0)
            order by seq_id limit 1
            """;
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await rows.ReadAsync(cancellation) ? new(rows.GetInt64(0), rows.GetFieldValue<DateTimeOffset>(1)) : null;
    }
}
