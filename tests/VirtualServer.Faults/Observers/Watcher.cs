using Google.Rpc;
using Grpc.Core;
using VirtualServers.Faults.Servers;
using VirtualServers.V1;

namespace VirtualServers.Faults.Observers;

/// <summary>
/// Watches the changes of a scope at any node. It leaves now and then, or is left, and goes on with its last token at another node. A slow
/// one does not read for a while, until it is told so.
/// </summary>
internal sealed class Watcher(Inbox inbox, IReadOnlyList<Node> nodes, Journal journal, Random random, bool isSlow = false)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200), SlowPause = TimeSpan.FromSeconds(35);

    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string token = "";
    private long last;
    private DateTime pauseAt = DateTime.MaxValue;

    /// <summary>Completes when the watch has begun.</summary>
    public Task Started => started.Task;

    /// <summary>How often it was told that it reads too slowly.</summary>
    public int TooSlow { get; private set; }

    /// <summary>The news of conditions that it has received: sequence, virtual server, type, other object, and whether it begins.</summary>
    public List<(long Sequence, string Server, ConditionType Type, string Other, bool Begins)> News { get; } = [];

    public async Task Follow(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var node = nodes[random.Next(nodes.Count)];
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
            leave.CancelAfter(TimeSpan.FromSeconds(isSlow ? 150 : random.Next(5, 45)));
            try
            {
                await FollowAt(node, leave.Token);
            }
            catch (RpcException exception)
            {
                Judge(node, exception);
            }

            await Waiting.For(Retry, stop);
        }
    }

    private async Task FollowAt(Node node, CancellationToken leave)
    {
        using var channel = node.NewChannel();
        var request = new WatchChangesRequest { Filter = inbox.Scope.Filter, ProgressInterval = new() { Seconds = 2 } };
        if (token.Length > 0) request.Token = token;
        using var call = new ChangeService.ChangeServiceClient(channel).WatchChanges(request, cancellationToken: leave);
        inbox.Connections++;
        // Between two pauses it catches up.
        if (isSlow && pauseAt == DateTime.MaxValue) pauseAt = DateTime.UtcNow.AddSeconds(random.Next(10, 30));
        while (await call.ResponseStream.MoveNext(leave))
        {
            var message = call.ResponseStream.Current;
            if (message.Change is { } watched) Take(node, watched);
            token = message.Token;
            started.TrySetResult();
            if (DateTime.UtcNow < pauseAt) continue;
            await Waiting.For(SlowPause, leave);
            pauseAt = DateTime.UtcNow.AddSeconds(random.Next(60, 120));
        }
    }

    private void Take(Node node, WatchedChange watched)
    {
        var received = Received.Of(watched.Change);
        if (received.Sequence <= last)
            journal.Violate("a watch sends a change once, in order", $"{inbox.Name} at {node}: {received} after {last}");
        last = Math.Max(last, received.Sequence);
        if (inbox.Scope.Effect(watched.Change) is var effect && effect != watched.Effect)
            journal.Violate("a watch sends what matches", $"{inbox.Name} at {node}: {watched.Effect} and not {effect} of {received}");
        inbox.Add(received);
        if (watched.Change.Condition is not { } condition) return;
        var begins = received.Type == "virtual_server.condition_raised";
        News.Add((received.Sequence, received.ObjectId, condition.Type, condition.Objects.SingleOrDefault()?.Id ?? "", begins));
    }

    private void Judge(Node node, RpcException exception)
    {
        var reason = exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "without details";
        journal.Note($"{inbox.Name} left by {node}: {exception.StatusCode} {reason} {exception.Status.Detail}");
        if (reason == "WATCH_TOO_SLOW") TooSlow++;
        if (exception.StatusCode is StatusCode.OutOfRange or StatusCode.InvalidArgument || reason == "INTERNAL"
            || (reason == "WATCH_TOO_SLOW" && !isSlow))
            journal.Violate("a watch goes on with its token", $"{inbox.Name} at {node}: {exception.StatusCode} {exception.Status.Detail}");
    }
}
