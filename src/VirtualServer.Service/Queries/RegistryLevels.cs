using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Queries;

/// <summary>What the metrics tell about the content of the registry: numbers, never names.</summary>
public sealed class RegistryLevels(PlannedReads reads, ExpirationWarning warning)
{
    private const string Expired = "expired", Expiring = "expiring";

    // Each is found by an index that a list with the same filter uses.
    public async Task<IReadOnlyList<Level>> Read()
    {
        await using var command = Statement(warning.Window).Command(reads.Source);
        await using var rows = await command.ExecuteReaderAsync();
        var counts = (await Row.ReadAll(rows, row => (Of: row.GetString(0), Number: row.GetInt64(1)), CancellationToken.None))
            .ToDictionary(row => row.Of, row => row.Number);
        return
        [
            // A condition that no virtual server has is a zero, so that its series does not end.
            .. ConditionRules.All.Select(rule => new Level(
                Instruments.Conditions, counts.GetValueOrDefault(rule.Type.Stored()), rule.Type.Stored())),
            new(Instruments.CertificatesExpiring, counts[Expiring]),
            new(Instruments.CertificatesExpired, counts[Expired]),
        ];
    }

    private static Sql Statement(ExpirationWindow window) =>
        $"""
        select type, count(distinct virtual_server) from ({ConditionSql.Having(window, null).Unrestricted}) c group by type
        union all select {Sql.Text($"'{Expiring}'")}, count(*) from {DirectoryTable.Name} d
            where d.living and d.expires > {window.Now}::timestamptz and d.expires <= {window.Soon}::timestamptz
        union all select {Sql.Text($"'{Expired}'")}, count(*) from {DirectoryTable.Name} d
            where d.living and d.expires <= {window.Now}::timestamptz
        """;
}
