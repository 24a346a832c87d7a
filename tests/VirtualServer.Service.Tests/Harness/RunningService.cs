using Grpc.Health.V1;
using Grpc.Net.Client;
using Npgsql;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A running service, in this process or in its own: real clients, and access to its database.</summary>
internal abstract class RunningService : IAsyncDisposable
{
    /// <param name="address">Where it listens.</param>
    /// <param name="database">How tests reach its database; the service itself may use a proxy.</param>
    /// <param name="handler">How its clients connect, if it has TLS or authentication.</param>
    protected RunningService(string address, string database, HttpMessageHandler? handler = null)
    {
        (Address, Database) = (address, database);
        Channel = GrpcChannel.ForAddress(address, new() { HttpHandler = handler, DisposeHttpClient = handler is not null });
        VirtualServers = new(Channel);
        Pools = new(Channel);
        Monitors = new(Channel);
        Profiles = new(Channel);
        Inventory = new(Channel);
        Past = new(Channel);
        Changes = new(Channel);
        Health = new(Channel);
    }

    public string Address { get; }

    /// <summary>The connection string of its database.</summary>
    public string Database { get; }

    public GrpcChannel Channel { get; }

    public VirtualServerService.VirtualServerServiceClient VirtualServers { get; }

    public LoadBalancerPoolService.LoadBalancerPoolServiceClient Pools { get; }

    public HealthCheckMonitorService.HealthCheckMonitorServiceClient Monitors { get; }

    public CertificateProfileService.CertificateProfileServiceClient Profiles { get; }

    public InventoryService.InventoryServiceClient Inventory { get; }

    public HistoryService.HistoryServiceClient Past { get; }

    public ChangeService.ChangeServiceClient Changes { get; }

    public Health.HealthClient Health { get; }

    /// <summary>The health status of a name.</summary>
    public async Task<HealthCheckResponse.Types.ServingStatus> Status(string name) =>
        (await Health.CheckAsync(new() { Service = name })).Status;

    /// <summary>Waits until the health service reports the status.</summary>
    public Task Reports(string name, HealthCheckResponse.Types.ServingStatus status) =>
        Eventually.Get($"health of \"{name}\"", () => Status(name), seen => seen == status);

    /// <summary>A single value from its database.</summary>
    public async Task<T> Scalar<T>(string sql) => (await Rows(sql, row => row.GetFieldValue<T>(0)))[0];

    /// <summary>Runs statements in its database.</summary>
    public async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Rows from its database.</summary>
    public async Task<IReadOnlyList<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<T>();
        while (await rows.ReadAsync()) found.Add(read(rows));
        return found;
    }

    /// <summary>How many events are stored for an object.</summary>
    public Task<long> Events(string id) => Scalar<long>($"select count(*) from registry.mt_events where stream_id = '{Guid.Parse(id)}'");

    /// <summary>Every stored change of an object in the order of the store, without news of conditions and tombstones.</summary>
    public Task<IReadOnlyList<Committed>> Committed() => Rows(
        """
        select id, type, stream_id, version from registry.mt_events
        where type <> 'tombstone' and type not like '%.condition_%' order by seq_id
        """,
        row => new Committed(row.GetGuid(0).ToString(), row.GetString(1), row.GetGuid(2).ToString(), row.GetInt64(3)));

    /// <summary>The events that are stored for an object.</summary>
    public async Task<IReadOnlyList<Committed>> Committed(string id) => [.. (await Committed()).Where(stored => stored.ObjectId == id)];

    /// <summary>Every row of every table of ours, as text.</summary>
    public async Task<string> Tables()
    {
        var names = await Rows("select tablename::text from pg_tables where schemaname = 'registry'", row => row.GetString(0));
        var rows = new List<string>();
        foreach (var name in names) rows.AddRange(await Rows($"select t::text from registry.{name} t", row => row.GetString(0)));
        return string.Join('\n', rows);
    }

    public virtual ValueTask DisposeAsync()
    {
        Channel.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A row of the event table.</summary>
internal sealed record Committed(string EventId, string Type, string ObjectId, long Version);
