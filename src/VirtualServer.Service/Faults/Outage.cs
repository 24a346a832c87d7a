using Npgsql;

namespace VirtualServers.Service.Faults;

/// <summary>
/// Distinguishes an unavailable database from a rejected statement: refused and broken connections, time-outs, shutdowns, full disks. The
/// outcome of the transaction is unknown then, and the same call may succeed later.
/// </summary>
public static class Outage
{
    // The database has read models of another version (Store/Migrations/V3__writers.sql).
    private const string OtherReadModels = "57V01";

    // Classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention.
    private static readonly HashSet<string> Classes = ["08", "53", "57"];

    /// <summary>Whether the database has no room to store.</summary>
    public static bool IsDiskFull(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
        AggregateException several => several.InnerExceptions.Any(IsDiskFull),
        _ => IsDiskFull(exception.InnerException),
    };

    /// <summary>Whether the connection to the database broke, which says nothing good about the other connections.</summary>
    public static bool HasBrokenConnection(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or OtherReadModels } => false,
        PostgresException { SqlState: var state } => state[..2] == "57",
        NpgsqlException => true,
        _ => HasBrokenConnection(exception.InnerException),
    };

    public static bool Caused(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { SqlState: var state } => Classes.Contains(state[..2]),
        NpgsqlException or StoreSilentException => true,
        _ => Caused(exception.InnerException),
    };
}
