using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A place in a <see cref="Lookup"/> where each question has a value of its own.</summary>
public sealed class Column<T> : Argument
{
    public override Type Type => typeof(T);

    /// <summary>The value of one question.</summary>
    public (Argument Column, object? Value) Is(T value) => (this, value);
}

/// <summary>
/// A statement that looks up by key, for many questions at once. In its text, <c>a</c> is the table of the questions, and <c>a.n</c>, which
/// must be the last column of the answer, identifies the question that a row answers. Its text never varies, so it is planned once.
/// </summary>
public sealed class Lookup
{
    public Lookup(Sql statement)
    {
        Columns = statement.Arguments;
        if (Columns.Any(column => !column.GetType().IsGenericType || column.GetType().GetGenericTypeDefinition() != typeof(Column<>)))
            throw new ArgumentException("a lookup takes columns only, because each question has its own values", nameof(statement));
        var names = Columns.Select((column, index) => (column, Name: $"c{index + 1}")).ToDictionary(pair => pair.column, pair => pair.Name);
        Text =
            $"""
            with a as (
                select * from unnest({string.Join(", ", Columns.Select((column, index) => $"${index + 1}::{column.SqlType}[]"))})
                with ordinality as a ({string.Join(", ", names.Values)}, n))
            {statement.Render(column => $"a.{names[column]}")}
            """;
    }

    /// <summary>The statement with a parameter for each column: the values of all questions.</summary>
    internal string Text { get; }

    /// <summary>The columns in the order of the parameters.</summary>
    internal IReadOnlyList<Argument> Columns { get; }
}
