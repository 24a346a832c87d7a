using System.Runtime.CompilerServices;
using System.Text;
using Marten;
using Npgsql;
using NpgsqlTypes;
using VirtualServers.Service.Security;

namespace VirtualServers.Service.Store;

/// <summary>
/// A piece of a statement: its text and its arguments together. Every interpolated value is a parameter, numbered when the statement is
/// rendered; only another piece, such as a nested interpolated string, becomes text. Pieces combine freely, and no value can reach the
/// text.
/// <code>Sql page = $"select id from {Directory} where kind = {kind} and {condition}";</code>
/// </summary>
[InterpolatedStringHandler]
public sealed class Sql
{
    private readonly List<object> parts; // texts and arguments

    public Sql(int literalLength, int formattedCount) => parts = new((2 * formattedCount) + 1);

    private Sql(params List<object> parts) => this.parts = parts;

    /// <summary>The empty piece.</summary>
    public static Sql Empty { get; } = new();

    /// <summary>Constant text: a name of a table or column, an operator. Never a value.</summary>
    public static Sql Text(string constant) => new([constant]);

    /// <summary>
    /// The name of a table whose rows belong to tenants, in a column <c>tenant</c>. <see cref="Within"/> restricts it, so it needs an alias
    /// wherever a caller reads it.
    /// </summary>
    public static Sql OfTenants(string table) => new([new TenantTable(table)]);

    /// <summary>The piece of an interpolated string, where its type is not evident.</summary>
    public static Sql Of(Sql piece) => piece;

    /// <summary>The pieces, separated by constant text.</summary>
    public static Sql Join(string separator, params IEnumerable<Sql> pieces)
    {
        var joined = new Sql();
        foreach (var piece in pieces)
        {
            if (joined.parts.Count > 0) joined.AppendLiteral(separator);
            joined.AppendFormatted(piece);
        }

        return joined;
    }

    /// <summary>The same statement on the tables of the same names in another schema. Values stay as they are.</summary>
    public Sql On(string schema) =>
        new([
            .. parts.Select(part => part is string or TenantTable
                ? $"{part}".Replace($"{EventStore.Schema}.", $"{schema}.", StringComparison.Ordinal) : part),
        ]);

    /// <summary>
    /// The same statement for a caller that may read the objects of some tenants only: its tables have no rows of others. Lookups, which
    /// serve several callers at once, hide such rows when they are read instead.
    /// </summary>
    public Sql Within(Tenants readable)
    {
        if (readable.AreAll) return this;
        var tenants = new Value<Guid[]>([.. readable.Ids]);
        return Join("", parts.Select(part => part is TenantTable table
            ? Of($"(select * from {Text(table.Name)} where {IsOf("tenant", tenants)})")
            : new Sql([part])));
    }

    /// <summary>Whether a row is shared, or belongs to a tenant whose objects a caller may read.</summary>
    /// <param name="column">The column of the tenant.</param>
    public static Sql IsReadable(string column, Tenants readable) => $"({IsOf(column, new Value<Guid[]>([.. readable.Ids]))})";

    /// <summary>The arguments, each once, in the order of their numbers.</summary>
    public IReadOnlyList<Argument> Arguments => [.. parts.OfType<Argument>().Distinct()];

    public void AppendLiteral(string text) => parts.Add(text);

    public void AppendFormatted(Sql piece) => parts.AddRange(piece.parts);

    /// <summary>A value that stands here alone, or an argument, which may stand in several places under one number.</summary>
    public void AppendFormatted<T>(T value) => parts.Add(value as Argument ?? new Value<T>(value));

    /// <summary>The text, with each argument as <paramref name="spelled"/> writes it.</summary>
    public string Render(Func<Argument, string> spelled)
    {
        var text = new StringBuilder();
        foreach (var part in parts) text.Append(part is Argument argument ? spelled(argument) : part);
        return text.ToString();
    }

