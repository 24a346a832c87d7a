using System.Collections.Concurrent;

namespace VirtualServers.Faults.Injection;

/// <summary>
/// Injects faults until the time is over: those of nodes one after another, and at the same time those of servers one after another, each
/// all of them in a random order, and then again.
/// </summary>
internal sealed class Schedule(Scene scene)
{
    private readonly ConcurrentQueue<Injected> injected = new();
    private readonly ServerFaults servers = new();

    /// <summary>What was injected, in the order of its ends.</summary>
    public IReadOnlyCollection<Injected> Injected => injected;

    public IReadOnlyCollection<Takeover> Takeovers { get; private set; } = [];

    public async Task Run(CancellationToken stop)
    {
        var nodes = new NodeFaults(servers);
        var (ofNodes, ofServers) = (Selected(nodes.All), Selected(servers.All));
        var unknown = scene.Settings.Only.Except(nodes.All.Concat(servers.All).Select(fault => fault.Name)).ToList();
        if (unknown.Count > 0)
        {
            var names = string.Join(", ", nodes.All.Concat(servers.All).Select(fault => fault.Name));
            throw new ArgumentException($"there is no fault {string.Join(", ", unknown)}: use {names}");
        }

        await Task.WhenAll(Lane(ofNodes, scene.Random("node faults"), stop), Lane(ofServers, scene.Random("server faults"), stop));
        Takeovers = nodes.Takeovers;
    }

    private List<Fault> Selected(IReadOnlyList<Fault> all) =>
        [.. all.Where(fault => scene.Settings.Only.Count == 0 || scene.Settings.Only.Contains(fault.Name))];

    private async Task Lane(List<Fault> faults, Random random, CancellationToken stop)
    {
        var deck = new Queue<Fault>();
        while (!stop.IsCancellationRequested && faults.Count > 0)
        {
            await Waiting.For(Pauses.Between(random, 2, 10), stop);
            if (deck.Count == 0)
            {
                var all = faults.ToArray();
                random.Shuffle(all);
                deck = new(all);
            }

            var fault = deck.Dequeue();
            if (scene.Journal.Now + fault.Takes > Until) continue;
            if (!stop.IsCancellationRequested) await Inject(fault, random, stop);
        }
    }

    /// <summary>The time of the run at which the last fault has ended.</summary>
    public TimeSpan Until { get; init; }

    private async Task Inject(Fault fault, Random random, CancellationToken stop)
    {
        var (from, began) = (scene.Journal.Now, DateTime.UtcNow);
        scene.Journal.Tell($"{fault.Name} begins");
        var seen = await fault.Inject(scene, random, stop);
        injected.Enqueue(new(fault.Name, from, scene.Journal.Now, began, DateTime.UtcNow, seen));
        scene.Journal.Tell($"{fault.Name} ends{(seen.Length > 0 ? $": {seen}" : "")}");
    }
}
