using System.Text.RegularExpressions;

namespace VirtualServers.Benchmarks.Data;

/// <summary>
/// A row that the service has written, from which statements are made that write the same for other objects: its columns are those of the
/// schema as it is, its values those of the service, but for what tells one object from another.
/// </summary>
internal sealed record StoredRow(string Table, IReadOnlyList<StoredColumn> Columns)
{
    public string Names => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>An insert of such a row for each of a source.</summary>
    /// <param name="source">The rest of the select, from its <c>from</c> on.</param>
    public string Insert(Differences differences, string source) => $"insert into {Table} ({Names}) select {Values(differences)} {source}";

    /// <summary>What each column is, of such a row.</summary>
    public string Values(Differences differences) => string.Join(", ", Columns.Select(column => column.Of(Table, differences)));

    /// <summary>The rows of a table about an object.</summary>
    public static async Task<List<StoredRow>> Read(Database database, string table, string where)
    {
        var types = (await database.Rows(
            $"select attname, format_type(atttypid, null) from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
            row => (Name: row.GetString(0), Type: row.GetString(1)))).ToDictionary(column => column.Name, column => column.Type);
        var cells = await database.Rows(
            $"select r.number, c.key, c.value from (select row_number() over () as number, to_jsonb(t) as row from {table} t where {where}) r, jsonb_each_text(r.row) c",
            row => (Row: row.GetInt64(0), Name: row.GetString(1), Value: row.IsDBNull(2) ? null : row.GetString(2)));
        return [.. cells.GroupBy(cell => cell.Row).Select(row => new StoredRow(table,
            [.. row.Where(cell => types.ContainsKey(cell.Name)).Select(cell => new StoredColumn(cell.Name, types[cell.Name], cell.Value))]))];
    }
}

/// <summary>A column and its value as text.</summary>
internal sealed record StoredColumn(string Name, string Type, string? Value)
{
    /// <summary>The value for another object, in SQL.</summary>
    public string Of(string table, Differences differences)
    {
        if (differences.Columns.TryGetValue($"{table}.{Name}", out var given)) return given;
        if (Value is null) return $"null::{Type}";
        var texts = differences.Texts.Where(text => Value.Contains(text.Key, StringComparison.Ordinal)).ToList();
        if (texts.Count == 0) return $"'{Quoted(Value)}'::{Type}";
        if (texts.FirstOrDefault(text => text.Key == Value).Value is { } whole) return $"({whole})::{Type}";
        var parts = Regex.Split(Value, $"({string.Join('|', texts.Select(text => Regex.Escape(text.Key)))})");
        return $"({string.Join(" || ", parts.Select(part => texts.FirstOrDefault(text => text.Key == part).Value ?? $"'{Quoted(part)}'"))})::{Type}";
    }

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}

/// <summary>What tells one object from another, as SQL expressions.</summary>
/// <param name="Texts">In the place of a text, wherever it stands in a value.</param>
/// <param name="Columns">In the place of a whole column, called <c>table.column</c>.</param>
internal sealed record Differences(IReadOnlyDictionary<string, string> Texts, IReadOnlyDictionary<string, string> Columns)
{
    /// <summary>Those of every event.</summary>
    public static readonly IReadOnlyDictionary<string, string> OfEvents = new Dictionary<string, string>
    {
        ["registry.mt_events.seq_id"] = "nextval('registry.mt_events_sequence')", ["registry.mt_events.id"] = "gen_random_uuid()",
    };

    public static Differences Of(params IEnumerable<(string Text, string Sql)> texts) => new(texts.ToDictionary(text => text.Text, text => text.Sql), OfEvents);

    public Differences With(params IEnumerable<(string Column, string Sql)> columns) =>
        this with { Columns = new Dictionary<string, string>([.. Columns, .. columns.Select(column => KeyValuePair.Create(column.Column, column.Sql))]) };
}
