using VirtualServers.Service.Store;

namespace VirtualServers.Service.Views;

/// <summary>How many living virtual servers there are of one sort.</summary>
/// <param name="What">What is counted: total, enabled, condition, protocol, …</param>
/// <param name="Value">Which of them, as it is stored.</param>
/// <param name="Name">What a tenant is called.</param>
public sealed record Count(string What, string Value, long Number, string? Name);

/// <summary>Counts the living virtual servers of each sort, all at one moment.</summary>
public sealed class Summary(PlannedReads reads, ExpirationWarning warning)
{
    public async Task<IReadOnlyList<Count>> Read(CancellationToken cancellation)
    {
        var (now, soon) = warning.Window;
        await using var command = reads.Command(Sql.Summary, now, soon);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var counts = new List<Count>();
        while (await rows.ReadAsync(cancellation)) counts.Add(new(rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.IsDBNull(3) ? null : rows.GetString(3)));
        return counts;
    }
}
