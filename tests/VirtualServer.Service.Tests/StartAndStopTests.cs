using VirtualServers.Service.Tests.Harness;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace VirtualServers.Service.Tests;

/// <summary>Start and stop as an operator sees them: a failed start names its cause in one line, and the shutdown is clean.</summary>
public sealed class StartAndStopTests
{
    [Fact]
    public async Task The_service_stops_on_SIGTERM_and_starts_again_on_the_same_data()
    {
        var servers = await Servers.Get();
        var database = await servers.EmptyDatabase();
        V1.VirtualServer server;
        await using (var service = await ServiceProcess.Start(database, servers.RabbitMq))
        {
            await TestInventory.Register(service);
            server = await TestInventory.Create(service);

            var (exitCode, output) = await service.Terminate();

            Assert.True(exitCode == 0, output);
            Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
        }

        await using var again = await ServiceProcess.Start(database, servers.RabbitMq);
        Assert.Equal(server, (await again.VirtualServers.GetVirtualServerAsync(new() { Id = server.Id })).VirtualServer);
    }

    [Fact]
    public async Task The_service_stops_on_SIGTERM_while_both_servers_are_unreachable()
    {
        var servers = await Servers.Get();
        await using var broker = servers.RabbitMqProxy();
        await using var postgres = servers.PostgresProxy();
        broker.Cut();
        await using var service = await ServiceProcess.Start(
            Servers.Through(postgres, await servers.NewDatabase()),
            Servers.Through(broker, servers.RabbitMq));
        await TestInventory.Register(service);
        postgres.Cut();

        var (exitCode, output) = await service.Terminate();

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task In_production_the_schema_is_applied_by_a_command_of_its_own_and_only_where_it_differs()
    {
        var servers = await Servers.Get();
        var database = await servers.EmptyDatabase();
        var production = ServiceProcess.Settings(database, servers.RabbitMq, "Production");

        Refused(
            "virtualserver can't start: the database schema is not up to date: run the service once with the arguments: schema apply",
            await ServiceProcess.Ends(production));
        var (exitCode, output) = await ServiceProcess.Ends(production, "schema", "apply");
        Assert.True(exitCode == 0, output);

        await using var service = await ServiceProcess.Start(database, servers.RabbitMq, "Production");
        await service.Reports("readiness", Serving);
        await TestInventory.Register(service);
        var (before, server) = (await Schema(service), await TestInventory.Create(service));

        (exitCode, output) = await ServiceProcess.Ends(production, "schema", "apply");
        Assert.True(exitCode == 0, output);
        Assert.Equal(before, await Schema(service));
        Assert.Equal(server, (await service.VirtualServers.GetVirtualServerAsync(new() { Id = server.Id })).VirtualServer);
    }

    [Fact]
    public async Task The_service_does_not_listen_beyond_loopback_without_TLS_and_authentication()
    {
        var servers = await Servers.Get();
        Refused(
            "virtualserver can't start: it would listen on 0.0.0.0:0, beyond loopback, without TLS and authentication: set "
            + "Security:Tls, and Security:Jwt or Security:ClientCertificates, or set Urls to http://127.0.0.1:PORT or http://[::1]:PORT",
            await ServiceProcess.Ends(ServiceProcess.Settings(await servers.NewDatabase(), servers.RabbitMq, urls: "http://0.0.0.0:0")));
    }

    [Theory]
    [InlineData("ConnectionStrings__Postgres", "", "ConnectionStrings:Postgres is not set: give the address of PostgreSQL")]
    [InlineData("ConnectionStrings__Postgres", "postgres://localhost/db", "ConnectionStrings:Postgres is invalid")]
    [InlineData(
        "ConnectionStrings__Postgres",
        "Host=127.0.0.1;Port=1;Username=x;Password=secret;Database=x",
        "the database cannot be used: Failed to connect to 127.0.0.1:1")]
    [InlineData(
        "RabbitMq__Uri",
        "",
        "RabbitMq:Uri is not set: give the address of RabbitMQ, for instance in the environment as RabbitMq__Uri=amqp://")]
    [InlineData("RabbitMq__Uri", "localhost:5672", "RabbitMq:Uri is not an address of RabbitMQ: write it like RabbitMq__Uri=amqp://")]
    public async Task A_setting_that_is_missing_or_wrong_is_named_in_one_line(string setting, string value, string sentence)
    {
        var servers = await Servers.Get();
        var settings = ServiceProcess.Settings(await servers.NewDatabase(), servers.RabbitMq);
        settings[setting] = value;

        var ended = await ServiceProcess.Ends(settings);

        Refused($"virtualserver can't start: {sentence}", ended);
        Assert.DoesNotContain("secret", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_in_one_line()
    {
        var servers = await Servers.Get();
        await using var other = servers.PostgresProxy();
        var urls = $"http://127.0.0.1:{other.Port}";
        Refused(
            $"virtualserver can't start: Failed to bind to address {urls}: address already in use: stop the other process",
            await ServiceProcess.Ends(ServiceProcess.Settings(await servers.NewDatabase(), servers.RabbitMq, urls: urls)));
    }

    private static void Refused(string sentence, (int ExitCode, string Output) ended)
    {
        Assert.True(ended.ExitCode == 1, ended.Output);
        Assert.Contains(ended.Output.Split('\n'), line => line.StartsWith(sentence, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", ended.Output, StringComparison.Ordinal);
    }

    // Every column, index, constraint and function of ours, as PostgreSQL spells it.
    private static Task<IReadOnlyList<string>> Schema(RunningService service) => service.Rows(
        """
        select concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, ''))
            from information_schema.columns where table_schema = 'registry'
        union all select indexdef from pg_indexes where schemaname = 'registry'
        union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
            from pg_constraint where connamespace = 'registry'::regnamespace
        union all select pg_get_functiondef(oid) from pg_proc where pronamespace = 'registry'::regnamespace and prokind = 'f'
        order by 1
        """,
        row => row.GetString(0));
}
