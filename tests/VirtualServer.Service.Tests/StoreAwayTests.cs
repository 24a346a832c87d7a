using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace VirtualServers.Service.Tests;

/// <summary>PostgreSQL is unreachable for a while: calls are answered UNAVAILABLE, and no answered command is lost.</summary>
public sealed class StoreAwayTests : IAsyncLifetime
{
    private TcpProxy postgres = null!;
    private TestService service = null!;

    public async Task InitializeAsync()
    {
        postgres = (await Servers.Get()).PostgresProxy();
        service = await TestService.Behind(postgres);
        await TestInventory.Register(service);
    }

    public async Task DisposeAsync()
    {
        postgres.Restore();
        await service.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task Calls_are_answered_UNAVAILABLE_while_PostgreSQL_is_away_and_work_again_when_it_is_back()
    {
        var (server, draft) = (await TestInventory.Create(service), await TestInventory.Draft(service));
        postgres.Cut();

        // More than one each: the first finds a connection of the pool that is broken, the next can't open one.
        for (var i = 0; i < 3; i++)
        {
            await Unavailable(service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }));
            await Unavailable(service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id }));
            await Unavailable(service.VirtualServers.GetVirtualServerAsync(new() { Id = server.Id }));
            await Unavailable(service.VirtualServers.ListVirtualServersAsync(new()));
            await Unavailable(service.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.Device }));
            await Unavailable(
                service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = new() { Device = new() { Name = "lb-3" } } }));
        }

        using (var stream = service.Inventory.UpsertInventoryObjects())
        {
            await stream.RequestStream.WriteAsync(
                new() { Request = new() { InventoryObject = new() { Device = new() { Name = "lb-3" } } } });
            await stream.RequestStream.CompleteAsync();
            var exception = await Assert.ThrowsAsync<RpcException>(async () => await stream);
            Assert.Equal(
                (StatusCode.Unavailable, "STORE_UNAVAILABLE"),
                (exception.StatusCode, exception.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        }

        // A malformed request is still rejected as such: validation needs no database.
        await Refusal.Of(
            service.VirtualServers.GetVirtualServerAsync(new() { Id = "no UUID" }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");

        postgres.Restore();
        await service.Reports("readiness", Serving);
        Assert.Equal(server, (await service.VirtualServers.GetVirtualServerAsync(new() { Id = server.Id })).VirtualServer);
        Assert.Equal(
            draft.Name,
            (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer.Name);
    }

    [Fact]
    public async Task Health_is_alive_and_not_ready_while_PostgreSQL_is_away()
    {
        await service.Reports("readiness", Serving);

        postgres.Cut();
        foreach (var name in new[]
        {
            "readiness", "", "postgresql", "virtualserver.v1.VirtualServerService", "virtualserver.v1.InventoryService",
        })
        {
            Assert.Equal((name, NotServing), (name, await service.Status(name)));
        }

        Assert.Equal((Serving, Serving), (await service.Status("liveness"), await service.Status("rabbitmq")));

        postgres.Restore();
        foreach (var name in new[] { "readiness", "", "postgresql", "announcements" }) await service.Reports(name, Serving);
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task Announcing_resumes_without_gaps_when_PostgreSQL_is_back()
    {
        await using var consumer = await ForeignConsumer.Start();
        var server = await TestInventory.Create(service);
        var ids = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            // At any point of announcing: a repeated announcement has the same id.
            await Repeated(() => service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id }).ResponseAsync);
            await Repeated(() => service.VirtualServers.EnableVirtualServerAsync(new() { Id = server.Id }).ResponseAsync);
            ids.Add((await Repeated(() => TestInventory.Create(service))).Id);
            postgres.Cut();
            postgres.Restore();
            await service.Reports("readiness", Serving);
        }

        ids.Add(server.Id);
        foreach (var id in ids)
        {
            var stored = await service.Committed(id);
            var announced = await consumer.Receive(change => change.Id == id, stored);
            Assert.Equal(stored, announced);
        }
    }

    // A call may find a connection of the pool that the cut broke, although the service is ready again.
    private static async Task<T> Repeated<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable && attempt < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    [Fact]
    public async Task Commands_in_flight_when_PostgreSQL_fails_are_answered_UNAVAILABLE_and_can_be_repeated()
    {
        var answers = new ConcurrentDictionary<CreateVirtualServerRequest, V1.VirtualServer>();
        var (refused, unsure) = (new ConcurrentQueue<RpcException>(), new ConcurrentQueue<string>());
        var over = new TaskCompletionSource();

        // As many as it takes, so that commands are under way at every cut. A command with a request id is sent until it is answered.
        // A command without one is sent once: after an unknown outcome, ALREADY_EXISTS could be the result of its own first attempt.
        async Task Send(bool repeatable)
        {
            CreateVirtualServerRequest? request = null;
            while (!over.Task.IsCompleted || (repeatable && request is not null))
            {
                try
                {
                    request ??= new()
                    {
                        VirtualServer = await TestInventory.Draft(service),
                        RequestId = repeatable ? $"{Guid.NewGuid()}" : "",
                    };
                    answers[request] = (await service.VirtualServers.CreateVirtualServerAsync(request)).VirtualServer;
                    request = null;
                }
                catch (RpcException exception)
                {
                    refused.Enqueue(exception);
                    if (!repeatable && request is not null)
                    {
                        unsure.Enqueue(request.VirtualServer.Name);
                        request = null;
                    }

                    await Task.Delay(10);
                }
            }
        }

        var sending = Task.WhenAll(Enumerable.Range(0, 16).Select(sender => Send(repeatable: sender % 2 == 0)));
        for (var cut = 1; cut <= 8; cut++)
        {
            var (answered, failed) = (answers.Count, refused.Count);
            await Eventually.Get("some commands", () => answers.Count, count => count > answered + 15);
            postgres.Cut();
            await Eventually.Get("some refusals", () => refused.Count, count => count > failed + 5);
            postgres.Restore();
        }

        over.SetResult();
        await Eventually.Ends("sending", sending);
        Assert.Equal(
            ["Unavailable STORE_UNAVAILABLE"],
            refused.Select(exception => $"{exception.StatusCode} {exception.GetRpcStatus()?.GetDetail<ErrorInfo>().Reason}").Distinct());
        foreach (var (request, answer) in answers)
        {
            Assert.Equal(answer, (await service.VirtualServers.GetVirtualServerAsync(new() { Name = answer.Name })).VirtualServer);
            if (request.RequestId.Length > 0)
                Assert.Equal(answer, (await service.VirtualServers.CreateVirtualServerAsync(request)).VirtualServer);
        }

        // A command without an answer is stored completely or not at all.
        var stored = new List<string>();
        foreach (var name in unsure)
        {
            try
            {
                stored.Add((await service.VirtualServers.GetVirtualServerAsync(new() { Name = name })).VirtualServer.Name);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
            {
                // It was not stored.
            }
        }

        Assert.Equal(
            answers.Count + stored.Count,
            await service.Scalar<long>("select count(*) from registry.mt_events where type = 'virtual_server.created'"));
        Assert.Equal(answers.Count + stored.Count, (await service.VirtualServers.SummarizeVirtualServersAsync(new())).TotalCount);
    }

    private static async Task Unavailable<T>(AsyncUnaryCall<T> call)
    {
        var refusal = await Refusal.Of(call, StatusCode.Unavailable, "STORE_UNAVAILABLE");
        Assert.True(refusal.Status.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan() > TimeSpan.Zero, "no RetryInfo");
    }
}
