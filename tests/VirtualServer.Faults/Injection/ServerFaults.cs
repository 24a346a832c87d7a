using System.Diagnostics;
using Npgsql;
using RabbitMQ.Client;
using VirtualServers.Contracts;
using static VirtualServers.Faults.Injection.Pauses;

namespace VirtualServers.Faults.Injection;

/// <summary>Faults of PostgreSQL and RabbitMQ, which all nodes feel.</summary>
internal sealed class ServerFaults
{
    private const string FullQueue = "faults.full";

    // rabbitmqctl and the default of RabbitMQ.
    private const double AlarmingFraction = 0.00001, UsualFraction = 0.4;

    private int active;

    /// <summary>Whether no server suffers now.</summary>
    public bool IsCalm => Volatile.Read(ref active) == 0;

    public IReadOnlyList<Fault> All =>
    [
        Of("rabbitmq-killed", 45, async (scene, random, stop) =>
        {
            await scene.Servers.StopRabbitMq("KILL");
            await Waiting.For(Between(random, 0, 10), stop);
            await scene.Servers.StartRabbitMq();
            return "";
        }),
        Of("rabbitmq-away-for-a-minute", 100, async (scene, _, stop) =>
        {
            await scene.Servers.StopRabbitMq("TERM");
            var told = await Told(scene, "rabbitmq", Seconds(60), stop);
            await Waiting.For(Seconds(60) - (told ?? Seconds(60)), stop);
            await scene.Servers.StartRabbitMq();
            return Sentence("rabbitmq", told);
        }),
        Of("rabbitmq-frozen", 30, async (scene, random, stop) =>
        {
            await scene.Servers.RabbitMq.Freeze();
            var told = await Told(scene, "rabbitmq", Between(random, 5, 25), stop);
            await scene.Servers.RabbitMq.Continue();
            return Sentence("rabbitmq", told);
        }),
        Of("rabbitmq-blocked", 40, async (scene, random, stop) =>
        {
            await scene.Servers.LimitMemory(AlarmingFraction);
            var told = await Told(scene, "rabbitmq", Seconds(30), stop);
            await Waiting.For(Between(random, 1, 10), stop);
            await scene.Servers.LimitMemory(UsualFraction);
            return Sentence("rabbitmq", told);
        }),
        Of("queue-full", 60, QueueFull),
        Of("postgresql-restarted", 20, (scene, random, stop) => PostgresRestarted(scene, "INT", random, stop)),
        Of("postgresql-crashed", 20, (scene, random, stop) => PostgresRestarted(scene, "QUIT", random, stop)),
        Of("postgresql-frozen", 25, async (scene, random, stop) =>
        {
            await scene.Servers.Postgres.Freeze();
            await Waiting.For(Between(random, 1, 15), stop);
            await scene.Servers.Postgres.Continue();
            return "";
        }),
        Of("sessions-ended", 5, SessionsEnded),
        Of("sequence-held-for-a-minute", 100, SequenceHeld),
    ];

    private static string Sentence(string name, TimeSpan? told) =>
        told is { } time ? $"health tells {name} after {time.TotalSeconds:F0} s" : $"health did not tell {name}";

    private static Task<TimeSpan?> Told(Scene scene, string name, TimeSpan limit, CancellationToken stop) =>
        Waiting.Until(() => scene.Health.TellsFault(name), limit, stop);

    private static async Task<string> PostgresRestarted(Scene scene, string signal, Random random, CancellationToken stop)
    {
        await scene.Servers.StopPostgres(signal);
        await Waiting.For(Between(random, 0, 5), stop);
        await scene.Servers.StartPostgres();
        // The connections of the pool are of the former server.
        NpgsqlConnection.ClearAllPools();
        var (back, since) = (DateTime.UtcNow, Stopwatch.GetTimestamp());
        await Waiting.Until(() => scene.Ledger.AcknowledgedAt is [.., var last] && last > back, Seconds(60), stop);
        return $"commands go on {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s after its start";
    }

    private static async Task<string> SessionsEnded(Scene scene, Random random, CancellationToken stop)
    {
        await using var connection = await scene.Servers.Connect(CancellationToken.None);
        await using var command = new NpgsqlCommand(
            """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """,
            connection);
        return $"{await command.ExecuteScalarAsync(stop)} sessions";
    }

    private static async Task<string> QueueFull(Scene scene, Random random, CancellationToken stop)
    {
        await using var connection = await new ConnectionFactory { Uri = scene.Servers.Broker }.CreateConnectionAsync(stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await channel.QueueDeclareAsync(
            FullQueue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }, cancellationToken: stop);
        await channel.BasicPublishAsync("", FullQueue, new byte[1], stop);
        await channel.QueueBindAsync(FullQueue, ChangeAnnouncement.Exchange, "virtual_server.*", cancellationToken: stop);
        await Waiting.For(Between(random, 5, 30), stop);
        var parked = await Parked(scene);
        await channel.QueueDeleteAsync(FullQueue, cancellationToken: CancellationToken.None);
        return $"{parked} changes were parked";
    }

    private static async Task<long> Parked(Scene scene)
    {
        await using var connection = await scene.Servers.Connect(CancellationToken.None);
        await using var command = new NpgsqlCommand("select count(*) from registry.parked_announcements", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<string> SequenceHeld(Scene scene, Random random, CancellationToken stop)
    {
        await using var connection = await scene.Servers.Connect(stop);
        var transaction = await connection.BeginTransactionAsync(stop);
        await using (var command = new NpgsqlCommand("select nextval('registry.mt_events_sequence')", connection, transaction))
            await command.ExecuteScalarAsync(stop);
        var told = await Told(scene, "announcements", Seconds(90), stop);
        if (told is null && !stop.IsCancellationRequested)
            scene.Journal.Violate("health tells what waits", "a sequence number was held for 90 s, and health did not tell announcements");
        await transaction.RollbackAsync(CancellationToken.None);
        var recovered = await Waiting.Until(
            () => !scene.Health.TellsFault("announcements"), Seconds(60), CancellationToken.None);
        if (recovered is null)
            scene.Journal.Violate("announcements recover", "a minute after a held number was given up, health still tells announcements");
        return $"{Sentence("announcements", told)}; serving {recovered?.TotalSeconds:F0} s after its end";
    }

    private Fault Of(string name, double seconds, Func<Scene, Random, CancellationToken, Task<string>> inject) =>
        new(name, Seconds(seconds), async (scene, random, stop) =>
        {
            Interlocked.Increment(ref active);
            try
            {
                return await inject(scene, random, stop);
            }
            finally
            {
                Interlocked.Decrement(ref active);
            }
        });
}
