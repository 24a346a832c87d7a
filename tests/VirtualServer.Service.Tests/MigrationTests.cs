using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Npgsql;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>A database of every release is migrated, its read models are rebuilt, and every object reads as before.</summary>
public sealed class MigrationTests
{
    private const string Outdated =
        "the read models of the database are of another version: run the service once with the argument: rebuild";

    // These depend on the day.
    private static readonly string[] OfTheDay = ["CONDITION_TYPE_CERTIFICATE_EXPIRED", "CONDITION_TYPE_CERTIFICATE_EXPIRING"];

    public static TheoryData<string> All => ["0.1.0"];

    [Theory, MemberData(nameof(All))]
    public async Task Every_object_of_a_release_reads_as_before(string release)
    {
        await using var service = await Developed(await Releases.Restore(release));

        await Reads("VirtualServer", service, new ListVirtualServersRequest { ShowDeleted = true, PageSize = 1000 }, release);
        await Reads("LoadBalancerPool", service, new ListLoadBalancerPoolsRequest { ShowDeleted = true, PageSize = 1000 }, release);
        await Reads("HealthCheckMonitor", service, new ListHealthCheckMonitorsRequest { ShowDeleted = true, PageSize = 1000 }, release);
        await Reads("CertificateProfile", service, new ListCertificateProfilesRequest { ShowDeleted = true, PageSize = 1000 }, release);
        foreach (var kind in Enum.GetValues<Kind>())
        {
            var spelled = string.Concat(kind.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}"));
            var file = $"inv-{spelled.ToUpperInvariant()}";
            if (!File.Exists(Path.Combine(Releases.Folder(release), $"{file}.json"))) continue;
            await Reads(file, service, new ListInventoryObjectsRequest { Kind = kind, PageSize = 1000 }, release);
        }

        await CountsAndFindsConditions(service, release);
        Assert.Empty(await Rebuilding.Differences(service));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Two_services_that_start_at_once_both_serve(string release)
    {
        var database = await Releases.Restore(release);
        var started = await Task.WhenAll(Developed(database), Developed(database));

        await TestInventory.Register(started[0]);
        foreach (var service in started) await TestInventory.Create(service);

        Assert.Empty(await Rebuilding.Differences(started[0]));
        foreach (var service in started) await service.DisposeAsync();
    }

    [Theory, MemberData(nameof(All))]
    public async Task Two_migrations_at_once_both_succeed(string release)
    {
        var servers = await Servers.Get();
        var settings = ServiceProcess.Settings(await Releases.Restore(release), servers.RabbitMq, "Production");
        await Task.WhenAll(Ends(0, settings, "schema", "apply"), Ends(0, settings, "schema", "apply"));
        Assert.DoesNotContain("missing", await Ends(0, settings, "schema", "status"), StringComparison.Ordinal);
    }

    // A session of release 0.1.0 does not tell which read models it writes.
    [Fact]
    public async Task Nodes_of_release_0_1_0_store_events_until_the_rebuild_and_no_event_afterwards()
    {
        var servers = await Servers.Get();
        var database = await Releases.Restore("0.1.0");
        var settings = ServiceProcess.Settings(database, servers.RabbitMq, "Production");
        await Ends(0, settings, "schema", "apply");
        await Append(database, "inventory_object.registered");

        await Ends(0, settings, "rebuild");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => Append(database, "inventory_object.registered"));
        Assert.Equal("57V01", refused.SqlState);
        await Append(database, "tombstone");
        Assert.Contains("0 differences", await Ends(0, settings, "verify"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_reads_but_stores_nothing_and_is_not_ready_after_the_rebuild_of_a_newer_version()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);
        await Execute(
            service.Database,
            """
            update registry.read_models set version = 99 where name = 'uses';
            do $$ begin execute (
                select replace(regexp_replace(pg_get_triggerdef(oid), 'uses:[0-9]+', 'uses:99'), 'CREATE', 'create or replace')
                from pg_trigger where tgname = 'refuse_events_of_other_versions'); end $$;
            """);

        var refused = await Assert.ThrowsAsync<RpcException>(() => TestInventory.Create(service));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.Equal(known, await service.Get(known.Id));
        await service.Reports("readiness", HealthCheckResponse.Types.ServingStatus.NotServing);
    }

    // Its statements, as of commit 40b426e: five columns for a reference, and references that are deleted when they end.
    [Fact]
    public async Task Statements_of_release_0_1_0_work_on_the_migrated_schema()
    {
        var servers = await Servers.Get();
        var database = await Releases.Restore("0.1.0");
        var settings = ServiceProcess.Settings(database, servers.RabbitMq, "Production");
        await Ends(0, settings, "schema", "apply");
        const string use = "(select source, field, part, target from registry.uses where living limit 1)";
        await Execute(
            database,
            $"""
            create temp table one as {use};
            delete from registry.uses u using one
                where (u.source, u.field, u.part, u.target) = (one.source, one.field, one.part, one.target);
            insert into registry.uses (source, field, part, target, living)
                select source, field, part, target, true from unnest(
                    (select array_agg(source) from one), (select array_agg(field) from one),
                    (select array_agg(part) from one), (select array_agg(target) from one)) as added (source, field, part, target);
            update registry.uses set living = null where source = (select source from one) and living;
            update registry.uses set living = true where source = (select source from one);
            """);

        Assert.Contains(Outdated, await Ends(1, settings), StringComparison.Ordinal);
        await Ends(0, settings, "rebuild");
        Assert.Contains("0 differences", await Ends(0, settings, "verify"), StringComparison.Ordinal);
        await using var service = await ServiceProcess.Start(database, servers.RabbitMq, "Production");
        await TestInventory.Register(service);
        await TestInventory.Create(service);
    }

    [Fact]
    public async Task A_migration_that_was_edited_is_refused_in_one_sentence()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        await Execute(database, "update registry.schema_history set checksum = 'edited' where version = '1'");
        var output = await Ends(1, ServiceProcess.Settings(database, servers.RabbitMq));
        Assert.Contains("virtualserver can't start: the database schema cannot be migrated: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    public static TheoryData<string> Starts => ["", "schema apply", "schema status", "schema script", "rebuild", "verify"];

    // Its tables of references and names, as commit a63b004 made them.
    [Theory, MemberData(nameof(Starts))]
    public async Task A_database_of_the_time_before_the_first_release_is_refused_in_one_sentence(string command)
    {
        var servers = await Servers.Get();
        var database = await servers.EmptyDatabase();
        await Execute(
            database,
            """
            create schema registry;
            create table registry.directory (id uuid, kind text, scope text, name text, living boolean);
            create table registry.uses (source uuid, field text, target uuid, living boolean);
            """);
        var settings = ServiceProcess.Settings(database, servers.RabbitMq, "Production");
        var output = await Ends(1, settings, command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            $"virtualserver can't {(command.Length > 0 ? $"execute {command}" : "start")}: "
            + "the database was made by a version before release 0.1.0, whose tables cannot be migrated: "
            + "use an empty database, and load its objects through the gRPC interface", output);
    }

    [Fact]
    public async Task Read_models_of_another_version_are_refused_in_production_and_rebuilt_in_development()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        await Execute(database, "update registry.read_models set version = 0 where name = 'uses'");
        Assert.Contains(
            $"virtualserver can't start: {Outdated}",
            await Ends(1, ServiceProcess.Settings(database, servers.RabbitMq, "Production")), StringComparison.Ordinal);

        await using var service = await Developed(database);
        Assert.Equal(1, await service.Scalar<long>("select count(*) from registry.read_models where name = 'uses' and version > 0"));
    }

    [Fact]
    public async Task The_state_of_the_schema_is_shown_and_its_script_brings_it_up_to_date()
    {
        var servers = await Servers.Get();
        var settings = ServiceProcess.Settings(await servers.EmptyDatabase(), servers.RabbitMq, "Production");
        Assert.Contains("migration 1 release_0_1_0: missing", await Ends(1, settings, "schema", "status"), StringComparison.Ordinal);
        Assert.Contains(
            "create table registry.object_versions", await Ends(0, settings, "schema", "script"), StringComparison.OrdinalIgnoreCase);
        await Ends(0, settings, "schema", "apply");
        Assert.DoesNotContain("missing", await Ends(0, settings, "schema", "status"), StringComparison.Ordinal);
        await Ends(1, settings, "schema", "aply");
        await Ends(1, settings, "rebuilt");
    }

    private static Task<TestService> Developed(string database) => TestService.Start(database, settings: "environment=Development");

    private static async Task<string> Ends(int expected, Dictionary<string, string> settings, params string[] arguments)
    {
        var (exitCode, output) = await ServiceProcess.Ends(settings, arguments);
        Assert.True(exitCode == expected, output);
        return output;
    }

    private static async Task Execute(string database, string statements)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync();
    }

