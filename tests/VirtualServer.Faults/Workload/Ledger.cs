using System.Collections.Concurrent;
using VirtualServers.V1;

namespace VirtualServers.Faults.Workload;

/// <summary>Every command of the run, with its outcome.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<Command> commands = new();
    private readonly ConcurrentQueue<DateTime> acknowledged = new();
    private readonly ConcurrentDictionary<string, int> statuses = new();
    private int last;

    /// <summary>The commands, in the order of their numbers.</summary>
    public IReadOnlyList<Command> Commands => [.. commands];

    /// <summary>The statuses of all attempts, with their numbers.</summary>
    public IReadOnlyDictionary<string, int> Statuses => statuses;

    /// <summary>The times of the acknowledgements.</summary>
    public IReadOnlyList<DateTime> AcknowledgedAt => [.. acknowledged];

    /// <summary>Gives a request its request id, its number and its reason.</summary>
    public Command Begin(Func<int, Drawn> draw)
    {
        var number = Interlocked.Increment(ref last);
        var drawn = draw(number);
        (drawn.Request.RequestId, drawn.Request.Reason) = ($"{Guid.NewGuid()}", Command.ReasonOf(number));
        var command = new Command(number, drawn.Request, drawn.AlwaysChanges, drawn.Base);
        commands.Enqueue(command);
        return command;
    }

    public void Count(string status) => statuses.AddOrUpdate(status, 1, (_, count) => count + 1);

    public void Acknowledge(Command command, IReadOnlyList<Result> results)
    {
        command.Acknowledged = results;
        acknowledged.Enqueue(DateTime.UtcNow);
    }
}

/// <summary>A request that is to be sent.</summary>
internal sealed record Drawn(IMutation Request, bool AlwaysChanges, int? Base = null);
