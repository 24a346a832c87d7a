using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// The epochs of the registry. They are read again after five seconds, because the command <c>epoch new</c> may begin one meanwhile, and
/// whenever a connection has been opened: of a database that was restored, or whose server was replaced by a standby, every connection is
/// new. If such a database has not begun its epoch, the service begins it before it answers with its rows.
/// </summary>
public sealed class Epochs : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);
    private static readonly Sql Table = Sql.Text($"{EventStore.Schema}.epoch");

    private readonly NpgsqlDataSource source;
    private readonly StoreState state;
    private readonly TimeProvider clock;
    private readonly ILogger<Epochs> logger;
    private readonly SemaphoreSlim turn = new(1);

    private volatile Reading? last;
    private int opened;

    public Epochs(NpgsqlDataSource source, StoreState state, TimeProvider clock, ILogger<Epochs> logger)
    {
        (this.source, this.state, this.clock, this.logger) = (source, state, clock, logger);
        state.ConnectionOpened += Forget;
    }

    /// <summary>The id of the current epoch.</summary>
    public async ValueTask<Guid> Current(CancellationToken cancellation) => (await All(cancellation))[0].Id;

    /// <summary>Every epoch; the first one is current.</summary>
    public ValueTask<IReadOnlyList<Epoch>> All(CancellationToken cancellation) =>
        last is { } known && IsFresh(known) ? new(known.Epochs) : new(ReadAgain(cancellation));

    /// <summary>Begins the epoch of a restored database before the service serves.</summary>
    public static Task Prepare(IServiceProvider services) =>
        DatabaseSchema.Do(async () => await services.GetRequiredService<Epochs>().All(CancellationToken.None));

    /// <summary>Begins an epoch.</summary>
    public static async Task<Epoch> Begin(NpgsqlDataSource source, string reason, CancellationToken cancellation)
    {
        Sql statement = $"select {Begun(reason, ifRestored: false)}";
        await using (var command = statement.Command(source)) await command.ExecuteScalarAsync(cancellation);
        return (await Read(source, cancellation)).Epochs[0];
    }

    /// <summary>Every epoch of a database, the current one first.</summary>
    public static async Task<IReadOnlyList<Epoch>> Of(NpgsqlDataSource source, CancellationToken cancellation) =>
        (await Read(source, cancellation)).Epochs;

    public void Dispose()
    {
        state.ConnectionOpened -= Forget;
        turn.Dispose();
    }

    private bool IsFresh(Reading reading) => clock.GetElapsedTime(reading.Time) < MaxAge;

    private void Forget()
    {
        Interlocked.Increment(ref opened);
        last = null;
    }

    private async Task<IReadOnlyList<Epoch>> ReadAgain(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (last is { } known && IsFresh(known)) return known.Epochs;
            var (time, openedBefore) = (clock.GetTimestamp(), Volatile.Read(ref opened));
            var (epochs, isRestored) = await Read(source, cancellation);
            if (isRestored && await BeginRestored(cancellation) is { } begun)
            {
                epochs = (await Read(source, cancellation)).Epochs;
                Log.EpochBegan(logger, begun, epochs[0].Reason);
            }

            // Another connection that was opened meanwhile may already be that of a restored database.
            if (openedBefore == Volatile.Read(ref opened)) last = new(epochs, time);
            return epochs;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<Guid?> BeginRestored(CancellationToken cancellation)
    {
        const string reason = "noticed by the service: the database was restored, or its server was replaced by a standby";
        Sql statement = $"select {Begun(reason, ifRestored: true)}";
        await using var command = statement.Command(source);
        return await command.ExecuteScalarAsync(cancellation) as Guid?;
    }

    private static Sql Begun(string reason, bool ifRestored) =>
        $"{Sql.Text(EventStore.Schema)}.begin_epoch({reason}, {ifRestored})";

    private static async Task<(IReadOnlyList<Epoch> Epochs, bool IsRestored)> Read(NpgsqlDataSource source, CancellationToken cancellation)
    {
        Sql statement =
            $"""
            select number, id, since, reason, lineage <> lineage_now and '' not in (lineage, lineage_now)
            from {Table}, {Sql.Text(EventStore.Schema)}.lineage() as lineage_now order by number desc
            """;
        await using var command = statement.Command(source);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var (epochs, isRestored) = (new List<Epoch>(), false);
        while (await rows.ReadAsync(cancellation))
        {
            if (epochs.Count == 0) isRestored = rows.GetBoolean(4);
            epochs.Add(new(rows.GetInt32(0), rows.GetGuid(1), rows.GetFieldValue<DateTimeOffset>(2), rows.GetString(3)));
        }

        return epochs.Count > 0
            ? (epochs, isRestored)
            : throw new InvalidOperationException(
                $"{EventStore.Schema}.epoch has no row: begin an epoch with the command: epoch new --reason TEXT");
    }

    private sealed record Reading(IReadOnlyList<Epoch> Epochs, long Time);
}