    // An event as a node stores it that does not tell which read models it writes.
    private static Task Append(string database, string type) => Execute(
        database,
        $$"""
        with stream as (
            insert into registry.mt_streams (id, type, version, tenant_id) values (gen_random_uuid(), 'inventory_object', 1, '*DEFAULT*')
            returning id)
        insert into registry.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived, user_name)
        select nextval('registry.mt_events_sequence'), gen_random_uuid(), id, 1,
            jsonb_build_object('entry', jsonb_build_object('kind', 'Device', 'name', 'stored by 0.1.0', 'scope', '')),
            '{{type}}', now(), '*DEFAULT*', false, 'old' from stream
        """);

    // A virtual server may have a condition of the day, and no other.
    private static async Task CountsAndFindsConditions(TestService service, string release)
    {
        var conditional = new ListVirtualServersRequest { Filter = new() { HasConditions = true }, PageSize = 1000 };
        Same(
            WithLasting(await Recorded("withcond", release)), WithLasting(await Answer(service, conditional)), "has_conditions");
        var found = (await service.VirtualServers.ListVirtualServersAsync(conditional)).VirtualServers.Count;
        conditional.Filter.HasConditions = false;
        var others = (await service.VirtualServers.ListVirtualServersAsync(conditional)).VirtualServers.Count;

        var (recorded, summary) = (await Recorded("summary", release), await Answer(service, new SummarizeVirtualServersRequest()));
        Assert.Equal($"{found}", $"{summary["hasConditionsCount"]}");
        Assert.Equal($"{found + others}", $"{recorded["totalCount"]}");
        recorded.AsObject().Remove("hasConditionsCount");
        Same(recorded, summary, "summary");
    }

