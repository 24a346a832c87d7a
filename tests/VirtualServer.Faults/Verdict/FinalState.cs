using System.Diagnostics;
using Google.Protobuf;
using VirtualServers.Faults.Observers;
using VirtualServers.Faults.Servers;
using VirtualServers.Service;
using VirtualServers.V1;

namespace VirtualServers.Faults.Verdict;

/// <summary>What the registry shows at the end, compared with copies, with news of conditions, and with its own events.</summary>
internal sealed class FinalState
{
    private readonly Scene scene;
    private readonly Journal journal;
    private readonly IReadOnlyDictionary<string, RegistryObject> live;

    private FinalState(Scene scene, IReadOnlyDictionary<string, RegistryObject> live) =>
        (this.scene, journal, this.live) = (scene, scene.Journal, live);

    /// <summary>What the lists show now.</summary>
    public static async Task<FinalState> Read(Scene scene) => new(scene, await Live(scene.Nodes[0]));

    /// <summary>The sentences about what was compared.</summary>
    public async Task<IReadOnlyList<string>> Judge() => [.. scene.Audience.Copies.Select(Compare), Conditions(), await Verify()];

    private string Compare(SnapshotWatcher copy)
    {
        var expected = live.Where(one => copy.Scope.MatchesLive(one.Value)).ToDictionary();
        var differences = expected.Keys.Union(copy.Copy.Keys)
            .Where(id => !AreEqual(expected.GetValueOrDefault(id), copy.Copy.GetValueOrDefault(id))).ToList();
        foreach (var id in differences)
        {
            journal.Violate(
                "a copy is what a list shows",
                $"{copy.Name}: {copy.Copy.GetValueOrDefault(id)}, listed is {expected.GetValueOrDefault(id)}");
        }

        return $"{copy.Name}: {expected.Count} objects listed, {differences.Count} differences; "
            + $"{copy.Snapshots} snapshots, {copy.Connections} connections";
    }

    // What news have told since the start must be what holds.
    private string Conditions()
    {
        var told = new HashSet<(string Server, ConditionType Type, string Other)>();
        var news = scene.Audience.Whole.News;
        foreach (var (sequence, server, type, other, begins) in news)
        {
            if (!(begins ? told.Add((server, type, other)) : told.Remove((server, type, other))))
                journal.Violate("a condition is told once", $"{type} of {server} with {other} {(begins ? "began" : "ended")}, {sequence}");
        }

        var holds = (
            from one in live.Values
            where one.VirtualServer is not null
            from condition in one.VirtualServer.Conditions
            from other in condition.Objects.Select(named => named.Id).DefaultIfEmpty("")
            select (one.VirtualServer.Id, condition.Type, other)).ToHashSet();
        foreach (var untold in holds.Except(told)) journal.Violate("what holds is told", $"{untold}");
        foreach (var ended in told.Except(holds)) journal.Violate("what is told holds", $"{ended}");
        return $"conditions: {news.Count} news, {holds.Count} hold, {holds.Except(told).Count() + told.Except(holds).Count()} differences";
    }

    private async Task<string> Verify()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Composition).Assembly.Location, "verify"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Postgres"] = scene.Servers.Database;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = (await process.StandardOutput.ReadToEndAsync() + await error).Trim();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) journal.Violate("read models are what their events say", output);
        return $"verify: {output.Split('\n')[^1].Trim()}";
    }

    // Lists may show references with other names, and conditions.
    private static bool AreEqual(RegistryObject? one, RegistryObject? other) =>
        (one is null && other is null) || (one is not null && other is not null && Plain(one).Equals(Plain(other)));

    private static IMessage Plain(RegistryObject one)
    {
        var copy = Scope.Content(one.Clone())!;
        if (copy is V1.VirtualServer server) server.Conditions.Clear();
        return copy;
    }

    private static async Task<IReadOnlyDictionary<string, RegistryObject>> Live(Node node)
    {
        var all = new List<RegistryObject>();
        var (channel, size) = (node.Channel, 1000);
        await Pages(async token =>
        {
            var page = await new VirtualServerService.VirtualServerServiceClient(channel)
                .ListVirtualServersAsync(new() { PageSize = size, PageToken = token });
            all.AddRange(page.VirtualServers.Select(one => new RegistryObject { VirtualServer = one }));
            return page.NextPageToken;
        });
        await Pages(async token =>
        {
            var page = await new LoadBalancerPoolService.LoadBalancerPoolServiceClient(channel)
                .ListLoadBalancerPoolsAsync(new() { PageSize = size, PageToken = token });
            all.AddRange(page.LoadBalancerPools.Select(one => new RegistryObject { LoadBalancerPool = one }));
            return page.NextPageToken;
        });
        await Pages(async token =>
        {
            var page = await new HealthCheckMonitorService.HealthCheckMonitorServiceClient(channel)
                .ListHealthCheckMonitorsAsync(new() { PageSize = size, PageToken = token });
            all.AddRange(page.HealthCheckMonitors.Select(one => new RegistryObject { HealthCheckMonitor = one }));
            return page.NextPageToken;
        });
        await Pages(async token =>
        {
            var page = await new CertificateProfileService.CertificateProfileServiceClient(channel)
                .ListCertificateProfilesAsync(new() { PageSize = size, PageToken = token });
            all.AddRange(page.CertificateProfiles.Select(one => new RegistryObject { CertificateProfile = one }));
            return page.NextPageToken;
        });
        foreach (var kind in Enum.GetValues<Kind>().Where(kind => kind >= Kind.IpAddress))
        {
            await Pages(async token =>
            {
                var page = await new InventoryService.InventoryServiceClient(channel)
                    .ListInventoryObjectsAsync(new() { Kind = kind, PageSize = size, PageToken = token });
                all.AddRange(page.InventoryObjects.Select(one => new RegistryObject { InventoryObject = one }));
                return page.NextPageToken;
            });
        }

        return all.ToDictionary(one => ((IRecord)Scope.Content(one)!).Id);
    }

    private static async Task Pages(Func<string, Task<string>> page)
    {
        var token = "";
        do token = await page(token);
        while (token.Length > 0);
    }
}
