using Npgsql;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>Statements in one round trip that see the same snapshot.</summary>
internal static class Snapshot
{
    /// <summary>
    /// The statement after the beginning of a transaction with one snapshot. A rebuild replaces the tables; a snapshot of before would see
    /// the new ones without rows, so it is taken after this lock.
    /// </summary>
    public static Sql AfterSwitch { get; } = $"lock table {ReadModelVersions.Table} in access share mode";

    /// <summary>
    /// The statements as one batch. Without a transaction, a later statement would see commits that an earlier one did not, and a command
    /// sent twice would be rejected because its own first execution has taken the name.
    /// </summary>
    public static NpgsqlBatch Of(NpgsqlConnection connection, IReadOnlyList<NpgsqlBatchCommand> statements)
    {
        var batch = new NpgsqlBatch(connection);
        if (statements.Count > 1)
        {
            batch.BatchCommands.Add(new("begin isolation level repeatable read read only"));
            batch.BatchCommands.Add(AfterSwitch.BatchCommand());
        }

        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        if (statements.Count > 1) batch.BatchCommands.Add(new("commit"));
        return batch;
    }
}