    private static JsonArray WithLasting(JsonNode answer) => new([
        .. answer["virtualServers"]!.AsArray()
            .Where(server => Lasting(server!["conditions"]!.AsArray()).Count > 0).Select(server => server!.DeepClone()),
    ]);

    private static async Task<JsonNode> Recorded(string name, string release) =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Releases.Folder(release), $"{name}.json")))!;

    private static async Task<JsonNode> Answer(TestService service, IMessage request) =>
        JsonNode.Parse(JsonFormatter.Default.Format(await service.Send(request)))!;

    // Every recorded field has the recorded value; a newer version may answer with further fields.
    private static async Task Reads(string name, TestService service, IMessage request, string release) =>
        Same(await Recorded(name, release), await Answer(service, request), name);

    private static void Same(JsonNode recorded, JsonNode? read, string path)
    {
        switch (recorded)
        {
            case JsonObject fields:
                // Releases word the message of a condition differently; its type and objects are compared.
                foreach (var (field, value) in fields.Where(field => field.Key != "message")) Same(value!, read?[field], $"{path}.{field}");
                break;
            case JsonArray items:
                var (was, now) = (Lasting(items), Lasting(read as JsonArray ?? []));
                Assert.True(was.Count == now.Count, $"{path}: {recorded} is now {read}");
                for (var i = 0; i < was.Count; i++) Same(was[i], now[i], $"{path}[{i}]");
                break;
            default:
                Assert.True($"{recorded}" == $"{read}", $"{path}: {recorded} is now {read}");
                break;
        }
    }

    private static List<JsonNode> Lasting(JsonArray items) =>
        [.. items.OfType<JsonNode>().Where(item => item is not JsonObject condition || !OfTheDay.Contains(condition["type"]?.ToString()))];
}
