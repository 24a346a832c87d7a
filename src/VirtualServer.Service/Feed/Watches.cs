using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Feed;

/// <summary>Sends changes to watchers, each at its own pace, from the one tail of the node.</summary>
public sealed class Watches(
    Tail tail, Snapshots snapshots, ChangeTimes times, ChangeTokens tokens, Instruments instruments, IHostApplicationLifetime service,
    TimeProvider clock)
{
    private const int PageSize = 200;

    // A watcher that takes longer for one message is told that it is too slow; one that takes none for minutes has gone.
    private static readonly TimeSpan MaxStall = TimeSpan.FromSeconds(20), MaxAbsence = TimeSpan.FromMinutes(5);

    // How long a token may be ahead of this node. Beyond it, another node serves the watcher better.
    private static readonly TimeSpan MaxAhead = TimeSpan.FromSeconds(5);

    /// <summary>Sends until the caller leaves, the service stops, or the credentials of the caller expire.</summary>
    /// <param name="abandon">Ends the stream of a caller that reads nothing, and so would not learn the status of the call.</param>
    public async Task Send(
        WatchQuery query, Caller caller, Func<WatchChangesResponse, Task> send, Action abandon, CancellationToken cancellation)
    {
        if (query.Malformed.Count > 0) throw new Refused(query.Malformed);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, service.ApplicationStopping);
        instruments.WatchBegun();
        try
        {
            await Send(query, caller.Reads, caller.Until, message => Take(send(message), abandon, ends.Token), ends.Token);
        }
        catch (Exception exception) when (Dismissal.Of(exception) is { } dismissed)
        {
            throw dismissed;
        }
        catch (OperationCanceledException) when (service.ApplicationStopping.IsCancellationRequested)
        {
            throw new Refused(new Violation(
                Reason.Stopping, "", "the service stops: watch again with the last token, at another node or a moment later"));
        }
        finally
        {
            instruments.WatchEnded();
        }
    }

    private async Task Send(
        WatchQuery query, Tenants readable, DateTimeOffset until, Func<WatchChangesResponse, Task> send, CancellationToken cancellation)
    {
        using var reader = await tail.Open(null, cancellation);
        var place = FeedPlace.At(reader.Position);
        if (query.Start is FeedStart.Token(var text))
        {
            place = await tokens.Read(text, query.Identity, readable, cancellation);
            reader.Seek(place.Sequence);
            if (place.Sequence > tail.Position) await Follow(place.Sequence, cancellation);
        }

        if (query.Start is FeedStart.Snapshot) place = await SendSnapshot(query, place, reader.Epoch, readable, send, cancellation);
        var from = (query.Start as FeedStart.Time)?.From ?? DateTimeOffset.MinValue;
        if (query.Start is FeedStart.Time)
        {
            place = FeedPlace.At(await times.Before(from, tail.Position, cancellation));
            reader.Seek(place.Sequence);
        }

        if (query.Start is not FeedStart.Snapshot) await SendProgress();
        var (sent, wasCurrent) = (clock.GetTimestamp(), false);
        while (true)
        {
            // The call itself ends with the credentials, too (Api/Failures.cs); whoever is first, it ends with the same status.
            if (clock.GetUtcNow() >= until) throw new Refused(Caller.Expired);
            // A watcher that was current and reads too slowly would read the store on its own for ever.
            if (wasCurrent && !tail.Keeps(reader.Position)) throw TooSlow();
            wasCurrent |= tail.Keeps(reader.Position);
            var page = await reader.Next(PageSize, Rest(query.ProgressInterval, sent), cancellation, isPatient: true);
            foreach (var change in page.Changes)
            {
                if (change.Time < from || place.Known.Contains(change.Sequence)) continue;
                if (Effects.On(change, query.Filter, readable) is not { } watched) continue;
                place = place.Then(change.Sequence);
                await send(new() { Change = watched, Token = await Token() });
                sent = clock.GetTimestamp();
            }

            place = place.Then(page.Position);
            if (clock.GetElapsedTime(sent) < query.ProgressInterval) continue;
            await SendProgress();
            sent = clock.GetTimestamp();
        }

        async Task SendProgress() => await send(new() { Progress = new() { Sequence = place.Sequence }, Token = await Token() });

        Task<string> Token() => tokens.Write(place, reader.Epoch, query.Identity, readable, cancellation);
    }

    private async Task<FeedPlace> SendSnapshot(
        WatchQuery query, FeedPlace place, Guid epoch, Tenants readable, Func<WatchChangesResponse, Task> send,
        CancellationToken cancellation)
    {
        await using var snapshot = await snapshots.Begin(place.Sequence, cancellation);
        var objects = 0L;
        await foreach (var (view, names) in snapshot.Read(query.Filter, readable, cancellation))
        {
            await send(new() { Object = RegistryObjects.ToWire(view, names) });
            objects++;
        }

        place = place with { Known = snapshot.Contained };
        await send(new()
        {
            SnapshotComplete = new() { Objects = objects },
            Token = await tokens.Write(place, epoch, query.Identity, readable, cancellation),
        });
        return place;
    }

    // The token is of a node that has read a change before this one, which may be cut off from the database, or of a database that has been
    // restored.
    private async Task Follow(long start, CancellationToken cancellation)
    {
        if (!await tail.Has(start, cancellation)) throw new Refused(ChangeTokens.Ahead);
        var began = clock.GetTimestamp();
        while (start > tail.Position)
        {
            if (clock.GetElapsedTime(began) > MaxAhead)
            {
                throw new Refused(new Violation(
                    Reason.StoreUnavailable, "", "this node cannot read changes now: watch again with the last token, at another node"));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancellation);
        }
    }

    // The status is not sent before the message is taken: a status behind a message that waits has made Kestrel lose later answers.
    private async Task Take(Task sending, Action abandon, CancellationToken cancellation)
    {
        if (sending.IsCompletedSuccessfully) return;
        var began = clock.GetTimestamp();
        try
        {
            await sending.WaitAsync(MaxAbsence, clock, cancellation);
        }
        catch (TimeoutException)
        {
            abandon();
            throw TooSlow();
        }

        if (clock.GetElapsedTime(began) > MaxStall) throw TooSlow();
    }

    private TimeSpan Rest(TimeSpan interval, long since)
    {
        var rest = interval - clock.GetElapsedTime(since);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    private static Refused TooSlow() => new(new Violation(
        Reason.WatchTooSlow, "", "the caller reads more slowly than changes happen: watch again with the last token, and read faster"));
}
