using System.Collections.Concurrent;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// The service process is killed with SIGKILL while commands are in flight: answered commands are stored, and stored events are announced.
/// </summary>
[Trait("Category", "Messaging")]
public sealed class KillTests : IAsyncLifetime
{
    private const int Writers = 8;

    private readonly ConcurrentDictionary<string, V1.VirtualServer> answers = new();
    private readonly ConcurrentQueue<IMutation> sent = new();
    private TcpProxy broker = null!;
    private ForeignConsumer consumer = null!;

    public async Task InitializeAsync()
    {
        broker = (await Servers.Get()).RabbitMqProxy();
        consumer = await ForeignConsumer.Start();
    }

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        await consumer.DisposeAsync();
    }

    [Fact]
    public Task Case_30_events_committed_before_a_kill_are_announced_after_the_restart() => KillAndStartAgain(cutBroker: true);

    [Fact]
    public Task Case_30_a_kill_while_announcing_loses_nothing_and_repeats_only_under_the_same_id() =>
        KillAndStartAgain(cutBroker: false);

    private async Task KillAndStartAgain(bool cutBroker)
    {
        var servers = await Servers.Get();
        var (database, rabbitMq) = (await servers.NewDatabase(), Servers.Through(broker, servers.RabbitMq));
        await using (var service = await ServiceProcess.Start(database, rabbitMq))
        {
            await TestInventory.Register(service);
            var drafts = new ConcurrentQueue<V1.VirtualServer>();
            for (var i = 0; i < 150; i++) drafts.Enqueue(await TestInventory.Draft(service));

            if (cutBroker) broker.Cut();
            var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Write(service, drafts)));
            await Eventually.Get("enough answers", () => answers.Count, count => count >= 60);
            await service.Kill();
            await Eventually.Ends("writing", writing);
        }

        var known = answers.Values.Select(server => server.Id).ToHashSet();
        if (cutBroker) Assert.Empty(consumer.Received(change => known.Contains(change.Id)));
        broker.Restore();
        await using var again = await ServiceProcess.Start(database, rabbitMq);

        // Answered commands keep their answers. The others are answered now, whether they were committed or not.
        foreach (var request in sent)
        {
            var answer = await Send(again, request);
            if (answers.TryGetValue(request.RequestId, out var first)) Assert.Equal(first, answer);
        }

        var stored = await again.Committed();
        Assert.Equal(sent.Count, stored.Count(one => one.Type.StartsWith("virtual_server.", StringComparison.Ordinal)));

        var ids = stored.Select(one => one.ObjectId).ToHashSet();
        var announced = await consumer.Receive(change => ids.Contains(change.Id), stored);
        foreach (var id in ids) Assert.Equal(stored.Where(one => one.ObjectId == id), announced.Where(one => one.ObjectId == id));
    }

    // Creates, disables and deletes until the service is gone; every command has a request id of its own.
    private async Task Write(ServiceProcess service, ConcurrentQueue<V1.VirtualServer> drafts)
    {
        try
        {
            while (drafts.TryDequeue(out var draft))
            {
                var created = await Remember(
                    service,
                    new CreateVirtualServerRequest { VirtualServer = draft, RequestId = $"{Guid.NewGuid()}" });
                await Remember(service, new DisableVirtualServerRequest { Id = created.Id, RequestId = $"{Guid.NewGuid()}" });
                await Remember(service, new DeleteVirtualServerRequest { Id = created.Id, RequestId = $"{Guid.NewGuid()}" });
            }
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled)
        {
            // The service is gone, and the connection with it.
        }
    }

    private async Task<V1.VirtualServer> Remember(ServiceProcess service, IMutation request)
    {
        sent.Enqueue(request);
        return answers[request.RequestId] = await Send(service, request);
    }

    private static async Task<V1.VirtualServer> Send(RunningService service, IMutation request) => request switch
    {
        CreateVirtualServerRequest create => (await service.VirtualServers.CreateVirtualServerAsync(create)).VirtualServer,
        DisableVirtualServerRequest disable => (await service.VirtualServers.DisableVirtualServerAsync(disable)).VirtualServer,
        DeleteVirtualServerRequest delete => (await service.VirtualServers.DeleteVirtualServerAsync(delete)).VirtualServer,
        _ => throw new ArgumentException(request.Descriptor.Name, nameof(request)),
    };
}
