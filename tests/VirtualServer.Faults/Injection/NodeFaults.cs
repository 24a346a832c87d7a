using System.Collections.Concurrent;
using VirtualServers.Faults.Servers;
using static VirtualServers.Faults.Injection.Pauses;

namespace VirtualServers.Faults.Injection;

/// <summary>Faults of one node and of its connections; the other nodes go on.</summary>
internal sealed class NodeFaults(ServerFaults servers)
{
    private readonly ConcurrentQueue<Takeover> takeovers = new();

    public IReadOnlyList<Fault> All =>
    [
        new("node-killed", Seconds(25), (scene, random, stop) => Down(scene, node => node.Kill(), random, stop)),
        new("node-stopped", Seconds(25), (scene, random, stop) => Down(scene, node => node.Terminate(), random, stop)),
        new("node-frozen", Seconds(30), Frozen),
        new("node-without-postgresql", Seconds(20), WithoutPostgres),
        new("node-without-rabbitmq", Seconds(25), WithoutRabbitMq),
        new("cut-in-flight", Seconds(20), CutInFlight),
    ];

    /// <summary>How long it took until another node led.</summary>
    public IReadOnlyCollection<Takeover> Takeovers => takeovers;

    // Mostly the node that leads.
    private static Node Victim(Scene scene, Random random)
    {
        var any = scene.Nodes[random.Next(scene.Nodes.Count)];
        return random.Next(100) < 60 ? scene.Nodes.FirstOrDefault(node => node.IsLeading) ?? any : any;
    }

    private async Task<string> Down(Scene scene, Func<Node, Task> end, Random random, CancellationToken stop)
    {
        var node = Victim(scene, random);
        var (wasLeading, time, calm) = (node.IsLeading, DateTime.UtcNow, servers.IsCalm);
        await end(node);
        var seen = $"{node}{(wasLeading ? ", which led" : "")}";
        if (wasLeading) seen += $"; {await Succeeded(scene, node, time, "ended", calm, stop)}";
        await Waiting.For(Between(random, 1, 8), stop);
        var ready = await node.Start(CancellationToken.None);
        return $"{seen}; ready {ready.TotalSeconds:F1} s after its start";
    }

    private async Task<string> Frozen(Scene scene, Random random, CancellationToken stop)
    {
        var node = Victim(scene, random);
        var (wasLeading, time, calm) = (node.IsLeading, DateTime.UtcNow, servers.IsCalm);
        await node.Freeze();
        try
        {
            var pause = Waiting.For(Between(random, 8, 22), stop);
            var seen = $"{node}{(wasLeading ? ", which led" : "")}";
            if (wasLeading && scene.Nodes.Count > 1) seen += $"; {await Succeeded(scene, node, time, "frozen", calm, stop)}";
            await pause;
            return seen;
        }
        finally
        {
            await node.Continue();
        }
    }

    private async Task<string> WithoutPostgres(Scene scene, Random random, CancellationToken stop)
    {
        var node = Victim(scene, random);
        var (wasLeading, time, calm) = (node.IsLeading, DateTime.UtcNow, servers.IsCalm);
        node.PostgresProxy.Cut();
        try
        {
            var pause = Waiting.For(Between(random, 3, 15), stop);
            var seen = $"{node}{(wasLeading ? ", which led" : "")}";
            if (wasLeading && scene.Nodes.Count > 1) seen += $"; {await Succeeded(scene, node, time, "cut off", calm, stop)}";
            await pause;
            return seen;
        }
        finally
        {
            node.PostgresProxy.Restore();
        }
    }

    private static async Task<string> WithoutRabbitMq(Scene scene, Random random, CancellationToken stop)
    {
        var node = Victim(scene, random);
        node.RabbitMqProxy.Cut();
        await Waiting.For(Between(random, 3, 20), stop);
        node.RabbitMqProxy.Restore();
        return $"{node}{(node.IsLeading ? ", which leads" : "")}";
    }

    // The connections break while messages and statements are under way, again and again.
    private static async Task<string> CutInFlight(Scene scene, Random random, CancellationToken stop)
    {
        var (node, cuts) = (Victim(scene, random), random.Next(4, 12));
        for (var i = 0; i < cuts; i++)
        {
            var proxy = random.Next(2) == 0 ? node.RabbitMqProxy : node.PostgresProxy;
            proxy.Cut();
            await Waiting.For(Between(random, 0, 0.3), stop);
            proxy.Restore();
            await Waiting.For(Between(random, 0.1, 2), stop);
        }

        return $"{node}, {cuts} times";
    }

    private async Task<string> Succeeded(Scene scene, Node former, DateTime died, string cause, bool calm, CancellationToken stop)
    {
        Node? Next() => scene.Nodes.FirstOrDefault(node => node != former && node.IsLeading && node.LedAt >= died);
        if (scene.Nodes.Count < 2) return "it is the only one";
        await Waiting.Until(() => Next() is not null, Seconds(cause == "frozen" ? 20 : 60), stop);
        var next = Next();
        takeovers.Enqueue(new(died, next?.LedAt, cause, calm && servers.IsCalm));
        return next is null ? "no other node leads" : $"{next} leads after {(next.LedAt - died).TotalSeconds:F1} s";
    }
}
