using System.Runtime.CompilerServices;
using Npgsql;
using VirtualServers.Service.Store;
using IEvent = JasperFx.Events.IEvent;

namespace VirtualServers.Service.Projections;

/// <summary>The stored events, object by object, without Marten's sessions: for work on all of them.</summary>
internal static class EventStream
{
    private static readonly Sql Table = Sql.Text($"{EventStore.Schema}.mt_events");

    /// <summary>
    /// The sequence number up to which all events are committed. Appends exclude each other
    /// (<c>UseExclusiveLockOnConcurrentAppends</c>), so events become visible in the order of their numbers.
    /// </summary>
    public static async Task<long> Newest(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new Func<Sql>(() => $"select coalesce(max(seq_id), 0) from {Table}")().Command(connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The number of events after a sequence number, up to another.</summary>
    public static async Task<long> Count(NpgsqlConnection connection, long after, long upTo, CancellationToken cancellation)
    {
        Sql count = $"select count(*) from {Table} where seq_id > {after} and seq_id <= {upTo} and type <> 'tombstone'";
        await using var command = count.Command(connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>
    /// Events in the order of objects and versions, read while they are folded: in the order of the index, or sorted if they are the
    /// newest of many.
    /// </summary>
    /// <param name="after">The sequence number after which events are read.</param>
    /// <param name="upTo">The last sequence number to be read.</param>
    /// <param name="afterObject">The object after which objects are read.</param>
    public static async IAsyncEnumerable<IEvent> Read(
        NpgsqlConnection connection, long after, long upTo, Guid afterObject, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Sql events =
            $"""
            select stream_id, version, seq_id, type, data::text, timestamp, user_name from {Table}
            where seq_id > {after} and seq_id <= {upTo} and stream_id > {afterObject} and type <> 'tombstone' order by stream_id, version
            """;
        await using var command = events.Command(connection);
        command.CommandTimeout = 0;
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            var happened = StoredEvents.Of(rows.GetString(3)).Read(rows.GetString(4));
            (happened.StreamId, happened.Version, happened.Sequence) = (rows.GetGuid(0), rows.GetInt64(1), rows.GetInt64(2));
            happened.Timestamp = rows.GetFieldValue<DateTimeOffset>(5);
            happened.UserName = await rows.IsDBNullAsync(6, cancellation) ? null : rows.GetString(6);
            yield return happened;
        }
    }
}
