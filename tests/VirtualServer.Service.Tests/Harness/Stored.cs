using System.Text.Json;
using Npgsql;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>The content of the database, read without the service.</summary>
internal static class Stored
{
    private static readonly string[] Tables =
    [
        "mt_events", "mt_streams", "mt_doc_virtual_server", "mt_doc_load_balancer_pool", "mt_doc_health_check_monitor",
        "mt_doc_certificate_profile", "mt_doc_inventory_object",
        "directory", "uses", "virtual_servers", "conditions", "requests",
    ];

    /// <summary>Every table with its number of rows and a digest of them: equal before and after when nothing was stored.</summary>
    public static Task<string> Everything(this TestService service) =>
        service.Scalar<string>($"select concat_ws(E'\\n', {string.Join(", ", Tables.Select(Digest))})");

    private static string Digest(string table) =>
        $"""
        (select '{table}: ' || count(*) || ' rows ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '')
            from registry.{table} t {WithoutBackground(table)})
        """;

    // After a lost race, Marten writes its tombstone in the background, at any time, and news of conditions follow their cause.
    private static string WithoutBackground(string table) => table switch
    {
        "mt_events" => "where type <> 'tombstone' and type not like '%.condition_%'",
        "mt_streams" => "where type is not null and type <> 'condition_news'",
        _ => "",
    };

    /// <summary>How many rows a table has.</summary>
    public static Task<long> Count(this TestService service, string table) =>
        service.Scalar<long>($"select count(*) from registry.{table}");

    /// <summary>The events of an object, oldest first.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> History(this TestService service, string id)
    {
        await using var connection = new NpgsqlConnection(service.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            select version, type, data::text, user_name, correlation_id, headers ->> 'reason', timestamp
            from registry.mt_events where stream_id = $1 order by version
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Guid.Parse(id) });
        await using var rows = await command.ExecuteReaderAsync();
        var history = new List<StoredEvent>();
        while (await rows.ReadAsync())
        {
            using var data = JsonDocument.Parse(rows.GetString(2));
            history.Add(new(
                rows.GetInt64(0),
                rows.GetString(1),
                data.RootElement.Clone(),
                Text(3),
                Text(4),
                Text(5),
                rows.GetFieldValue<DateTimeOffset>(6)));
        }

        return history;

        string? Text(int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
    }

    /// <summary>The types of the events of an object, oldest first.</summary>
    public static async Task<string[]> EventTypes(this TestService service, string id) =>
        [.. (await service.History(id)).Select(happened => happened.Type)];
}

/// <summary>A stored event.</summary>
internal sealed record StoredEvent(
    long Version,
    string Type,
    JsonElement Data,
    string? Actor,
    string? CorrelationId,
    string? Reason,
    DateTimeOffset Time)
{
    /// <summary>The facets that a Changed carries.</summary>
    public string[] Facets => [.. Data.EnumerateObject().Select(facet => facet.Name).Order(StringComparer.Ordinal)];
}
