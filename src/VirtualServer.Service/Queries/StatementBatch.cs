using System.Data.Common;
using Npgsql;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>Statements that are executed together: one round trip, one snapshot, and each reads its own result.</summary>
/// <param name="readable">What the caller may read: no statement reads more.</param>
internal sealed class StatementBatch(Tenants readable)
{
    private readonly List<(Sql Statement, Func<DbDataReader, Task> Read)> statements = [];

    public void Add(Sql statement, Func<DbDataReader, Task> read) => statements.Add((statement.Within(readable), read));

    public async Task Execute(NpgsqlDataSource source, CancellationToken cancellation)
    {
        if (statements.Count == 0) return;
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var batch = Snapshot.Of(connection, [.. statements.Select(one => one.Statement.BatchCommand())]);
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        foreach (var (_, read) in statements)
        {
            await read(rows);
            await rows.NextResultAsync(cancellation);
        }
    }
}
