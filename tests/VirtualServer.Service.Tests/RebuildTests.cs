using Grpc.Core;
using Npgsql;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Case 31: every read model follows from the events, and can be written anew from them while the service serves.</summary>
public sealed class RebuildTests
{
    private static readonly string[] Names = ["north", "North", "south", "east", "west"];

    [Fact]
    public async Task Case_31_a_rebuild_writes_every_row_as_it_was()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        await RandomCommands(service, 400);
        foreach (var mutation in Mutations.All) await service.Send((await Mutations.Prepare(service, mutation)).Request);
        Assert.Empty(await Rebuilding.Differences(service));
        var (rows, schema) = (await service.ReadModelRows(), await Schema(service));
        Assert.All(Rebuilding.Tables, table => Assert.Contains(rows, row => row.StartsWith($"{table} ", StringComparison.Ordinal)));

        await service.Rebuild();

        Assert.Equal(rows, await service.ReadModelRows());
        Assert.Equal(schema, await Schema(service));
        await TestInventory.Create(service);
        Assert.Empty(await Rebuilding.Differences(service));
    }

    [Fact]
    public async Task Commands_and_reads_during_a_rebuild_go_on_and_lose_nothing()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);
        using var end = new CancellationTokenSource();
        var reading = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested) Assert.Equal(known.Name, (await service.Get(known.Id)).Name);
        })));
        var writing = Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested) await RandomCommands(service, 20, writer);
        })));

        for (var round = 0; round < 5; round++)
        {
            await service.Rebuild();
            await Task.Delay(200);
        }

        await end.CancelAsync();
        await Eventually.Ends("reading", reading);
        await Eventually.Ends("writing", writing);
        Assert.Empty(await Rebuilding.Differences(service));
        var rows = await service.ReadModelRows();
        await service.Rebuild();
        Assert.Equal(rows, await service.ReadModelRows());
    }

    [Fact]
    public async Task A_rebuild_that_was_killed_continues()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        await RandomCommands(service, 100);
        await Copies(service, 30_000);
        var settings = ServiceProcess.Settings(service.Database, (await Servers.Get()).RabbitMq, "Production");

        await ServiceProcess.KilledWhen(() => HasBegun(service), settings, "rebuild");
        await TestInventory.Create(service);
        // PostgreSQL notices the end of the killed process when its statement ends.
        var ended = await Eventually.Get(
            "the second rebuild", () => ServiceProcess.Ends(settings, "rebuild"),
            end => !end.Output.Contains("wait for its end", StringComparison.Ordinal));

        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.Contains("continuing an interrupted rebuild", ended.Output, StringComparison.Ordinal);
        Assert.Empty(await Rebuilding.Differences(service));
        await TestInventory.Create(service);
        Assert.Empty(await Rebuilding.Differences(service));
    }

    [Fact]
    public async Task A_second_rebuild_at_the_same_time_is_refused()
    {
        await using var service = await TestService.Start();
        await using var other = new NpgsqlConnection(service.Database);
        await other.OpenAsync();
        await using var hold = new NpgsqlCommand("select pg_advisory_lock($1)", other)
        {
            Parameters = { new() { Value = Service.Projections.Rebuild.Only.Key } },
        };
        await hold.ExecuteNonQueryAsync();

        var (exitCode, output) = await ServiceProcess.Ends(
            ServiceProcess.Settings(service.Database, (await Servers.Get()).RabbitMq, "Production"), "rebuild");

        Assert.True(exitCode == 1, output);
        Assert.Contains(
            "virtualserver can't execute rebuild: the read models are being rebuilt by another process: wait for its end", output,
            StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Planted => new()
    {
        { "mt_doc_virtual_server", "update {0} set data = jsonb_set(data, '{{version}}', '77')", "data" },
        { "mt_doc_load_balancer_pool", "delete from {0}", "missing" },
        { "mt_doc_health_check_monitor", "insert into {0} select gen_random_uuid(), data from {0}", "unexpected" },
        { "mt_doc_certificate_profile", "update {0} set data = data || jsonb_build_object('name', 'x')", "data" },
        { "mt_doc_inventory_object", "delete from {0}", "missing" },
        { "directory", "update {0} set name = name || '!', members = 7 where kind = 'load_balancer_pool'", "name, members" },
        { "uses", "update {0} set valid_from = valid_from - interval '1 second'", "missing" },
        { "uses", "update {0} set living = null", "living" },
        { "virtual_servers", "update {0} set port = 1", "port" },
        { "conditions", "delete from {0} where type = 'PORT_UNSET'", "missing" },
        { "conditions", "delete from {0} where type = 'NAME_DIFFERS_ONLY_BY_CASE'", "missing" },
        { "conditions", "insert into {0} select id, 'CONFLICTED', id from registry.virtual_servers", "unexpected" },
        { "object_versions", "update {0} set valid_until = 'infinity', actor = 'mallory' where version = 1", "actor, valid_until" },
    };

    [Theory, MemberData(nameof(Planted))]
    public async Task A_verification_names_a_planted_difference_and_changes_nothing(string table, string plant, string found)
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        foreach (var owned in Owned.All) await owned.Existing(service);
        var draft = await TestInventory.Draft(service, "case");
        await service.Update((await service.Create(draft)).Id, new() { Description = "changed" });
        var other = await TestInventory.Draft(service, "CASE");
        other.ClearPort();
        await service.Create(other);
        Assert.Empty(await Rebuilding.Differences(service));
        await Execute(service, string.Format(null, plant, $"registry.{table}"));
        var planted = await service.ReadModelRows();

        var differences = await Rebuilding.Differences(service);

        Assert.Contains(differences, difference => difference.StartsWith($"registry.{table} ", StringComparison.Ordinal)
            && difference.EndsWith($": {found}", StringComparison.Ordinal));
        Assert.All(differences, difference => Assert.StartsWith($"registry.{table} ", difference, StringComparison.Ordinal));
        Assert.Equal(planted, await service.ReadModelRows());
        var (exitCode, output) = await ServiceProcess.Ends(
            ServiceProcess.Settings(service.Database, (await Servers.Get()).RabbitMq, "Production"), "verify");
        Assert.True(exitCode == 1, output);
        Assert.Contains($"{differences.Count} differences", output, StringComparison.Ordinal);

        await service.Rebuild();
        Assert.Empty(await Rebuilding.Differences(service));
    }

    // Few names, addresses and pools, so that objects clash, share and lose references; most refusals are part of the game.
    private static async Task RandomCommands(TestService service, int count, int seed = 0)
    {
        var random = new Random(seed + (int)(await service.Scalar<long>("select count(*) from registry.mt_events")));
        string Any(params string[] values) => values[random.Next(values.Length)];
        string Name() => Any([.. Names, $"web-{random.Next(20)}"]);
        for (var i = 0; i < count; i++)
        {
            try
            {
                var pool = new Reference { Name = Any("pool-1", "shared-1", "shared-2") };
                await (random.Next(13) switch
                {
                    0 => service.Inventory.UpsertInventoryObjectAsync(new()
                    {
                        InventoryObject = new() { IpAddress = new() { Address = $"203.0.113.{random.Next(6)}" } },
                    }).ResponseAsync,
                    1 => service.Inventory.UpsertInventoryObjectAsync(new()
                    {
                        InventoryObject = new() { Tenant = new() { Name = Any("acme", "globex") } },
                    }).ResponseAsync,
                    2 => service.Pools.CreateLoadBalancerPoolAsync(new()
                    {
                        LoadBalancerPool = new() { Name = pool.Name, Tenant = new() { Name = Any("acme", "globex") } },
                    }).ResponseAsync,
                    3 => service.Pools.AddPoolMemberAsync(new()
                    {
                        Name = pool.Name,
                        Member = new() { IpAddress = new() { Name = $"203.0.113.{random.Next(6)}" }, Port = random.Next(1, 5) },
                    }).ResponseAsync,
                    4 => service.Pools.DeleteLoadBalancerPoolAsync(new() { Name = Any("shared-1", "shared-2") }).ResponseAsync,
                    5 => service.Pools.UndeleteLoadBalancerPoolAsync(new() { Name = Any("shared-1", "shared-2") }).ResponseAsync,
                    6 => service.VirtualServers.UpdateVirtualServerAsync(new()
                    {
                        Name = Name(), VirtualServer = new() { Name = Name() },
                    }).ResponseAsync,
                    7 => service.VirtualServers.UpdateVirtualServerAsync(new()
                    {
                        Name = Name(),
                        VirtualServer = new()
                        {
                            Port = random.Next(80, 84), LoadBalancerPool = pool, Tenant = new() { Name = Any("acme", "globex") },
                        },
                    }).ResponseAsync,
                    8 => service.VirtualServers.DeleteVirtualServerAsync(new() { Name = Name() }).ResponseAsync,
                    9 => service.VirtualServers.UndeleteVirtualServerAsync(new() { Name = Name() }).ResponseAsync,
                    10 => service.VirtualServers.DisableVirtualServerAsync(new() { Name = Name() }).ResponseAsync,
                    _ => (Task)service.VirtualServers.CreateVirtualServerAsync(new()
                    {
                        VirtualServer = new()
                        {
                            Name = Name(), Vip = new() { Name = $"203.0.113.{random.Next(6)}" }, Port = random.Next(80, 84),
                            Protocol = random.Next(2) == 0 ? Protocol.Tcp : Protocol.Https, LoadBalancerType = LoadBalancerType.Layer4,
                            Device = new() { Name = "lb-1" }, LoadBalancerPool = pool,
                        },
                    }).ResponseAsync,
                });
            }
            catch (RpcException refused) when (
                refused.StatusCode is not (StatusCode.Internal or StatusCode.Unavailable or StatusCode.Unknown))
            {
                // Refused by a rule.
            }
        }
    }

    // Events of further inventory objects, written as a bulk import would write them, without read models.
    private static Task Copies(TestService service, int count) => Execute(
        service,
        $"""
        set {Service.Projections.ReadModelVersions.SessionParameter.Replace("=", " = '", StringComparison.Ordinal)}';
        create temp table copies as select gen_random_uuid() as id, i from generate_series(1, {count}) i;
        insert into registry.mt_streams (id, type, version, tenant_id) select id, 'inventory_object', 2, '*DEFAULT*' from copies;
        insert into registry.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived, user_name)
        select nextval('registry.mt_events_sequence'), gen_random_uuid(), id, v, data, type, now(), '*DEFAULT*', false, 'import'
        from copies, lateral (values
            (1, 'inventory_object.registered', jsonb_build_object(
                'entry', jsonb_build_object('kind', 'Device', 'name', 'c' || i, 'scope', ''))),
            (2, 'inventory_object.removed', jsonb_build_object())) as e (v, type, data);
        """);

    private static async Task<bool> HasBegun(TestService service) =>
        await service.Scalar<bool>("select to_regclass('registry_rebuild.progress') is not null")
        && await service.Scalar<bool>("select exists (select 1 from registry_rebuild.progress where events > 0)");

    private static Task<IReadOnlyList<string>> Schema(TestService service) => service.Rows(
        """
        select indexdef from pg_indexes where schemaname = 'registry'
        union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated
            from pg_constraint where connamespace = 'registry'::regnamespace
        union all select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default)
            from information_schema.columns where table_schema like 'registry%'
        order by 1
        """,
        row => row.GetString(0));

    private static async Task Execute(TestService service, string statements)
    {
        await using var connection = new NpgsqlConnection(service.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync();
    }
}
