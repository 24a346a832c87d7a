using Npgsql;

namespace VirtualServers.Service.Store;

/// <summary>
/// A way to the database for statements whose best plan depends on their values: counts and uses, which may look at a few rows or at most of
/// them. Everything else finds its way by keys and names (<see cref="EventStore"/>) and has one plan.
/// </summary>
public sealed class PlannedReads(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource source = new NpgsqlDataSourceBuilder(connectionString).Build();

    /// <summary>A statement with its parameters.</summary>
    public NpgsqlCommand Command(string sql, params IEnumerable<object?> parameters) => source.Command(sql, parameters);

    /// <summary>Asks several statements together.</summary>
    internal Task Answer(Questions questions, CancellationToken cancellation) => questions.Answer(source, cancellation);

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
