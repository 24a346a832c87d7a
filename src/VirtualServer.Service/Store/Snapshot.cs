using Npgsql;

namespace VirtualServers.Service.Store;

/// <summary>Statements in one round trip that all see the same moment.</summary>
internal static class Snapshot
{
    /// <summary>
    /// The statements as one batch. Without a transaction a later one would see what was committed since an earlier one, and a command that races
    /// with itself would be told that its name is taken, by itself.
    /// </summary>
    public static NpgsqlBatch Of(NpgsqlConnection connection, IReadOnlyList<NpgsqlBatchCommand> statements)
    {
        var batch = new NpgsqlBatch(connection);
        if (statements.Count > 1) batch.BatchCommands.Add(new("begin isolation level repeatable read read only"));
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        if (statements.Count > 1) batch.BatchCommands.Add(new("commit"));
        return batch;
    }
}
