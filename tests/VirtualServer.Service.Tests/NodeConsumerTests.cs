using Npgsql;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The consumer in Node.js, docs/samples/node/follow.js.</summary>
[Trait("Category", "Messaging")]
public sealed class NodeConsumerTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private FollowedRegistry registry = null!;

    public async Task InitializeAsync() => registry = await FollowedRegistry.By((broker, queue, database) =>
        Follower.Start(NodeFactAttribute.Folder, "node", "follow.js", $"{broker}", queue, Address(database)));

    public async Task DisposeAsync() => await registry.DisposeAsync();

    [NodeFact]
    public Task The_consumer_processes_each_change_once_and_in_order_over_cuts_restarts_and_repetitions() =>
        registry.ProcessesEachChangeOnce(fixture.Service);

    [NodeFact]
    public Task The_consumer_notices_a_restored_registry_and_does_not_drop_its_changes_for_their_old_sequences() =>
        registry.NoticesARestoredRegistry();

    [NodeFact]
    public Task Of_two_consumers_on_one_queue_one_receives_everything_until_it_ends() => registry.HasOneActiveConsumer(fixture.Service);

    // A connection string of .NET as other languages write it.
    private static string Address(string database)
    {
        var settings = new NpgsqlConnectionStringBuilder(database);
        return $"postgres://{settings.Username}:{settings.Password}@{settings.Host}:{settings.Port}/{settings.Database}";
    }
}
