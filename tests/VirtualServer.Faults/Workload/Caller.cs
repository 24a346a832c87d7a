using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using VirtualServers.Faults.Servers;
using VirtualServers.V1;

namespace VirtualServers.Faults.Workload;

/// <summary>
/// Sends commands one after another, each to any node, and repeats one with its request id until it is answered. What it has been answered
/// it reads from any node.
/// </summary>
internal sealed class Caller(
    IReadOnlyList<Node> nodes, Ledger ledger, KnownObjects known, Journal journal, Random random, TimeSpan pause)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5), MaxPatience = TimeSpan.FromMinutes(5);

    private static readonly StatusCode[] Unknown =
        [StatusCode.Unavailable, StatusCode.DeadlineExceeded, StatusCode.Cancelled, StatusCode.Unknown, StatusCode.Internal];

    private readonly RandomCommands commands = new(known, random);

    /// <summary>Until it is stopped; the last command is answered, too.</summary>
    public async Task Work(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var command = ledger.Begin(commands.Next);
            await Answered(command);
            if (random.Next(10) == 0) await ReadBack(command);
            await Waiting.For(pause * -Math.Log(1 - random.NextDouble()), stop);
        }
    }

    /// <summary>Sends a command that others depend on.</summary>
    public async Task Expect(IMutation request, bool alwaysChanges)
    {
        var command = ledger.Begin(_ => new(request, alwaysChanges));
        await Answered(command);
        if (command.Refused is { } status) throw new InvalidOperationException($"{command} was refused: {status}");
    }

    private async Task Answered(Command command)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var node = Any();
            try
            {
                var results = Result.Of(await Rpc.Send(node.Channel, command.Request, Limit));
                ledger.Count("OK");
                ledger.Acknowledge(command, results);
                known.Learn(command.Request, results);
                if (command.Base is { } version && results is [var one] && one.Version != version + 1)
                    journal.Violate("an etag lets one command pass", $"{command} with the etag of {version} made {one.Version}");
                return;
            }
            catch (RpcException exception)
            {
                var reason = exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "without details";
                ledger.Count($"{exception.StatusCode} {reason}");
                if (reason == "INTERNAL")
                    journal.Violate("no failure is unforeseen", $"{command} at {node}: {exception.Status.Detail}");
                if (!Unknown.Contains(exception.StatusCode))
                {
                    command.Refused = $"{exception.StatusCode} {reason}: {exception.Status.Detail}";
                    return;
                }

                command.Unanswered++;
            }

            if (Stopwatch.GetElapsedTime(began) > MaxPatience)
            {
                journal.Violate("a command is answered", $"{command} was not answered for {MaxPatience.TotalMinutes} minutes");
                return;
            }

            await Task.Delay(random.Next(50, 300));
        }
    }

    // Every node shows what any node has answered.
    private async Task ReadBack(Command command)
    {
        if (command.Acknowledged is not [var answered] || answered.IsDeleted || command.Request is not UpdateVirtualServerRequest) return;
        try
        {
            var node = Any();
            var read = await new VirtualServerService.VirtualServerServiceClient(node.Channel).GetVirtualServerAsync(
                new() { Id = answered.Id }, deadline: DateTime.UtcNow + Limit);
            if (read.VirtualServer.Version < answered.Version)
            {
                journal.Violate(
                    "a read sees every earlier write",
                    $"{node} showed version {read.VirtualServer.Version} of {answered.Id} after {answered.Version} was answered");
            }
        }
        catch (RpcException)
        {
            // The node is away, or another caller has deleted the object.
        }
    }

    private Node Any() => nodes[random.Next(nodes.Count)];
}
