using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>The content of past versions, folded from their events.</summary>
internal static class PastContent
{
    /// <summary>
    /// The events that led to a row <c>d</c> of the table of versions, as JSON: type, data, time and epoch of each; null for the current
    /// version, whose view is stored.
    /// </summary>
    public static readonly Sql Events =
        $"""
        case when d.valid_until <> 'infinity' then (
            select json_agg(json_build_array(e.type, e.data, e.timestamp, e.headers ->> '{Sql.Text(Headers.Epoch)}')
                order by e.version)
            from {StoredFact.Table} e where e.stream_id = d.id and e.version <= d.version) end
        """;

    /// <summary>The view that events lead to.</summary>
    public static View<T> Fold<T>(Guid id, byte[] events) where T : class, IRegistered
    {
        using var array = JsonDocument.Parse(events);
        IView? view = null;
        foreach (var row in array.RootElement.EnumerateArray())
        {
            var stored = StoredEvents.Known(row[0].GetString()!);
            var happened = row[1].Deserialize(stored.Type, StoredJson.Options)!;
            view = stored.Aggregate.Next(
                view, id, happened, new(row[2].GetDateTimeOffset().ToUniversalTime(), Headers.EpochOf(row[3].GetString())));
        }

        return (View<T>)view!;
    }
}
