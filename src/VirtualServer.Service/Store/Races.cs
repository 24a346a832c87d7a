using JasperFx;
using Npgsql;

namespace VirtualServers.Service.Store;

/// <summary>Tells a race that another command won from every other failure of a transaction.</summary>
public static class Races
{
    private static readonly HashSet<string> States =
    [
        PostgresErrorCodes.UniqueViolation, // a name, a listener, an id or a request id was taken meanwhile
        PostgresErrorCodes.ForeignKeyViolation, // what it refers to is gone, or what it removes is referred to
        PostgresErrorCodes.SerializationFailure,
        PostgresErrorCodes.DeadlockDetected,
    ];

    public static bool Lost(Exception? exception) => exception switch
    {
        null => false,
        ConcurrencyException or Marten.Exceptions.ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException => true,
        PostgresException postgres => States.Contains(postgres.SqlState),
        AggregateException several => several.InnerExceptions.Any(Lost),
        _ => Lost(exception.InnerException),
    };
}
