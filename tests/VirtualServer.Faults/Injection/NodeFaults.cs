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
        new("node-killed", Seconds(25), (scene, random, stop) => Down(scene, node => node.Kill(), "killed", random, stop)),
        new("node-stopped", Seconds(25), (scene, random, stop) => Down(scene, node => node.Terminate(), "stopped", random, stop)),
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
        return random.Next(100) < 60 ? scene.Leader.Current ?? any : any;
    }

    private async Task<string> Down(
        Scene scene, Func<Node, Task> end, string cause, Random random, CancellationToken stop)
    {
        var node = Victim(scene, random);
        var (wasLeading, time, calm) = (scene.Leader.Current == node, DateTime.UtcNow, servers.IsCalm);
        await end(node);
        // A node that is stopped in order leads until its calls have ended.
        var died = cause == "killed" ? time : DateTime.UtcNow;
        var seen = $"{node}{(wasLeading ? ", which led" : "")}";
        if (wasLeading) seen += $"; {await Succeeded(scene, node, time, died, cause, calm, stop)}";
        await Waiting.For(Between(random, 1, 8), stop);
        var ready = await node.Start(CancellationToken.None);
        return $"{seen}; ready {ready.TotalSeconds:F1} s after its start";
    }

    private async Task<string> Frozen(Scene scene, Random random, CancellationToken stop)
    {
        var node = Victim(scene, random);
        var (wasLeading, time, calm) = (scene.Leader.Current == node, DateTime.UtcNow, servers.IsCalm);
        await node.Freeze();
        try
        {
            var pause = Waiting.For(Between(random, 8, 22), stop);
            var seen = $"{node}{(wasLeading ? ", which led" : "")}";
            if (wasLeading && scene.Nodes.Count > 1) seen += $"; {await Succeeded(scene, node, time, time, "frozen", calm, stop)}";
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
        var (wasLeading, time, calm) = (scene.Leader.Current == node, DateTime.UtcNow, servers.IsCalm);
        node.PostgresProxy.Cut();
        try
        {
            var pause = Waiting.For(Between(random, 3, 15), stop);
            var seen = $"{node}{(wasLeading ? ", which led" : "")}";
            if (wasLeading && scene.Nodes.Count > 1) seen += $"; {await Succeeded(scene, node, time, time, "cut off", calm, stop)}";
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
        return $"{node}{(scene.Leader.Current == node ? ", which leads" : "")}";
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

    // Another one leads at some time after the beginning; the time is measured from the death.
    private async Task<string> Succeeded(
        Scene scene, Node former, DateTime began, DateTime died, string cause, bool calm, CancellationToken stop)
    {
        if (scene.Nodes.Count < 2) return "it is the only one";
        await Waiting.Until(() => scene.Leader.Since(began, former) is not null, Seconds(cause == "frozen" ? 20 : 60), stop);
        var next = scene.Leader.Since(began, former);
        takeovers.Enqueue(new(died, next?.At, cause, calm && servers.IsCalm));
        return next is { } led ? $"{led.Node} leads after {Math.Max(0, (led.At - died).TotalSeconds):F1} s" : "no other node leads";
    }
}
