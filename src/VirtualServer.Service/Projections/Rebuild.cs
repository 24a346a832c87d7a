using System.Data;
using System.Globalization;
using System.Threading.Channels;
using Npgsql;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;
using IEvent = JasperFx.Events.IEvent;

namespace VirtualServers.Service.Projections;

/// <summary>
/// Folds all events anew into new tables, while the service serves, and then replaces the live tables in one short transaction.
/// <list type="number">
/// <item>Object by object, up to the newest event at the start. A page of rows and the checkpoint are one transaction, so a rebuild that is
/// interrupted continues.</item>
/// <item>Catching up: the events since then, until few are left; then the indexes, references and conditions between objects.</item>
/// <item>The switch: appends wait, the last events are folded, the tables replaced, the versions set.</item>
/// </list>
/// Memory is bounded by a page and by the events that are committed while the indexes are built.
/// </summary>
public sealed class Rebuild(Maintenance maintenance, TimeProvider clock)
{
    /// <summary>Held by the session of a rebuild: one runs at a time.</summary>
    internal static readonly AdvisoryLock Only = AdvisoryLock.Exclusive("rebuild of the read models");

    private const int PageRows = 10_000;
    private const int CatchUpEvents = 10_000;
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(2);
    private static readonly Sql ProgressTable = Sql.Text($"{RebuiltTables.Schema}.progress");

    private Action<string> report = _ => { };

    /// <summary>Rebuilds every read model, or continues a rebuild that was interrupted.</summary>
    /// <param name="reported">Takes a sentence on the progress now and then.</param>
    /// <returns>False, without doing anything, when another process is rebuilding them.</returns>
    public async Task<bool> TryRun(Action<string> reported, CancellationToken cancellation)
    {
        report = reported;
        var started = clock.GetTimestamp();
        // The locks of this connection's session hold off a second rebuild, and end with the process.
        await using var connection = await maintenance.Source.OpenConnectionAsync(cancellation);
        if (!await TryLock(connection, cancellation)) return false;
        try
        {
            var progress = await Begin(connection, cancellation);
            if (!progress.IsFolded) progress = await FoldObjects(connection, progress, cancellation);
            if (!progress.IsComplete)
            {
                progress = await CatchUp(connection, progress, cancellation);
                progress = await Complete(connection, progress, cancellation);
            }

            var events = await Switch(connection, progress, cancellation);
            report($"rebuilt the read models from {Number(events)} events in {Seconds(clock.GetElapsedTime(started))}");
            return true;
        }
        finally
        {
            await ReleaseLock(connection);
        }
    }

    private static async Task<bool> TryLock(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection)
        {
            Parameters = { new() { Value = Only.Key } },
        };
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task ReleaseLock(NpgsqlConnection connection)
    {
        // A broken connection has lost the lock already.
        if (connection.State is not ConnectionState.Open) return;
        await RebuiltTables.Execute(connection, "rollback", CancellationToken.None);
        await using var command = new NpgsqlCommand("select pg_advisory_unlock($1)", connection)
        {
            Parameters = { new() { Value = Only.Key } },
        };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task<Progress> Begin(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await Stored(connection, cancellation) is { } interrupted && interrupted.Versions == ReadModelVersions.Text)
        {
            report($"continuing an interrupted rebuild: {Number(interrupted.Events)} events are folded");
            return interrupted;
        }

        var upTo = await EventStream.Settled(connection, cancellation);
        await RebuiltTables.Execute(connection, "begin", cancellation);
        await RebuiltTables.Create(connection, cancellation);
        await RebuiltTables.Execute(
            connection,
            $"""
            create table {RebuiltTables.Schema}.progress (
                versions text not null, events bigint not null, upto bigint not null, last uuid not null,
                folded boolean not null, complete boolean not null)
            """,
            cancellation);
        var progress = new Progress(
            ReadModelVersions.Text, 0, upTo, Guid.Empty, IsFolded: false, IsComplete: false);
        await Save(connection, progress, cancellation);
        await Commit(connection, cancellation);
        return progress;
    }

