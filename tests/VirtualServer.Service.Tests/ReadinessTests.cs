using Npgsql;
using VirtualServers.Service.Tests.Harness;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace VirtualServers.Service.Tests;

/// <summary>Readiness says that commands are answered: the service is warm, and PostgreSQL can store.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task Readiness_waits_until_a_command_and_a_read_have_been_executed()
    {
        var database = await (await Servers.Get()).NewDatabase();
        await using var holder = new NpgsqlConnection(database);
        await holder.OpenAsync();
        await using var lockTable = new NpgsqlCommand("begin; lock table registry.requests in exclusive mode", holder);
        await lockTable.ExecuteNonQueryAsync();

        await using var service = await TestService.StartCold(database);
        await service.Reports("postgresql", Serving);
        foreach (var name in new[] { "readiness", "", "virtualserver.v1.VirtualServerService" })
            Assert.Equal((name, NotServing), (name, await service.Status(name)));

        await using var release = new NpgsqlCommand("rollback", holder);
        await release.ExecuteNonQueryAsync();
        await service.Reports("readiness", Serving);
    }

    [Fact]
    public async Task The_warm_up_stores_nothing_and_logs_no_failure()
    {
        await using var service = await TestService.StartCold(await (await Servers.Get()).NewDatabase());
        var before = await service.Everything();
        var log = LogLines.Of(service);
        await service.Reports("readiness", Serving);

        Assert.Equal(before, await service.Everything());
        Assert.Empty(log.With("actor warm-up"));
        // No sequence number is used up, which would delay the feed.
        Assert.Equal(1, await service.Scalar<long>("select nextval('registry.mt_events_sequence')"));
    }

    [Fact]
    public async Task The_service_is_not_ready_while_the_disk_of_PostgreSQL_is_full()
    {
        await using var service = await TestService.Start();
        await service.Reports("readiness", Serving);
        await TestInventory.Register(service);
        var draft = await TestInventory.Draft(service);

        // What PostgreSQL answers when it cannot extend a file.
        await service.Execute(
            """
            create function registry.disk_full() returns trigger language plpgsql as
                $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
            create trigger full_events before insert on registry.mt_events execute function registry.disk_full();
            create trigger full_requests before insert on registry.requests execute function registry.disk_full();
            """);
        await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }),
            Grpc.Core.StatusCode.Unavailable, "STORE_UNAVAILABLE");
        Assert.Equal((NotServing, NotServing), (await service.Status("readiness"), await service.Status("")));
        Assert.Equal((Serving, Serving), (await service.Status("postgresql"), await service.Status("liveness")));

        // Ready as soon as a write works, without a command.
        await service.Execute(
            "drop trigger full_events on registry.mt_events; drop trigger full_requests on registry.requests");
        await service.Reports("readiness", Serving);
        await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft });
    }
}
