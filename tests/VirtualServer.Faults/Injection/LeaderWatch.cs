using System.Collections.Concurrent;
using Npgsql;
using VirtualServers.Faults.Servers;

namespace VirtualServers.Faults.Injection;

/// <summary>Which node leads, by the lock that its session holds in PostgreSQL.</summary>
internal sealed class LeaderWatch(PrivateServers servers, IReadOnlyList<Node> nodes, Journal journal)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentQueue<(DateTime At, Node Node)> terms = new();

    /// <summary>The node that leads; null if none does, or if PostgreSQL does not tell.</summary>
    public Node? Current { get; private set; }

    /// <summary>When a node other than one was seen to lead, at some time or later; null if none was.</summary>
    public (DateTime At, Node Node)? Since(DateTime time, Node former)
    {
        foreach (var term in terms)
        {
            if (term.At >= time && term.Node != former) return term;
        }

        return null;
    }

    public async Task Follow(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await servers.Connect(stop);
                while (!stop.IsCancellationRequested)
                {
                    await Look(connection);
                    await Waiting.For(Period, stop);
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException)
            {
                Current = null;
                await Waiting.For(Period, stop);
            }
        }
    }

    private async Task Look(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            """
            select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.granted and a.datname = current_database() and a.application_name like '% leader'
            """,
            connection)
        {
            CommandTimeout = 5,
        };
        var name = await command.ExecuteScalarAsync(CancellationToken.None) as string;
        var leader = nodes.FirstOrDefault(node => name == $"{node} leader");
        if (leader is not null && leader != Current)
        {
            terms.Enqueue((DateTime.UtcNow, leader));
            journal.Tell($"{leader} leads");
        }

        Current = leader;
    }
}
