using Grpc.Core;
using Grpc.Health.V1;
using VirtualServers.Service.Tests.Harness;
using Xunit.Abstractions;

namespace VirtualServers.Service.Tests;

/// <summary>Three processes on one database: whichever is killed, the others answer every call, and one of them announces.</summary>
[Trait("Category", "Messaging")]
public sealed class SeveralNodesTests(ITestOutputHelper output)
{
    [Fact]
    public async Task When_any_of_three_nodes_is_killed_the_others_answer_and_announce()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        await using var consumer = await ForeignConsumer.Start();
        List<ServiceProcess> nodes = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Start()))];
        await TestInventory.Register(nodes[0]);

        // One of the three announces, so one of the kills meets it.
        for (var killed = 0; killed < nodes.Count; killed++)
        {
            await using var callers = new Callers([.. nodes.Select(node => node.Address)]);
            callers.Start(6);
            await callers.More(100);
            await nodes[killed].Kill();
            await callers.More(200);
            await callers.Stop();

            Assert.Empty(callers.Failures);
            Assert.Empty(callers.Attempts.Keys.Except([StatusCode.OK, StatusCode.Unavailable]));
            var others = nodes.Where((_, node) => node != killed).ToList();
            foreach (var node in others)
            {
                foreach (var known in callers.Known.Values)
                    Assert.Equal(known, (await node.VirtualServers.GetVirtualServerAsync(new() { Id = known.Id })).VirtualServer);
            }

            var stored = await others[0].Committed();
            var ids = stored.Select(one => one.ObjectId).ToHashSet();
            var announced = await consumer.Receive(change => ids.Contains(change.Id), stored);
            foreach (var id in ids) Assert.Equal(stored.Where(one => one.ObjectId == id), announced.Where(one => one.ObjectId == id));
            output.WriteLine(
                $"node {killed + 1} killed: {callers.Answered} commands answered, attempts: {callers.Summary}; "
                + $"{stored.Count} events announced, "
                + $"{consumer.Received(change => ids.Contains(change.Id)).Count - announced.Count} of them again under the same id");
            await nodes[killed].DisposeAsync();
            nodes[killed] = await Start();
        }

        foreach (var node in nodes) await node.DisposeAsync();

        async Task<ServiceProcess> Start()
        {
            var node = await ServiceProcess.Start(database, servers.RabbitMq, "Production");
            await node.Reports("readiness", HealthCheckResponse.Types.ServingStatus.Serving);
            return node;
        }
    }
}
