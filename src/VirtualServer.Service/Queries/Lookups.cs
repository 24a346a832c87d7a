using System.Data.Common;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Queries;

/// <summary>All that one call looks up, at one moment.</summary>
internal sealed class LookupBatch
{
    private readonly List<Question> questions = [];

    public IReadOnlyList<Question> Questions => questions;

    /// <summary>Adds a question. The result fills when the batch is answered.</summary>
    /// <param name="values">The values of the lookup's columns; values of other columns are ignored.</param>
    public IReadOnlyList<T> Ask<T>(Lookup lookup, Func<DbDataReader, T> read, params IEnumerable<(Argument Column, object? Value)> values)
    {
        var (found, given) = (new List<T>(), values.ToList());
        object?[] ordered = [.. lookup.Columns.Select(column => given.Find(one => ReferenceEquals(one.Column, column)).Value)];
        questions.Add(new(lookup, ordered, rows => found.Add(read(rows)), found.Clear));
        return found;
    }

    /// <param name="Read">Reads a row of the answer.</param>
    /// <param name="Clear">Drops the rows read so far, because the question is asked again.</param>
    internal sealed record Question(Lookup Lookup, object?[] Values, Action<DbDataReader> Read, Action Clear);
}

/// <summary>
/// Answers the questions of calls. Questions of concurrent calls are answered together: in one round trip, from one snapshot, by one
/// statement for each kind of question.
/// </summary>
public sealed class Lookups
{
    // More than one batch at a time only when one takes long.
    private const int MaxBatches = 4;
    private const int MaxCalls = 64;

    private readonly NpgsqlDataSource source;
    private readonly Batcher<LookupBatch> batcher;

    public Lookups(NpgsqlDataSource source, StoreState state, Instruments instruments)
    {
        this.source = source;
        batcher = new("look up", MaxBatches, MaxCalls, Answer, state, instruments);
    }

    /// <summary>Completes when all questions of the batch are answered.</summary>
    internal Task Answer(LookupBatch batch, CancellationToken cancellation) =>
        batch.Questions.Count == 0 ? Task.CompletedTask : batcher.Execute(batch).WaitAsync(cancellation);

    private async Task Answer(IReadOnlyList<LookupBatch> batches)
    {
        var statements = batches
            .SelectMany(batch => batch.Questions)
            .GroupBy(question => question.Lookup)
            .Select(same => same.ToList())
            .ToList();
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = Snapshot.Of(connection, [.. statements.Select(Command)]);
        await using var rows = await batch.ExecuteReaderAsync();
        foreach (var questions in statements)
        {
            foreach (var question in questions) question.Clear();
            while (await rows.ReadAsync()) questions[(int)rows.GetInt64(rows.FieldCount - 1) - 1].Read(rows);
            await rows.NextResultAsync();
        }
    }

    private static NpgsqlBatchCommand Command(IReadOnlyList<LookupBatch.Question> questions)
    {
        var (lookup, command) = (questions[0].Lookup, new NpgsqlBatchCommand(questions[0].Lookup.Text));
        for (var column = 0; column < lookup.Columns.Count; column++)
        {
            var values = Array.CreateInstance(lookup.Columns[column].Type, questions.Count);
            for (var i = 0; i < questions.Count; i++) values.SetValue(questions[i].Values[column], i);
            command.Parameters.Add(new NpgsqlParameter { Value = values });
        }

        return command;
    }
}
