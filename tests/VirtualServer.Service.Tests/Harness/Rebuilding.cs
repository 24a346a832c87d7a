using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Service.Projections;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Rebuild and verification of the read models of a service.</summary>
internal static class Rebuilding
{
    public static readonly string[] Tables = [.. ReadModelTable.All.Select(table => table.Name)];

    /// <summary>Rebuilds in this process.</summary>
    public static async Task Rebuild(this TestService service) =>
        Assert.True(await service.Services.GetRequiredService<Rebuild>().TryRun(_ => { }, CancellationToken.None));

    /// <summary>The differences between the read models and the events.</summary>
    public static async Task<IReadOnlyList<string>> Differences(TestService service)
    {
        var found = new List<string>();
        await service.Services.GetRequiredService<Verification>().Run(
            difference => found.Add(difference.ToString()), CancellationToken.None);
        return found;
    }

    /// <summary>Every row of every read model.</summary>
    public static async Task<IReadOnlyList<string>> ReadModelRows(this RunningService service)
    {
        var rows = new List<string>();
        foreach (var table in Tables)
            rows.AddRange(await service.Rows($"select '{table} ' || t::text from registry.{table} t order by 1", row => row.GetString(0)));
        return rows;
    }
}