    /// <summary>A command for one round trip.</summary>
    public NpgsqlCommand Command(NpgsqlDataSource source)
    {
        var (text, arguments) = Numbered();
        var command = source.CreateCommand(text);
        foreach (var argument in arguments) command.Parameters.Add(argument.Parameter());
        return command;
    }

    /// <summary>A command on a connection, in its open transaction if there is one.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection)
    {
        var (text, arguments) = Numbered();
        var command = new NpgsqlCommand(text, connection);
        foreach (var argument in arguments) command.Parameters.Add(argument.Parameter());
        return command;
    }

    /// <summary>A command among others in one round trip.</summary>
    public NpgsqlBatchCommand BatchCommand()
    {
        var (text, arguments) = Numbered();
        var command = new NpgsqlBatchCommand(text);
        foreach (var argument in arguments) command.Parameters.Add(argument.Parameter());
        return command;
    }

    /// <summary>Adds the statement to the transaction of a session, after the statements queued before it.</summary>
    public void Queue(IDocumentOperations operations) =>
        operations.QueueSqlCommand(Render(_ => "?"), [.. parts.OfType<Argument>().Select(argument => argument.Boxed ?? DBNull.Value)]);

    /// <summary>The same piece, which <see cref="Within"/> does not restrict: for facts of which no answer tells whose they are.</summary>
    public Sql Unrestricted => new([.. parts.Select(part => part is TenantTable table ? table.Name : part)]);

    private static Sql IsOf(string column, Argument tenants) => $"{Text(column)} is null or {Text(column)} = any({tenants})";

    private sealed record TenantTable(string Name)
    {
        public override string ToString() => Name;
    }

    private (string Text, IReadOnlyList<Argument> Arguments) Numbered()
    {
        var numbers = new Dictionary<Argument, int>();
        foreach (var argument in parts.OfType<Argument>()) numbers.TryAdd(argument, numbers.Count + 1);
        return (Render(argument => $"${numbers[argument]}"), [.. numbers.Keys]);
    }
}

/// <summary>A place in a statement that takes a value; the same place wherever the same object stands.</summary>
public abstract class Argument
{
    private static readonly Dictionary<Type, NpgsqlDbType> Types = new()
    {
        [typeof(Guid)] = NpgsqlDbType.Uuid, [typeof(string)] = NpgsqlDbType.Text, [typeof(bool)] = NpgsqlDbType.Boolean,
        [typeof(int)] = NpgsqlDbType.Integer, [typeof(long)] = NpgsqlDbType.Bigint, [typeof(DateTimeOffset)] = NpgsqlDbType.TimestampTz,
        [typeof(byte[])] = NpgsqlDbType.Bytea,
    };

    /// <summary>The type of the value in .NET.</summary>
    public abstract Type Type { get; }

    /// <summary>The value; null when it has none yet, or when it is null.</summary>
    public virtual object? Boxed => null;

    /// <summary>The type of the value in PostgreSQL.</summary>
    public string SqlType => StoredType switch
    {
        NpgsqlDbType.Uuid => "uuid", NpgsqlDbType.Boolean => "boolean", NpgsqlDbType.Integer => "integer", NpgsqlDbType.Bigint => "bigint",
        NpgsqlDbType.TimestampTz => "timestamptz", NpgsqlDbType.Bytea => "bytea", _ => "text",
    };

    private NpgsqlDbType StoredType => Types[Nullable.GetUnderlyingType(Type) ?? Type];

    internal NpgsqlParameter Parameter()
    {
        var parameter = new NpgsqlParameter { Value = Boxed ?? DBNull.Value };
        // PostgreSQL must learn the type of a null, too.
        if (Boxed is null && !Type.IsArray) parameter.NpgsqlDbType = StoredType;
        return parameter;
    }
}

/// <summary>An argument with its value.</summary>
public sealed class Value<T>(T value) : Argument
{
    public override Type Type => typeof(T);

    public override object? Boxed => value;
}
