using Npgsql;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>
/// Finds the place of a time among the changes, by halving the range of sequence numbers. The nodes that store changes have clocks of their
/// own, so the order of times is not exactly that of the numbers: the place is some seconds early, and whoever reads on from it passes over
/// the changes before the time.
/// </summary>
public sealed class ChangeTimes(NpgsqlDataSource source)
{
    /// <summary>How far clocks of nodes may differ.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    /// <summary>A sequence number behind which every change of the time or later is.</summary>
    public async Task<long> Before(DateTimeOffset time, long newest, CancellationToken cancellation)
    {
        var (early, from, to) = (time - Tolerance, 0L, newest);
        while (from < to)
        {
            var middle = from + ((to - from) / 2);
            if (await TimeAfter(middle, cancellation) is { } next && next < early) from = middle + 1;
            else to = middle;
        }

        return from;
    }

    // The time of the first event after a sequence number; null if there is none.
    private async Task<DateTimeOffset?> TimeAfter(long sequence, CancellationToken cancellation)
    {
        Sql question = $"select timestamp from {StoredFact.Table} where seq_id > {sequence} order by seq_id limit 1";
        await using var command = question.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await rows.ReadAsync(cancellation) ? rows.GetFieldValue<DateTimeOffset>(0) : null;
    }
}