    // Object by object, so that every row is written once and no state is held but that of one object.
    private async Task<Progress> FoldObjects(NpgsqlConnection connection, Progress progress, CancellationToken cancellation)
    {
        await using var reading = await maintenance.Source.OpenConnectionAsync(cancellation);
        var pace = new Pace(clock, progress.Events, await EventStream.Count(reading, 0, progress.UpTo, cancellation));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = Channel.CreateBounded<IEvent>(new BoundedChannelOptions(PageRows) { SingleReader = true, SingleWriter = true });
        var reader = ReadAhead(reading, progress, ahead.Writer, stop.Token);
        try
        {
            var rows = new FoldedRows();
            await BeginPage(connection, cancellation);
            (Guid Id, ObjectFold Fold)? current = null;
            await foreach (var happened in ahead.Reader.ReadAllAsync(cancellation))
            {
                if (current?.Id != happened.StreamId)
                {
                    current?.Fold.End();
                    if (current is { Id: var last } && rows.Count >= PageRows)
                    {
                        progress = progress with { Last = last };
                        await EndPage(connection, rows, progress, cancellation);
                        if (pace.IsDue) report(pace.Sentence(progress.Events));
                        await BeginPage(connection, cancellation);
                    }

                    current = (happened.StreamId, new ObjectFold(rows));
                }

                current.Value.Fold.Next(happened);
                progress = progress with { Events = progress.Events + 1 };
                // One object may have very many versions.
                if (rows.Count >= PageRows * 2) await Write(connection, rows, cancellation);
            }

            current?.Fold.End();
            progress = progress with { IsFolded = true };
            await EndPage(connection, rows, progress, cancellation);
            report(pace.Sentence(progress.Events));
            return progress;
        }
        finally
        {
            await stop.CancelAsync();
            await reader.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Progress> CatchUp(NpgsqlConnection connection, Progress progress, CancellationToken cancellation)
    {
        for (var newest = await EventStream.Settled(connection, cancellation);
            newest - progress.UpTo > CatchUpEvents;
            newest = await EventStream.Settled(connection, cancellation))
        {
            await BeginPage(connection, cancellation);
            progress = await FoldSince(connection, progress, progress.UpTo + CatchUpEvents, cancellation);
            await Commit(connection, cancellation);
            report($"caught up to event {Number(progress.UpTo)} of {Number(newest)}");
        }

        return progress;
    }

    private async Task<Progress> Complete(NpgsqlConnection connection, Progress progress, CancellationToken cancellation)
    {
        report("building indexes and conditions");
        var upTo = await EventStream.Settled(connection, cancellation);
        await BeginPage(connection, cancellation);
        // From here on, every state that is written is one that the live tables had, or a unique index would reject it.
        progress = await FoldSince(connection, progress, upTo, cancellation);
        await RebuiltTables.Complete(connection, cancellation);
        Sql conditions =
            $"insert into {ConditionsTable.Name} (virtual_server, type, other) {ConditionsTable.FindKept} on conflict do nothing";
        await OnNew(connection, conditions, cancellation);
        progress = progress with { IsComplete = true };
        await Save(connection, progress, cancellation);
        await Commit(connection, cancellation);
        return progress;
    }

    private async Task<long> Switch(NpgsqlConnection connection, Progress progress, CancellationToken cancellation)
    {
        while (true)
        {
            // Events that were committed during the last step are folded first, so that callers wait for few of them.
            var upTo = await EventStream.Settled(connection, cancellation);
            await BeginPage(connection, cancellation);
            progress = await FoldSince(connection, progress, upTo, cancellation);
            await Commit(connection, cancellation);
            try
            {
                return await TrySwitch(connection, progress, cancellation);
            }
            catch (PostgresException exception) when (
                exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                await RebuiltTables.Execute(connection, "rollback", CancellationToken.None);
                report("a long transaction holds up the switch, which is tried again");
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellation);
            }
        }
    }

    private static async Task<long> TrySwitch(NpgsqlConnection connection, Progress progress, CancellationToken cancellation)
    {
        await RebuiltTables.Execute(connection, "begin", cancellation);
        // Callers wait behind these locks, so a lock that is not free soon is given up: before PostgreSQL looks for deadlocks, after a
        // second, because it might end a read of release 0.1.0, which does not lock the versions first.
        await RebuiltTables.Execute(connection, "set local lock_timeout = '500ms'", cancellation);
        // Waits for the end of open appends, and holds off new ones.
        await RebuiltTables.Execute(
            connection, $"lock table {EventStore.Schema}.mt_events in share row exclusive mode", cancellation);
        progress = await FoldSince(connection, progress, await CommittedEvents.Newest(connection, cancellation), cancellation);
        await RebuiltTables.Execute(connection, "set constraints all immediate", cancellation);
        // Readers take the first lock before their snapshot (Queries/Snapshot.cs): to a snapshot of before, the new tables have no rows.
        await OnLive(connection, $"lock table {ReadModelVersions.Table} in access exclusive mode", cancellation);
        var live = Sql.Join(", ", ReadModelTable.All.Select(table => table.Qualified));
        await OnLive(connection, $"lock table {live} in access exclusive mode", cancellation);
        await RebuiltTables.Replace(connection, cancellation);
        foreach (var statement in ReadModelVersions.Set) await OnLive(connection, statement, cancellation);
        await Commit(connection, CancellationToken.None);
        return progress.Events;
    }

    // Folds the next events on top of what is folded already: the rows of the latest states are deleted, and inserted as they are now.
    private static async Task<Progress> FoldSince(NpgsqlConnection connection, Progress progress, long upTo, CancellationToken cancellation)
    {
        var events = new List<IEvent>();
        await foreach (var happened in EventStream.Read(connection, progress.UpTo, upTo, Guid.Empty, cancellation)) events.Add(happened);
        var byObject = events.GroupBy(happened => happened.StreamId).ToDictionary(stream => stream.Key, stream => stream.ToList());
        var states = await States(connection, byObject, cancellation);
        var rows = new FoldedRows();
        var changes = new List<RowChange>();
        foreach (var (id, stream) in byObject)
        {
            var state = states.GetValueOrDefault(id);
            var fold = new ObjectFold(rows, state);
            foreach (var happened in stream) fold.Next(happened);
            fold.End();
            changes.Add(ProjectionStep.Of(state?.View, stream).Rows);
        }

        await DeleteLatest(connection, [.. states.Keys], cancellation);
        foreach (var ended in ObjectVersionsTable.End([.. changes.Where(change => change.Before is not null)]))
            await OnNew(connection, ended, cancellation);
        await WriteServers(connection, changes, progress.IsComplete, rows, cancellation);
        progress = progress with { Events = progress.Events + events.Count, UpTo = upTo };
        await Save(connection, progress, cancellation);
        return progress;
    }

    private static async Task<Dictionary<Guid, FoldedState>> States(
        NpgsqlConnection connection, Dictionary<Guid, List<IEvent>> events, CancellationToken cancellation)
    {
        var states = new Dictionary<Guid, FoldedState>();
        var known = events.Where(stream => stream.Value[0].Version > 1).ToList();
        foreach (var ofKind in known.GroupBy(stream => StoredEvents.Of(stream.Value[0].EventType).Aggregate))
        {
            Sql latest =
                $"""
                select id, data::text from {ReadModels.ViewTableOf(ofKind.Key.Content)}
                where id = any({ofKind.Select(stream => stream.Key).ToArray()})
                """;
            await using var command = latest.On(RebuiltTables.Schema).Command(connection);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
                states[rows.GetGuid(0)] = new(ofKind.Key.Read(rows.GetString(1)), []);
        }

        Sql held =
            $"""
            select source, field, part, target, valid_from from {UsesTable.Name}
            where source = any({states.Keys.ToArray()}) and {UsesTable.IsCurrent}
            """;
        await using var uses = held.On(RebuiltTables.Schema).Command(connection);
        await using var found = await uses.ExecuteReaderAsync(cancellation);
        while (await found.ReadAsync(cancellation))
        {
            var from = await found.GetFieldValueAsync<DateTimeOffset>(4, cancellation);
            states[found.GetGuid(0)].Held[new(found.GetString(1), Target: found.GetGuid(3), Part: found.GetGuid(2))] = from;
        }

        return states;
    }

    private static async Task DeleteLatest(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellation)
    {
        if (ids.Length == 0) return;
        foreach (var table in ReadModelTable.All.Where(table => table.Model is "views" or "directory"))
            await OnNew(connection, $"delete from {table.Qualified} where id = any({ids})", cancellation);
        await OnNew(
            connection, $"delete from {UsesTable.Name} where source = any({ids}) and {UsesTable.IsCurrent}", cancellation);
    }

    // Virtual servers and their conditions change as they do in a command, once the conditions between objects are there.
    private static async Task WriteServers(
        NpgsqlConnection connection, List<RowChange> changes, bool complete, FoldedRows rows, CancellationToken cancellation)
    {
        var ids = changes.Where(change => change.ChangesListener || !complete).Select(change => change.After.Id).ToArray();
        if (ids.Length > 0)
        {
            await OnNew(connection, $"delete from {ConditionsTable.Name} where virtual_server = any({ids})", cancellation);
            await OnNew(connection, $"delete from {VirtualServersTable.Name} where id = any({ids})", cancellation);
        }

        var rewritten = ids.ToHashSet();
        rows.VirtualServers.RemoveAll(row => !rewritten.Contains(row.Id));
        rows.OwnConditions.RemoveAll(row => complete || !rewritten.Contains(row.Server));
        await Write(connection, rows, cancellation);
        if (!complete) return;
        var rewrittenAnew = changes.Select(change => rewritten.Contains(change.After.Id) && change.Before is { } before
            ? change with { Before = before with { Conditions = new HashSet<ConditionType>() } }
            : change);
        foreach (var statement in ConditionsTable.Write([.. rewrittenAnew])) await OnNew(connection, statement, cancellation);
    }

    // A page and its checkpoint are lost together, if at all.
    private static Task BeginPage(NpgsqlConnection connection, CancellationToken cancellation) =>
        RebuiltTables.Execute(connection, "begin; set local synchronous_commit = off", cancellation);

    private static async Task EndPage(
        NpgsqlConnection connection, FoldedRows rows, Progress progress, CancellationToken cancellation)
    {
        await Write(connection, rows, cancellation);
        await Save(connection, progress, cancellation);
        await Commit(connection, cancellation);
    }

    private static Task Commit(NpgsqlConnection connection, CancellationToken cancellation) =>
        RebuiltTables.Execute(connection, "commit", cancellation);

    private static async Task ReadAhead(
        NpgsqlConnection connection, Progress progress, ChannelWriter<IEvent> ahead, CancellationToken cancellation)
    {
        try
        {
            // In the order of the index from the first row on, instead of a sort of all events.
            await RebuiltTables.Execute(
                connection,
                "set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set max_parallel_workers_per_gather = 0",
                cancellation);
            try
            {
                await foreach (var happened in EventStream.Read(connection, 0, progress.UpTo, progress.Last, cancellation))
                    await ahead.WriteAsync(happened, cancellation);
            }
            finally
            {
                await RebuiltTables.Execute(
                    connection,
                    "reset enable_seqscan; reset enable_bitmapscan; reset enable_sort; reset max_parallel_workers_per_gather",
                    CancellationToken.None);
            }

            ahead.Complete();
        }
        catch (Exception exception)
        {
            ahead.Complete(exception);
        }
    }

    private static async Task Write(NpgsqlConnection connection, FoldedRows rows, CancellationToken cancellation)
    {
        foreach (var statement in ReadModelTable.All.Select(table => table.Insert(rows)).OfType<Sql>())
            await OnNew(connection, statement, cancellation);
        rows.Clear();
    }

    private static Task OnNew(NpgsqlConnection connection, Sql statement, CancellationToken cancellation) =>
        OnLive(connection, statement.On(RebuiltTables.Schema), cancellation);

    private static async Task OnLive(NpgsqlConnection connection, Sql statement, CancellationToken cancellation)
    {
        await using var command = statement.Command(connection);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Progress?> Stored(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var exists = new NpgsqlCommand($"select to_regclass('{RebuiltTables.Schema}.progress') is not null", connection);
        if (await exists.ExecuteScalarAsync(cancellation) is not true) return null;
        Sql stored = $"select versions, events, upto, last, folded, complete from {ProgressTable}";
        await using var command = stored.Command(connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetGuid(3), row.GetBoolean(4), row.GetBoolean(5))
            : null;
    }

    private static async Task Save(NpgsqlConnection connection, Progress progress, CancellationToken cancellation)
    {
        await OnLive(connection, $"delete from {ProgressTable}", cancellation);
        await OnLive(
            connection,
            $"""
            insert into {ProgressTable} (versions, events, upto, last, folded, complete) values (
                {progress.Versions}, {progress.Events}, {progress.UpTo}, {progress.Last}, {progress.IsFolded}, {progress.IsComplete})
            """,
            cancellation);
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => $"{Number((long)Math.Ceiling(time.TotalSeconds))} s";

    /// <summary>The checkpoint.</summary>
    /// <param name="Versions">The versions of the read models that are written.</param>
    /// <param name="Events">How many events are folded.</param>
    /// <param name="UpTo">The sequence number up to which events are folded.</param>
    /// <param name="Last">The last object whose events up to there are folded, before all are.</param>
    /// <param name="IsFolded">Whether the events of all objects up to there are folded.</param>
    /// <param name="IsComplete">Whether the tables have their indexes, references and conditions between objects.</param>
    private sealed record Progress(string Versions, long Events, long UpTo, Guid Last, bool IsFolded, bool IsComplete);

    /// <summary>The rate of this run, and an estimate of the rest.</summary>
    private sealed class Pace(TimeProvider clock, long before, long total)
    {
        private readonly long started = clock.GetTimestamp();
        private long reported = clock.GetTimestamp();

        public bool IsDue => clock.GetElapsedTime(reported) >= ReportPeriod;

        public string Sentence(long events)
        {
            reported = clock.GetTimestamp();
            var rate = (events - before) / Math.Max(0.001, clock.GetElapsedTime(started).TotalSeconds);
            var left = rate > 0 ? TimeSpan.FromSeconds((total - events) / rate) : TimeSpan.Zero;
            return $"folded {Number(events)} of {Number(total)} events, {Number((long)rate)} a second, about {Seconds(left)} left";
        }
    }
}
