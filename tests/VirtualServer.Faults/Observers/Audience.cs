namespace VirtualServers.Faults.Observers;

/// <summary>Everybody who follows the changes of a run: consumers of queues, watchers, and keepers of copies.</summary>
internal sealed class Audience(Scene scene)
{
    private readonly List<Task> following = [];
    private readonly List<QueueConsumer> consumers = [];

    /// <summary>What the consumers of queues received.</summary>
    public List<Inbox> Queues { get; } = [];

    /// <summary>What the watchers received.</summary>
    public List<Inbox> Watches { get; } = [];

    public List<Watcher> Watchers { get; } = [];

    public List<SnapshotWatcher> Copies { get; } = [];

    /// <summary>The watcher of everything.</summary>
    public Watcher Whole => Watchers[0];

    public Inbox WholeInbox => Watches[0];

    /// <summary>Lets all begin, and waits until they will miss nothing.</summary>
    public async Task Begin(CancellationToken stop)
    {
        // Two processes of one program: the second takes over when the first leaves.
        var prompt = Queue("queue, prompt");
        foreach (var process in new[] { 1, 2 }) Consume(prompt, "prompt", TimeSpan.Zero, process);
        Consume(Queue("queue, acks late"), "late", TimeSpan.FromSeconds(3), 3);
        foreach (var scope in Scope.All) Watch(new($"watch, {scope.Name}", scope), isSlow: false);
        Watch(new("watch, slow", Scope.Everything), isSlow: true);
        foreach (var (scope, number) in new[] { (Scope.Everything, 1), (Scope.Everything, 2), (Scope.Tenant, 3), (Scope.Vips, 4) })
            Copies.Add(new($"copy {number}, {scope.Name}", scope, scene.Nodes, scene.Journal, scene.Random("copy", number)));
        following.AddRange(consumers.Select(consumer => Task.Run(() => consumer.Follow(stop), CancellationToken.None)));
        following.AddRange(Watchers.Select(watcher => Task.Run(() => watcher.Follow(stop), CancellationToken.None)));
        following.AddRange(Copies.Select(copy => Task.Run(() => copy.Follow(stop), CancellationToken.None)));
        await Task.WhenAll([consumers[0].Bound, consumers[2].Bound, .. Watchers.Select(watcher => watcher.Started)])
            .WaitAsync(TimeSpan.FromMinutes(1), stop);
    }

    /// <summary>Whether all have received what there is up to a sequence number.</summary>
    /// <param name="newest">The greatest sequence number of the scopes.</param>
    public bool IsAt(IReadOnlyDictionary<int, long> newest) =>
        Queues.Concat(Watches).All(inbox => inbox.Newest >= newest.GetValueOrDefault(inbox.Scope.Bit))
        && Copies.All(copy => copy.Position >= newest.GetValueOrDefault(copy.Scope.Bit));

    /// <summary>Waits until all have ended.</summary>
    public Task Ended() => Task.WhenAll(following);

    private Inbox Queue(string name)
    {
        var inbox = new Inbox(name, Scope.Everything);
        Queues.Add(inbox);
        return inbox;
    }

    private void Consume(Inbox inbox, string queue, TimeSpan ackDelay, int process) => consumers.Add(new(
        inbox, scene.Servers.Broker, $"faults.{queue}", ackDelay, scene.Journal, scene.Random("consumer", process)));

    private void Watch(Inbox inbox, bool isSlow)
    {
        Watches.Add(inbox);
        Watchers.Add(new(inbox, scene.Nodes, scene.Journal, scene.Random("watcher", Watchers.Count), isSlow));
    }
}
