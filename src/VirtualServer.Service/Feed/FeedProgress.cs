using Npgsql;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>How far a reader of the feed has come.</summary>
public sealed class FeedProgress(NpgsqlDataSource source)
{
    /// <summary>The time of the oldest event behind the checkpoint of a reader; null when it has read all of them.</summary>
    public async Task<DateTimeOffset?> OldestUnread(string checkpoint, CancellationToken cancellation)
    {
        var name = $"{checkpoint}:All";
        Sql statement =
            $"""
            select timestamp from {StoredFact.Table}
            where type <> 'tombstone' and seq_id > coalesce((
                select last_seq_id from {Sql.Text($"{EventStore.Schema}.mt_event_progression")} where name = {name}), 0)
            order by seq_id limit 1
            """;
        await using var command = statement.Command(source);
        return await command.ExecuteScalarAsync(cancellation) is DateTime oldest ? oldest : null;
    }
}
