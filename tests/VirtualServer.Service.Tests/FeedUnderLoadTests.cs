using System.Collections.Concurrent;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>Many concurrent writers, some of which lose races: the announcements equal the stored events.</summary>
[Trait("Category", "Messaging")]
public sealed class FeedUnderLoadTests
{
    private const int Writers = 16;
    private const int Objects = 20;
    private const int CommandsEach = 30;

    private readonly string token = $"load-{Guid.NewGuid():N}";
    private readonly ConcurrentBag<StatusCode> lost = [];
    private int racesWon;

    [Fact]
    public async Task Case_30_under_load_exactly_the_stored_events_are_announced_in_order_per_object()
    {
        await using var consumer = await ForeignConsumer.Start();
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        var ids = new List<string>();
        for (var i = 0; i < Objects; i++) ids.Add((await TestInventory.Create(service, $"{token}-{i}")).Id);
        var racers = new List<V1.VirtualServer>();
        for (var i = 0; i < Writers; i++) racers.Add(await TestInventory.Draft(service));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Write(service, new Random(writer), ids, racers[writer])));

        Assert.Equal([StatusCode.AlreadyExists, StatusCode.Aborted], lost.Distinct().Order());
        var stored = await service.Committed();
        Assert.Equal(racesWon, stored.Count(one => one.Type == "virtual_server.created") - Objects);

        var known = stored.Select(one => one.ObjectId).ToHashSet();
        var announced = await consumer.Receive(
            change => known.Contains(change.Id) || change.Name.StartsWith(token, StringComparison.Ordinal),
            stored);
        Assert.Equal(stored.ToHashSet(), announced.ToHashSet());
        foreach (var id in known) Assert.Equal(stored.Where(one => one.ObjectId == id), announced.Where(one => one.ObjectId == id));
        await service.Reports("announcements", Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving);
    }

    private async Task Write(TestService service, Random random, List<string> ids, V1.VirtualServer draft)
    {
        var calls = service.VirtualServers;
        for (var command = 0; command < CommandsEach; command++)
        {
            var id = ids[random.Next(ids.Count)];
            try
            {
                switch (command % 6 == 5 ? 5 : random.Next(5))
                {
                    case 0:
                        await calls.EnableVirtualServerAsync(new() { Id = id });
                        break;
                    case 1:
                        await calls.DisableVirtualServerAsync(new() { Id = id });
                        break;
                    case 2:
                        await calls.UpdateVirtualServerAsync(new() { Id = id, VirtualServer = new() { Port = random.Next(1, 65536) } });
                        break;
                    case 3:
                        await calls.UpdateVirtualServerAsync(
                            new() { Id = id, VirtualServer = new() { Labels = { ["round"] = $"{random.Next()}" } } });
                        break;
                    case 4:
                        // With a random etag, most commands are rejected.
                        await calls.UpdateVirtualServerAsync(
                            new() { Id = id, VirtualServer = new() { Description = $"{random.Next()}" }, Etag = $"{random.Next(1, 20)}" });
                        break;
                    default:
                        // All writers create the same name at about the same time.
                        await calls.CreateVirtualServerAsync(
                            new() { VirtualServer = new(draft) { Name = $"{token}-raced-{command}", Port = command } });
                        Interlocked.Increment(ref racesWon);
                        break;
                }
            }
            catch (RpcException exception)
            {
                lost.Add(exception.StatusCode);
            }
        }
    }
}
