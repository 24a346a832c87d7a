using Npgsql;

namespace VirtualServers.Service.Store;

/// <summary>
/// Tells a database that is away from one that says no: refused connections, broken ones, time-outs, shutdowns and full disks. Nobody knows then how
/// a transaction ended, and the same may work later.
/// </summary>
public static class Outage
{
    // The classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention.
    private static readonly HashSet<string> Classes = ["08", "53", "57"];

    public static bool Caused(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { SqlState: var state } => Classes.Contains(state[..2]),
        NpgsqlException => true,
        _ => Caused(exception.InnerException),
    };
}
