using System.Data.Common;
using Npgsql;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// A statement that looks up by key, for many at once: each parameter is a column with a value for everyone who asks, and the last column of an
/// answer is the number of the one whose it is, from 1.
/// </summary>
/// <param name="Columns">The types of the columns.</param>
internal sealed record Lookup(string Sql, params IReadOnlyList<Type> Columns);

/// <summary>What one call wants to know, all of it at one moment.</summary>
internal sealed class Wanted
{
    private readonly List<Asked> all = [];

    public IReadOnlyList<Asked> All => all;

    /// <summary>One more, and what was found when all is answered.</summary>
    public IReadOnlyList<T> Ask<T>(Lookup lookup, Func<DbDataReader, T> read, params object?[] values)
    {
        var found = new List<T>();
        all.Add(new(lookup, values, rows => found.Add(read(rows)), found.Clear));
        return found;
    }

    /// <param name="Read">Reads a row of the answer.</param>
    /// <param name="Forget">Forgets what was read: it is asked again.</param>
    internal sealed record Asked(Lookup Lookup, object?[] Values, Action<DbDataReader> Read, Action Forget);
}

/// <summary>
/// Looks up what calls want to know. Those that come while others are being answered are answered together: one round trip, one snapshot, and one
/// statement for each kind of question.
/// </summary>
public sealed class Lookups
{
    // More than one only for when something takes long to find.
    private const int Ways = 4;
    private const int MostTogether = 64;

    private readonly NpgsqlDataSource source;
    private readonly Together<Wanted> groups;

    public Lookups(NpgsqlDataSource source, Instruments instruments)
    {
        this.source = source;
        groups = new("look up", Ways, MostTogether, Answer, instruments);
    }

    /// <summary>Ends when everything is read.</summary>
    internal Task Answer(Wanted wanted, CancellationToken cancellation) => wanted.All.Count == 0 ? Task.CompletedTask : groups.Join(wanted).WaitAsync(cancellation);

    private async Task Answer(IReadOnlyList<Wanted> together)
    {
        var statements = together.SelectMany(one => one.All).GroupBy(asked => asked.Lookup, ReferenceEqualityComparer.Instance).Select(same => same.ToList()).ToList();
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = Snapshot.Of(connection, [.. statements.Select(Command)]);
        await using var rows = await batch.ExecuteReaderAsync();
        foreach (var same in statements)
        {
            foreach (var asked in same) asked.Forget();
            while (await rows.ReadAsync()) same[(int)rows.GetInt64(rows.FieldCount - 1) - 1].Read(rows);
            await rows.NextResultAsync();
        }
    }

    private static NpgsqlBatchCommand Command(IReadOnlyList<Wanted.Asked> same)
    {
        var (lookup, command) = (same[0].Lookup, new NpgsqlBatchCommand(same[0].Lookup.Sql));
        for (var column = 0; column < lookup.Columns.Count; column++)
        {
            var values = Array.CreateInstance(lookup.Columns[column], same.Count);
            for (var i = 0; i < same.Count; i++) values.SetValue(same[i].Values[column], i);
            command.Parameters.Add(new NpgsqlParameter { Value = values });
        }

        return command;
    }
}
