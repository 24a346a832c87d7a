using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using VirtualServers.Service.Tests.Harness;
using Xunit.Abstractions;

namespace VirtualServers.Service.Tests;

/// <summary>
/// Two nodes under load, one after another replaced by the new build: deploy/upgrade-test builds the old one and names its assembly in
/// VSGRPC_OLD_SERVICE.
/// </summary>
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const int Load = 6;

    // From release 0.1.0, the read models have to be rebuilt, and from then on the database refuses the events of old nodes.
    private const string WithRebuild = "a job applies the schema and rebuilds";

    public static TheoryData<string> Ways => ["a job applies the schema", WithRebuild, "the first new node applies the schema"];

    [UpgradeTheory, MemberData(nameof(Ways))]
    public async Task Two_nodes_are_replaced_under_load(string way)
    {
        var (old, servers) = (UpgradeTheoryAttribute.OldService!, await Servers.Get());
        var database = await servers.EmptyDatabase();
        var environment = way.StartsWith("a job", StringComparison.Ordinal) ? "Production" : "Development";
        var settings = (int port) => ServiceProcess.Settings(database, servers.RabbitMq, environment, $"http://127.0.0.1:{port}");
        int[] ports = [FreePort(), FreePort()];
        var (exitCode, said) = await ServiceProcess.BuildEnds(old, settings(ports[0]), "schema", "apply");
        Assert.True(exitCode == 0, said);
        await using var consumer = await ForeignConsumer.Start();
        var nodes = new List<ServiceProcess>();
        foreach (var port in ports) nodes.Add(await Ready(await ServiceProcess.StartBuild(old, settings(port))));
        await TestInventory.Register(nodes[0]);
        await using var callers = new Callers([.. ports.Select(port => $"http://127.0.0.1:{port}")]);
        callers.Start(Load);
        await callers.More(500);

        if (environment == "Production")
        {
            (exitCode, said) = await ServiceProcess.Ends(settings(ports[0]), "schema", "apply");
            Assert.True(exitCode == 0, said);
            output.WriteLine($"schema apply: {said}; attempts: {callers.Summary}");
            await callers.More(500);
        }

        if (way == WithRebuild)
        {
            (exitCode, said) = await ServiceProcess.Ends(settings(ports[0]), "rebuild");
            Assert.True(exitCode == 0, said);
            output.WriteLine($"rebuild: {said.Split('\n')[^1]}; attempts: {callers.Summary}");
        }

        for (var node = 0; node < nodes.Count; node++)
        {
            (exitCode, said) = await nodes[node].Terminate();
            Assert.True(exitCode == 0, said);
            await nodes[node].DisposeAsync();
            nodes[node] = await Ready(await ServiceProcess.Start(settings(ports[node])));
            output.WriteLine($"node {node + 1} replaced; attempts: {callers.Summary}");
            await callers.More(500);
        }

        await callers.Stop();
        Assert.Empty(callers.Failures);
        Assert.Empty(callers.Attempts.Keys.Except([StatusCode.OK, StatusCode.Unavailable]));

        // Every answer is stored, and each event is announced: repeated ones under the same id, first ones in order per object.
        var stored = await nodes[0].Committed();
        foreach (var known in callers.Known.Values) {
            var read = (await nodes[1].VirtualServers.GetVirtualServerAsync(new() { Id = known.Id })).VirtualServer;
            // Release 0.1.0 answers without the namespaces of references.
            read.Vip.Namespace = known.Vip.Namespace;
            Assert.Equal(known, read);
        }

        var ids = stored.Select(one => one.ObjectId).ToHashSet();
        var announced = await consumer.Receive(change => ids.Contains(change.Id), stored);
        foreach (var id in ids) Assert.Equal(stored.Where(one => one.ObjectId == id), announced.Where(one => one.ObjectId == id));
        var received = consumer.Received(change => ids.Contains(change.Id));
        (exitCode, said) = await ServiceProcess.Ends(settings(ports[0]), "verify");
        Assert.True(exitCode == 0, said);
        output.WriteLine(
            $"{way}: {callers.Answered} commands answered, attempts: {callers.Summary}; {stored.Count} events, "
            + $"{announced.Count} announced, {received.Count - announced.Count} of them again under the same id; {said}");
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private static async Task<ServiceProcess> Ready(ServiceProcess service)
    {
        await service.Reports("readiness", HealthCheckResponse.Types.ServingStatus.Serving);
        return service;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A test of an upgrade; skipped without an old build.</summary>
internal sealed class UpgradeTheoryAttribute : TheoryAttribute
{
    /// <summary>The assembly of the old build.</summary>
    public static readonly string? OldService = Environment.GetEnvironmentVariable("VSGRPC_OLD_SERVICE");

    public UpgradeTheoryAttribute() => Skip = string.IsNullOrEmpty(OldService) ? "deploy/upgrade-test runs it" : null;
}
