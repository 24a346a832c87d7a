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
        await using var batch = new NpgsqlBatch(connection);
        // One snapshot for all: otherwise a later statement sees what was committed since an earlier one, and a command that races
        // with itself is told that its name is taken, by itself.
        if (asked.Count > 1) batch.BatchCommands.Add(new("begin isolation level repeatable read read only"));
        foreach (var (command, _) in asked) batch.BatchCommands.Add(command);
        if (asked.Count > 1) batch.BatchCommands.Add(new("commit"));

        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        foreach (var (_, read) in asked)
        {
            await read(rows);
            await rows.NextResultAsync(cancellation);
        }
    }
}
