namespace VirtualServers.Service.Store;

/// <summary>
/// Rows as a statement takes them: one array for each column. A table lists its columns once, for every statement that writes to it.
/// </summary>
public sealed class Columns<TRow>(params IReadOnlyList<Columns<TRow>.Column> columns)
{
    /// <summary>The names: <c>id, kind, name</c>.</summary>
    public Sql Names { get; } = Sql.Text(string.Join(", ", columns.Select(column => column.Name)));

    /// <summary>
    /// The expressions that read the columns of <see cref="From"/> with the types of the table: <c>r.id, r.network::inet</c>.
    /// </summary>
    public Sql Select { get; } = Sql.Text(string.Join(", ", columns.Select(column => $"r.{column.Name}{column.Cast}")));

    /// <summary>Assignments from the rows, without the key: <c>kind = r.kind</c>.</summary>
    public Sql Assignments { get; } = Sql.Text(string.Join(
        ", ", columns.Where(column => !column.IsKey).Select(column => $"{column.Name} = r.{column.Name}{column.Cast}")));

    /// <summary>Assignments from the row of a conflicting insert, without the key: <c>kind = excluded.kind</c>.</summary>
    public Sql Excluded { get; } = Sql.Text(string.Join(
        ", ", columns.Where(column => !column.IsKey).Select(column => $"{column.Name} = excluded.{column.Name}")));

    /// <summary>The comparison of the key with a table: <c>t.id = r.id</c>.</summary>
    public Sql SameKey { get; } = Sql.Text(string.Join(
        " and ", columns.Where(column => column.IsKey).Select(column => $"t.{column.Name} = r.{column.Name}")));

    /// <summary>The columns of a row that is part of another row.</summary>
    public IEnumerable<Columns<TOther>.Column> Within<TOther>(Func<TOther, TRow> part) => columns.Select(column => column.Within(part));

    /// <summary>
    /// The names of the columns in which the rows <c>r</c> differ from the rows of a table <c>t</c>, as an array of texts.
    /// </summary>
    public Sql Differences { get; } = Sql.Text(
        "array_remove(array["
        + string.Join(", ", columns.Where(column => !column.IsKey).Select(column =>
            $"case when r.{column.Name}{column.Cast} is distinct from t.{column.Name} then '{column.Name}' end"))
        + "]::text[], null)");

    /// <summary>The key of the rows or of the table, as one text.</summary>
    public Sql EitherKey { get; } = Sql.Text(
        "concat_ws(' ', " + string.Join(
            ", ", columns.Where(column => column.IsKey).Select(column => $"coalesce(r.{column.Name}, t.{column.Name})")) + ")");

    /// <summary>The rows as a table <c>r</c>.</summary>
    public Sql From(IReadOnlyList<TRow> rows) =>
        $"unnest({Sql.Join(", ", columns.Select(column => column.Array(rows)))}) as r ({Names})";

    /// <summary>A column that is no part of the key.</summary>
    public static Column Of<T>(string name, string type, Func<TRow, T> value, string cast = "") =>
        new Column<T>(name, type, value, cast, false);

    /// <summary>A column of the key.</summary>
    public static Column Key<T>(string name, string type, Func<TRow, T> value) => new Column<T>(name, type, value, "", true);

    /// <summary>A column of the table and its value in a row.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">The type that the value is sent as.</param>
    /// <param name="Cast">The cast to the type of the table: <c>::inet</c>; empty when the value is sent as that type.</param>
    public abstract record Column(string Name, string Type, string Cast, bool IsKey)
    {
        internal abstract Sql Array(IReadOnlyList<TRow> rows);

        internal abstract Columns<TOther>.Column Within<TOther>(Func<TOther, TRow> part);
    }

    private sealed record Column<T>(string Name, string Type, Func<TRow, T> Value, string Cast, bool IsKey)
        : Column(Name, Type, Cast, IsKey)
    {
        internal override Sql Array(IReadOnlyList<TRow> rows) => $"{rows.Select(Value).ToArray()}::{Sql.Text(Type)}[]";

        internal override Columns<TOther>.Column Within<TOther>(Func<TOther, TRow> part) =>
            new Columns<TOther>.Column<T>(Name, Type, row => Value(part(row)), Cast, IsKey);
    }
}
