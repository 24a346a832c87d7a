using JasperFx;
using Npgsql;

namespace VirtualServers.Service.Store;

/// <summary>Distinguishes a transaction that lost a race against another command from every other failed transaction.</summary>
public static class Races
{
    private static readonly HashSet<string> States =
    [
        PostgresErrorCodes.UniqueViolation, // another command took a name, a listener, an id or a request id
        PostgresErrorCodes.ForeignKeyViolation, // a referenced object was deleted, or a deleted one is referenced
        PostgresErrorCodes.SerializationFailure,
        PostgresErrorCodes.DeadlockDetected,
        PostgresErrorCodes.LockNotAvailable, // a preview waits for another command only for a moment
    ];

    public static bool Lost(Exception? exception) => exception switch
    {
        null => false,
        ConcurrencyException => true,
        Marten.Exceptions.ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException => true,
        PostgresException postgres => States.Contains(postgres.SqlState),
        AggregateException several => several.InnerExceptions.Any(Lost),
        _ => Lost(exception.InnerException),
    };
}
