using System.Diagnostics;
using Google.Protobuf;
using Marten;
using VirtualServers.Domain;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Security;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Store;

/// <summary>One event to be stored, and the view before and after it.</summary>
public abstract record Outcome
{
    /// <summary>The object.</summary>
    public abstract Guid Id { get; }

    /// <summary>What must not change at the same time.</summary>
    internal abstract IEnumerable<Lock> Locks { get; }

    /// <summary>Stores the event and everything that is kept in step with it.</summary>
    internal abstract void Queue(IDocumentSession session, string reason);

    /// <summary>An event of an object of this kind.</summary>
    public sealed record Of<T>(View<T>? Before, View<T> After, object Happened) : Outcome where T : class, IRegistered
    {
        public override Guid Id => After.Id;

        internal override IEnumerable<Lock> Locks => ConditionRules.Locks(Before, After);

        internal override void Queue(IDocumentSession session, string reason)
        {
            var stream = Before is null ? session.Events.StartStream<T>(After.Id, Happened) : session.Events.Append(After.Id, After.Version, Happened);
            var stored = stream.Events[0];
            stored.Timestamp = After.UpdateTime;
            if (reason.Length > 0) stored.SetHeader(Headers.Reason, reason);
            session.Store(After);
            Entries.Queue(session, Before, After);
            if (After is View<Domain.VirtualServers.VirtualServer> server) Listeners.Queue(session, server.Id, Listeners.Of(Before as View<Domain.VirtualServers.VirtualServer>), Listeners.Of(server));
            ConditionRules.Queue(session, Before, After);
        }
    }
}

/// <summary>The answer to a request id, to be given again when it comes again.</summary>
public sealed record Answered(Guid RequestId, byte[] Fingerprint, IMessage Answer);

/// <summary>Stores what commands led to: events, views, directory, uses, conditions and the answer to a request id, all of it in one transaction.</summary>
public sealed class Commits(IDocumentStore store, CommitSignal committed, TimeProvider clock)
{
    /// <summary>The time of a command. The database keeps microseconds; the time of an object never runs backwards, whatever the clock does.</summary>
    public DateTimeOffset Now(DateTimeOffset? last)
    {
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return last > now ? last.Value : now;
    }

    /// <summary>False when a race was lost: nothing is stored then, and the facts will say why.</summary>
    /// <param name="last">What else the transaction does, after everything else.</param>
    public async Task<bool> Try(Caller caller, string reason, IReadOnlyList<Outcome> outcomes, Answered? answered, Action<IDocumentOperations>? last = null)
    {
        await using var session = store.LightweightSession();
        session.CorrelationId = caller.CorrelationId;
        session.CausationId = Activity.Current?.Id;
        session.LastModifiedBy = caller.Actor;

        Lock.Queue(session, outcomes.SelectMany(outcome => outcome.Locks));
        foreach (var outcome in outcomes) outcome.Queue(session, reason);
        last?.Invoke(session);
        if (answered is { } first)
        {
            session.QueueSqlCommand(
                $"insert into {EventStore.Schema}.requests (id, fingerprint, answer, time) values (?, ?, ?, ?)", first.RequestId, first.Fingerprint, first.Answer.ToByteArray(), clock.GetUtcNow());
        }

        try
        {
            // Not cancelled with the call: once it is sent, only the database knows how it ends.
            await session.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception exception) when (Races.Lost(exception))
        {
            return false;
        }

        if (outcomes.Count > 0) committed.Raise();
        return true;
    }
}
