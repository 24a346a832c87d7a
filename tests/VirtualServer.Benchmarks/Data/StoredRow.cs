using System.Text.RegularExpressions;

namespace VirtualServers.Benchmarks.Data;

/// <summary>
/// A row that the service wrote, as a template for the rows of other objects: the columns are those of the current schema, and the values
/// are those of the service except for the differences between objects.
/// </summary>
internal sealed record StoredRow(string Table, IReadOnlyList<StoredColumn> Columns)
{
    public string Names => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>An insert of such a row for each row of a source.</summary>
    /// <param name="source">The rest of the select, from its <c>from</c> on.</param>
    public string Insert(Differences differences, string source) => $"insert into {Table} ({Names}) select {Values(differences)} {source}";

    /// <summary>The value of each column, in SQL.</summary>
    public string Values(Differences differences) => string.Join(", ", Columns.Select(column => column.Of(Table, differences)));

    /// <summary>The rows of a table about an object.</summary>
    public static async Task<List<StoredRow>> Read(Database database, string table, string where)
    {
        var columns = await database.Rows(
            $"""
            select attname, format_type(atttypid, null) from pg_attribute
            where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
            order by attnum
            """,
            row => (Name: row.GetString(0), Type: row.GetString(1)));
        return await database.Rows(
            $"select {string.Join(", ", columns.Select(column => $"{column.Name}::text"))} from {table} where {where}",
            row => new StoredRow(
                table,
                [.. columns.Select((column, i) => new StoredColumn(column.Name, column.Type, row.IsDBNull(i) ? null : row.GetString(i)))]));
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
        var expressions = parts.Select(part => texts.FirstOrDefault(text => text.Key == part).Value ?? $"'{Quoted(part)}'");
        return $"({string.Join(" || ", expressions)})::{Type}";
    }

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}

/// <summary>The differences between two objects, as SQL expressions.</summary>
/// <param name="Texts">The replacement of a text wherever it occurs in a value.</param>
/// <param name="Columns">The replacement of a whole column, named <c>table.column</c>.</param>
internal sealed record Differences(IReadOnlyDictionary<string, string> Texts, IReadOnlyDictionary<string, string> Columns)
{
    /// <summary>The differences of every event.</summary>
    public static readonly IReadOnlyDictionary<string, string> OfEvents = new Dictionary<string, string>
    {
        ["registry.mt_events.seq_id"] = "nextval('registry.mt_events_sequence')", ["registry.mt_events.id"] = "gen_random_uuid()",
    };

    public static Differences Of(params IEnumerable<(string Text, string Sql)> texts) =>
        new(texts.ToDictionary(text => text.Text, text => text.Sql), OfEvents);

    public Differences With(params IEnumerable<(string Column, string Sql)> columns) =>
        this with
        {
            Columns = new Dictionary<string, string>(
                [.. Columns, .. columns.Select(column => KeyValuePair.Create(column.Column, column.Sql))]),
        };
}
