using VirtualServers.Faults.Servers;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VirtualServers.Faults.Injection;

/// <summary>What the health of the nodes tells, asked every second.</summary>
internal sealed class HealthWatch(IReadOnlyList<Node> nodes, Journal journal)
{
    private static readonly string[] Names = ["readiness", "announcements", "rabbitmq"];

    private readonly Dictionary<(int Node, string Name), ServingStatus?> latest = [];
    private readonly Lock gate = new();

    public async Task Follow(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.WhenAll(nodes.Where(node => node.IsAwake).Select(node => Ask(node, stop)));
            await Waiting.For(TimeSpan.FromSeconds(1), stop);
        }
    }

    /// <summary>Whether nodes tell that a name is not serving: more than one, because a single one may be cut off.</summary>
    public bool TellsFault(string name)
    {
        lock (gate)
        {
            return nodes.Count(node => node.IsAwake && latest.GetValueOrDefault((node.Number, name)) is ServingStatus.NotServing)
                >= Math.Min(2, nodes.Count);
        }
    }

    private async Task Ask(Node node, CancellationToken stop)
    {
        foreach (var name in Names)
        {
            ServingStatus? status;
            try
            {
                status = await node.Status(name, stop);
            }
            catch (Grpc.Core.RpcException)
            {
                return; // The run ends.
            }

            lock (gate)
            {
                if (latest.TryGetValue((node.Number, name), out var before) && before == status) continue;
                latest[(node.Number, name)] = status;
            }

            journal.Note($"{node} tells {name} {(status is null ? "nothing" : $"{status}")}");
        }
    }
}
