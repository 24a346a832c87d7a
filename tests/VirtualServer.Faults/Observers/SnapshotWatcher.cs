using Google.Rpc;
using Grpc.Core;
using VirtualServers.Faults.Servers;
using VirtualServers.V1;

namespace VirtualServers.Faults.Observers;

/// <summary>
/// Keeps a copy of the objects of a scope: a snapshot, and the changes after it, with reconnects. It begins anew now and then. At the end
/// its copy must be what a list shows.
/// </summary>
internal sealed class SnapshotWatcher(string name, Scope scope, IReadOnlyList<Node> nodes, Journal journal, Random random)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, RegistryObject> copy = [];
    private string token = "";
    private DateTime anewAt;

    public string Name => name;

    public Scope Scope => scope;

    /// <summary>The copy; to be read when the watcher has ended.</summary>
    public IReadOnlyDictionary<string, RegistryObject> Copy => copy;

    /// <summary>The number of snapshots that it began with.</summary>
    public int Snapshots { get; private set; }

    /// <summary>The number of connections that it has opened.</summary>
    public int Connections { get; private set; }

    /// <summary>The sequence number up to which the copy is.</summary>
    public long Position { get; private set; }

    public async Task Follow(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var node = nodes[random.Next(nodes.Count)];
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
            leave.CancelAfter(TimeSpan.FromSeconds(random.Next(5, 30)));
            try
            {
                await FollowAt(node, leave.Token);
            }
            catch (RpcException exception)
            {
                var reason = exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "without details";
                journal.Note($"{name} left by {node}: {exception.StatusCode} {reason} {exception.Status.Detail}");
                if (exception.StatusCode is StatusCode.OutOfRange or StatusCode.InvalidArgument || reason == "INTERNAL")
                {
                    journal.Violate(
                        "a watch goes on with its token", $"{name} at {node}: {exception.StatusCode} {exception.Status.Detail}");
                }
            }

            await Waiting.For(Retry, stop);
        }
    }

    private async Task FollowAt(Node node, CancellationToken leave)
    {
        using var channel = node.NewChannel();
        if (DateTime.UtcNow >= anewAt) token = "";
        var request = new WatchChangesRequest { Filter = scope.Filter, ProgressInterval = new() { Seconds = 2 } };
        if (token.Length > 0) request.Token = token;
        else request.Snapshot = true;
        using var call = new ChangeService.ChangeServiceClient(channel).WatchChanges(request, cancellationToken: leave);
        Connections++;
        var snapshot = new Dictionary<string, RegistryObject>();
        while (await call.ResponseStream.MoveNext(leave))
        {
            var message = call.ResponseStream.Current;
            switch (message.ContentCase)
            {
                case WatchChangesResponse.ContentOneofCase.Object:
                    snapshot[((IRecord)Scope.Content(message.Object)!).Id] = message.Object;
                    break;
                case WatchChangesResponse.ContentOneofCase.SnapshotComplete:
                    Begin(node, snapshot, message.SnapshotComplete.Objects);
                    break;
                case WatchChangesResponse.ContentOneofCase.Change:
                    Fold(node, message.Change);
                    break;
                case WatchChangesResponse.ContentOneofCase.Progress:
                    Position = Math.Max(Position, message.Progress.Sequence);
                    break;
            }

            if (message.Token.Length > 0) token = message.Token;
        }
    }

    private void Begin(Node node, Dictionary<string, RegistryObject> snapshot, long objects)
    {
        if (snapshot.Count != objects)
            journal.Violate("a snapshot is whole", $"{name} at {node}: {snapshot.Count} objects, announced as {objects}");
        copy.Clear();
        foreach (var (id, one) in snapshot) copy[id] = one;
        (Snapshots, anewAt) = (Snapshots + 1, DateTime.UtcNow.AddSeconds(random.Next(30, 120)));
    }

    private void Fold(Node node, WatchedChange watched)
    {
        var change = watched.Change;
        Position = Math.Max(Position, change.Sequence);
        if (change.Condition is not null) return;
        var known = copy.TryGetValue(change.Id, out var one) ? ((IRecord)Scope.Content(one)!).Version : (int?)null;
        var fits = watched.Effect is ChangeEffect.Entered ? known is null : known == change.Version - 1;
        if (!fits)
        {
            journal.Violate(
                "changes follow a snapshot without a gap",
                $"{name} at {node}: {watched.Effect} {change.Type} {change.Sequence} of {change.Id} makes {change.Version} of {known}");
        }

        if (watched.Effect is ChangeEffect.Left) copy.Remove(change.Id);
        else copy[change.Id] = change.After;
    }
}
