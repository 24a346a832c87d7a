using VirtualServers.Faults.Injection;
using VirtualServers.Faults.Observers;
using VirtualServers.Faults.Servers;
using VirtualServers.Faults.Workload;

namespace VirtualServers.Faults;

/// <summary>What a run consists of.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private Scene(Settings settings, Journal journal, PrivateServers servers)
    {
        (Settings, Journal, Servers) = (settings, journal, servers);
        Nodes = [.. Enumerable.Range(1, settings.Nodes).Select(number => new Node(number, servers, journal, settings.Folder))];
        Health = new(Nodes, journal);
        Leader = new(servers, Nodes, journal);
        Audience = new(this);
    }

    public Settings Settings { get; }

    public Journal Journal { get; }

    public PrivateServers Servers { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public Ledger Ledger { get; } = new();

    public KnownObjects Known { get; } = new();

    public HealthWatch Health { get; }

    public LeaderWatch Leader { get; }

    /// <summary>Everybody who follows the changes.</summary>
    public Audience Audience { get; }

    /// <summary>Starts the servers, and the nodes on them.</summary>
    public static async Task<Scene> Set(Settings settings, Journal journal, CancellationToken stop)
    {
        var scene = new Scene(settings, journal, await PrivateServers.Start(settings));
        try
        {
            await scene.Nodes[0].Start(stop);
            await Task.WhenAll(scene.Nodes.Skip(1).Select(node => node.Start(stop)));
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Random numbers of its own for a part of the run, so that the parts do not depend on each other's speed.</summary>
    public Random Random(string part, int number = 0)
    {
        // Not GetHashCode, which differs from process to process.
        var mixed = part.Aggregate(Settings.Seed, (hash, letter) => unchecked((hash * 31) + letter));
        return new(unchecked((mixed * 31) + number));
    }

    public Caller Caller(int number) => new(
        Nodes, Ledger, Known, Journal, Random("caller", number), TimeSpan.FromSeconds(Settings.Callers / Settings.Rate));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        await Servers.DisposeAsync();
    }
}
