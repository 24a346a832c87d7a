namespace VirtualServers.Service.Telemetry;

/// <summary>
/// The names that grpc.health.v1 answers to, and the checks behind them. Each room registers the checks of what it depends on; Api maps the
/// names. Without RabbitMQ the service stays ready: commands are stored, and announced later.
/// </summary>
public static class Health
{
    /// <summary>The process answers.</summary>
    public const string Liveness = "liveness";

    /// <summary>Commands can be executed: PostgreSQL answers and stores, its read models are known, and the service is warm.</summary>
    public const string Readiness = "readiness";

    /// <summary>PostgreSQL answers.</summary>
    public const string PostgreSql = "postgresql";

    /// <summary>The broker answers, confirms what is published, and owes no confirmation.</summary>
    public const string RabbitMq = "rabbitmq";

    /// <summary>No change has been waiting to be announced for more than a minute.</summary>
    public const string Announcements = "announcements";

    /// <summary>A part of readiness: the disk of PostgreSQL has room.</summary>
    public const string Disk = "disk";

    /// <summary>A part of readiness: the read models of the database are of the version of the service.</summary>
    public const string ReadModels = "read-models";

    /// <summary>A part of readiness: the service has executed a command and a read.</summary>
    public const string WarmUp = "warm-up";

    /// <summary>The checks that readiness consists of.</summary>
    public static IReadOnlyList<string> ReadinessParts { get; } = [PostgreSql, Disk, ReadModels, WarmUp];
}
