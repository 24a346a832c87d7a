using Npgsql;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A transaction that has taken a sequence number of the events and does not end.</summary>
internal sealed class HeldSequence : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private HeldSequence(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (this.connection, this.transaction) = (connection, transaction);

    public static async Task<HeldSequence> Take(RunningService service)
    {
        var connection = new NpgsqlConnection(service.Database);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("select nextval('registry.mt_events_sequence')", connection, transaction);
        await command.ExecuteScalarAsync();
        return new(connection, transaction);
    }

    /// <summary>Ends the transaction, whose number nobody uses.</summary>
    public Task Release() => transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
