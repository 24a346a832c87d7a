using System.Data.Common;
using Npgsql;

namespace VirtualServers.Service.Store;

/// <summary>Statements that are asked together: one round trip, one snapshot, and each reads its own answer.</summary>
internal sealed class Questions
{
    private readonly List<(NpgsqlBatchCommand Command, Func<DbDataReader, Task> Read)> asked = [];

    /// <summary>One more.</summary>
    public void Ask(string sql, object?[] parameters, Func<DbDataReader, Task> read)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        asked.Add((command, read));
    }

    /// <summary>Asks all of them.</summary>
    public async Task Answer(NpgsqlDataSource source, CancellationToken cancellation)
    {
        if (asked.Count == 0) return;
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var batch = Snapshot.Of(connection, [.. asked.Select(one => one.Command)]);
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        foreach (var (_, read) in asked)
        {
            await read(rows);
            await rows.NextResultAsync(cancellation);
        }
    }
}
