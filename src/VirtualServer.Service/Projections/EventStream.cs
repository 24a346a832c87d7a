using System.Runtime.CompilerServices;
using Npgsql;
using VirtualServers.Service.Store;
using IEvent = JasperFx.Events.IEvent;

namespace VirtualServers.Service.Projections;

/// <summary>The stored events, object by object, without Marten's sessions: for work on all of them.</summary>
internal static class EventStream
{
    // More numbers than open transactions can have taken between two numbers of one.
    private const long MaxInterleaved = 10_000;

    /// <summary>
    /// A sequence number up to which no event will be committed any more, and that is not within a transaction: the newest, after the
    /// transactions have ended that had taken a number by then.
    /// </summary>
    public static async Task<long> Settled(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var settled = await CommittedEvents.Newest(connection, cancellation);
        while (true)
        {
            var open = await CommittedEvents.OpenTransactions(connection, cancellation);
            while (open.Count > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), cancellation);
                open.IntersectWith(await CommittedEvents.OpenTransactions(connection, cancellation));
            }

            // Rows of one transaction have the same xmin.
            Sql last =
                $"""
                select max(later.seq_id) from {StoredFact.Table} earlier join {StoredFact.Table} later on later.xmin = earlier.xmin
                where earlier.seq_id > {settled - MaxInterleaved} and earlier.seq_id <= {settled} and later.seq_id > {settled}
                """;
            await using var command = last.Command(connection);
            if (await command.ExecuteScalarAsync(cancellation) is not long rest) return settled;
            settled = rest;
        }
    }

    /// <summary>The number of events after a sequence number, up to another.</summary>
    public static async Task<long> Count(NpgsqlConnection connection, long after, long upTo, CancellationToken cancellation)
    {
        Sql count =
            $"""
            select count(*) from {StoredFact.Table}
            where seq_id > {after} and seq_id <= {upTo} and {StoredEvents.IsOfObject("type")}
            """;
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
            select {StoredFact.Columns} from {StoredFact.Table} e
            where seq_id > {after} and seq_id <= {upTo} and stream_id > {afterObject}
                and {StoredEvents.IsOfObject("type")}
            order by stream_id, version
            """;
        await using var command = events.Command(connection);
        command.CommandTimeout = 0;
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) yield return StoredFact.Read(rows).ToEvent();
    }
}
