using System.Data.Common;
using System.Text.Json;
using IEvent = JasperFx.Events.IEvent;

namespace VirtualServers.Service.Store;

/// <summary>One stored event with everything that the store knows about it.</summary>
/// <param name="Event">Its type.</param>
/// <param name="Data">The event itself.</param>
/// <param name="Span">The span of the call that stored it, as W3C trace context writes it; empty if there was none.</param>
/// <param name="Epoch">The epoch in which it was stored; null for the first.</param>
public sealed record StoredFact(
    long Sequence, Guid EventId, Guid ObjectId, long Version, StoredEvent Event, object Data, DateTimeOffset Time, string Actor,
    string CorrelationId, string Reason, string AuthenticatedAs, string Span, Guid? Epoch)
{
    /// <summary>The columns that <see cref="Read"/> reads, of a row <c>e</c> of the event table.</summary>
    public static readonly Sql Columns = Sql.Text(
        "e.seq_id, e.id, e.stream_id, e.version, e.type, e.data, e.timestamp, e.user_name, e.correlation_id, " +
        $"e.headers ->> '{Headers.Reason}', e.headers ->> '{Headers.AuthenticatedAs}', e.causation_id, " +
        $"e.headers ->> '{Headers.Epoch}'");

    /// <summary>Marten's table of events.</summary>
    public static readonly Sql Table = Sql.Text($"{EventStore.Schema}.mt_events");

    /// <summary>The view after this event; null stands for no earlier event.</summary>
    public IView Next(IView? before) => Event.Aggregate.Next(before, ObjectId, Data, new(Time, Epoch));

    /// <summary>The event as Marten reads it.</summary>
    public IEvent ToEvent()
    {
        var happened = Event.Wrap(Data);
        (happened.Sequence, happened.Id, happened.StreamId, happened.Version) = (Sequence, EventId, ObjectId, Version);
        (happened.Timestamp, happened.UserName, happened.CorrelationId) = (Time, Actor, CorrelationId);
        if (Reason.Length > 0) happened.SetHeader(Headers.Reason, Reason);
        if (AuthenticatedAs.Length > 0) happened.SetHeader(Headers.AuthenticatedAs, AuthenticatedAs);
        if (Epoch is { } epoch) happened.SetHeader(Headers.Epoch, epoch.ToString());
        return happened;
    }

    public static StoredFact Read(DbDataReader rows)
    {
        var stored = StoredEvents.Known(rows.GetString(4));
        return new(
            rows.GetInt64(0), rows.GetGuid(1), rows.GetGuid(2), rows.GetInt64(3), stored,
            JsonSerializer.Deserialize(rows.GetFieldValue<byte[]>(5), stored.Type, StoredJson.Options)!,
            rows.GetFieldValue<DateTimeOffset>(6), Text(rows, 7), Text(rows, 8), Text(rows, 9), Text(rows, 10), Text(rows, 11),
            Headers.EpochOf(Text(rows, 12)));
    }

    private static string Text(DbDataReader rows, int column) => rows.IsDBNull(column) ? "" : rows.GetString(column);
}
