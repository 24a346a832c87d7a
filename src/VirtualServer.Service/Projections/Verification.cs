using Npgsql;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>A difference between a read model and the events.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The key of the row; for a row that no event leads to, the object.</param>
/// <param name="Found"><c>missing</c>, <c>unexpected</c>, or the names of the columns with another value.</param>
public sealed record ReadModelDifference(string Table, string Key, string Found)
{
    public override string ToString() => $"{EventStore.Schema}.{Table} {Key}: {Found}";
}

/// <summary>Compares every row of the read models with the events, in one snapshot and without changing anything.</summary>
public sealed class Verification(Maintenance maintenance)
{
    private const int PageRows = 5_000;

    /// <summary>The differences; none when the read models are as the events say. Returns the number of events.</summary>
    public async Task<long> Run(Action<ReadModelDifference> found, CancellationToken cancellation)
    {
        await using var reading = await maintenance.Source.OpenConnectionAsync(cancellation);
        await using var comparing = await maintenance.Source.OpenConnectionAsync(cancellation);
        try
        {
            // The lock comes before the snapshot: see Queries/Snapshot.cs. A rebuild waits for it with its switch.
            await RebuiltTables.Execute(
                reading,
                Sql.Of($"begin isolation level repeatable read read only; lock table {ReadModelVersions.Table} in access share mode")
                    .Render(_ => ""),
                cancellation);
            await using var export = new NpgsqlCommand("select pg_export_snapshot()", reading);
            var snapshot = (string)(await export.ExecuteScalarAsync(cancellation))!;
            await RebuiltTables.Execute(
                comparing, $"begin isolation level repeatable read read only; set transaction snapshot '{snapshot}'", cancellation);

            var events = await CompareObjects(reading, comparing, found, cancellation);
            foreach (var table in ReadModelTable.All) await Compare(comparing, table.Name, WithoutEvents(table), found, cancellation);
            await Compare(comparing, "conditions", KeptConditions, found, cancellation);
            return events;
        }
        finally
        {
            foreach (var connection in new[] { comparing, reading })
                await RebuiltTables.Execute(connection, "rollback", CancellationToken.None);
        }
    }

    private static async Task<long> CompareObjects(
        NpgsqlConnection reading, NpgsqlConnection comparing, Action<ReadModelDifference> found, CancellationToken cancellation)
    {
        var newest = await CommittedEvents.Newest(reading, cancellation);
        var (events, rows, ids) = (0L, new FoldedRows(), new List<Guid>());
        ObjectFold? fold = null;
        await foreach (var happened in EventStream.Read(reading, 0, newest, Guid.Empty, cancellation))
        {
            if (ids.Count == 0 || ids[^1] != happened.StreamId)
            {
                fold?.End();
                if (rows.Count >= PageRows) await ComparePage();
                ids.Add(happened.StreamId);
                fold = new(rows);
            }

            fold!.Next(happened);
            events++;
        }

        fold?.End();
        await ComparePage();
        return events;

        async Task ComparePage()
        {
            foreach (var table in ReadModelTable.All)
                await Compare(comparing, table.Name, table.Differences(rows, [.. ids]), found, cancellation);
            rows.Clear();
            ids.Clear();
        }
    }

    private static Sql WithoutEvents(ReadModelTable table) =>
        $"""
        select distinct {Sql.Text(table.Owner)}::text, 'unexpected' from {table.Qualified} t where not exists (
            select 1 from {StoredFact.Table} e where e.stream_id = t.{Sql.Text(table.Owner)} and e.type <> 'tombstone')
        """;

    private static Sql KeptConditions =>
        $"""
        with expected as ({ConditionsTable.FindKept}),
        stored as (select virtual_server, type, other from {ConditionsTable.Name} where type in ({ConditionsTable.KeptTypes}))
        select concat_ws(' ', virtual_server, type, other), 'missing' from (select * from expected except select * from stored) a
        union all
        select concat_ws(' ', virtual_server, type, other), 'unexpected' from (select * from stored except select * from expected) b
        """;

    private static async Task Compare(
        NpgsqlConnection connection, string table, Sql differences, Action<ReadModelDifference> found, CancellationToken cancellation)
    {
        await using var command = differences.Command(connection);
        command.CommandTimeout = 0;
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) found(new(table, rows.GetString(0), rows.GetString(1)));
    }
}
