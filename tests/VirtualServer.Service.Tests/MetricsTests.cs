using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The metrics as Prometheus reads them, and the dashboard and alerts that rely on them.</summary>
public sealed partial class MetricsTests
{
    private const string Get = "/virtualserver.v1.VirtualServerService/GetVirtualServer";

    [Fact]
    public void The_list_has_every_instrument_of_the_service()
    {
        var published = new List<Instrument>();
        using var listener = new MeterListener();
        using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        // Services of other tests publish instruments of the same names.
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == Instruments.Name && instrument.Meter.Scope == meters) published.Add(instrument);
        };
        listener.Start();

        _ = new Instruments(meters);

        Assert.Equal(
            Instruments.All.Select(metric => (metric.Name, metric.Unit, metric.Meaning)).Order(),
            published.Select(instrument => (instrument.Name, instrument.Unit!, instrument.Description!)).Order());
    }

    [Theory]
    [InlineData("http://127.0.0.1:9464", "", "127.0.0.1:9464")]
    [InlineData("http://localhost:9464/metrics", "", "127.0.0.1:9464")]
    [InlineData("http://[::1]:9464", "false", "[::1]:9464")]
    [InlineData("http://0.0.0.0:9464", "true", "0.0.0.0:9464")]
    [InlineData("", "true", null)]
    public void An_address_beyond_loopback_is_allowed_by_a_setting_of_its_own(string url, string beyond, string? place)
    {
        var settings = new Dictionary<string, string?> { ["Metrics:Url"] = url, ["Metrics:BeyondLoopback"] = beyond };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        Assert.Equal(place, MetricsEndpoint.Address(configuration)?.ToString());
    }

    [Fact]
    public async Task Prometheus_finds_every_metric_of_the_dashboard_and_the_alerts_and_neither_names_nor_secrets()
    {
        var servers = await Servers.Get();
        var settings = ServiceProcess.Settings(await servers.NewDatabase(), servers.RabbitMq);
        settings["Metrics__Url"] = "http://127.0.0.1:0";
        await using var service = await ServiceProcess.Start(settings);
        await service.Reports("readiness", Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving);
        await TestInventory.Register(service);
        var server = (await service.VirtualServers.CreateVirtualServerAsync(new()
        {
            VirtualServer = new(await TestInventory.Draft(service, "name-of-a-caller")) { LoadBalancerPool = null },
        })).VirtualServer;
        foreach (var (name, days) in new[] { ("old", -1), ("older", -2), ("near", 2), ("far", 1000) })
            await service.Profiles.CreateCertificateProfileAsync(new()
            {
                CertificateProfile = new() { Name = name, ExpirationDate = DateTimeOffset.UtcNow.AddDays(days).ToTimestamp() },
            });
        await service.VirtualServers.GetVirtualServerAsync(new() { Id = server.Id });
        var refused = await Assert.ThrowsAsync<RpcException>(
            () => service.VirtualServers.GetVirtualServerAsync(new() { Name = "no-such-name" }).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => Unknown(service));

        using var http = new HttpClient();
        var address = Served().Match(service.Output).Groups[1].Value;
        Assert.StartsWith("http://127.0.0.1:", address, StringComparison.Ordinal);
        var used = await Used();
        // Gauges of the registry are read every 15 s, and the broker confirms when it does.
        var scrape = await Eventually.Get(
            "a scrape with every metric of the dashboard and the alerts",
            () => http.GetStringAsync(address),
            text => !used.Except(Names(text)).Any()
                && Value(text, "virtualserver_certificates_expired") == 2 && Value(text, "virtualserver_changes_waiting") == 0,
            text => $"missing {string.Join(", ", used.Except(Names(text)))} in {text}");

        Assert.Equal(1, Value(scrape, "virtualserver_certificates_expiring"));
        Assert.Equal(1, Value(scrape, "virtualserver_conditions", "type=\"POOL_UNSET\""));
        Assert.Equal(0, Value(scrape, "virtualserver_conditions", "type=\"CONFLICTED\""));
        Assert.Equal(0, Value(scrape, "virtualserver_changes_delay_seconds"));
        Assert.Equal(0, Value(scrape, "virtualserver_races_lost_total"));
        Assert.Equal(1, Value(scrape, "virtualserver_calls_refused_total", $"method=\"{Get}\"", "reason=\"NOT_FOUND\""));
        Assert.Equal(1, Value(scrape, "virtualserver_calls_duration_seconds_count", $"method=\"{Get}\"", "code=\"OK\""));
        Assert.Equal(1, Value(scrape, "virtualserver_calls_duration_seconds_count", $"method=\"{Get}\"", "code=\"NotFound\""));
        Assert.Equal(1, Value(scrape, "virtualserver_calls_duration_seconds_count", "method=\"unknown\"", "code=\"Unimplemented\""));
        Assert.True(Value(scrape, "db_client_connection_count", "db_client_connection_pool_name=\"commands\"") > 0);
        var database = new NpgsqlConnectionStringBuilder(service.Database);
        Assert.All(
            [database.Password!, database.Username!, "name-of-a-caller", "no-such", server.Id],
            secret => Assert.DoesNotContain(secret, scrape, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(new(address), "/"))).StatusCode);
    }

    [Fact]
    public async Task Gauges_of_the_registry_have_no_value_while_the_database_is_away()
    {
        var servers = await Servers.Get();
        await using var postgres = servers.PostgresProxy();
        var settings = ServiceProcess.Settings(Servers.Through(postgres, await servers.NewDatabase()), servers.RabbitMq);
        settings["Metrics__Url"] = "http://127.0.0.1:0";
        await using var service = await ServiceProcess.Start(settings);
        using var http = new HttpClient();
        var address = Served().Match(service.Output).Groups[1].Value;
        Task Reports(double? waiting) => Eventually.Get(
            "the changes that wait", async () => Value(await http.GetStringAsync(address), "virtualserver_changes_waiting"),
            seen => seen == waiting);

        await Reports(0);
        postgres.Cut();
        await Reports(null);
        await Eventually.Get(
            "the log", () => service.Output,
            log => log.Contains("Reading the metrics of announcements fails: ", StringComparison.Ordinal));
        postgres.Restore();
        await Reports(0);
    }

    // A method that does not exist, whose name is a text of the caller.
    private static async Task Unknown(RunningService service)
    {
        var bytes = Marshallers.Create<byte[]>(message => message, message => message);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "virtualserver.v1.VirtualServerService", "no-such", bytes, bytes);
        await service.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, []);
    }

    private static async Task<IReadOnlySet<string>> Used()
    {
        using var dashboard = JsonDocument.Parse(await Repository.Read("deploy/observability/dashboard.json"));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!).ToList();
        var rules = Rule().Matches(await Repository.Read("deploy/observability/alerts.yaml"))
            .Select(match => match.Groups[1].Value).ToList();
        Assert.True(panels.Count > 20 && rules.Count > 8, $"{panels.Count} queries and {rules.Count} rules");
        return panels.Concat(rules).SelectMany(InQuery).ToHashSet();
    }

    // Names have an underscore; "up" is of Prometheus itself. Labels are in braces or behind "by", and functions have arguments.
    private static IEnumerable<string> InQuery(string query)
    {
        var names = Name().Matches(Labels().Replace(query, "")).Select(match => match.Value).ToList();
        Assert.True(names.Count > 0 || query.StartsWith("up{", StringComparison.Ordinal), query);
        return names;
    }

    private static IEnumerable<string> Names(string scrape) =>
        scrape.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0]).Distinct();

    // The sum of the series with these labels; null without any.
    private static double? Value(string scrape, string name, params string[] labels)
    {
        var series = scrape.Split('\n')
            .Where(line => line.Split('{', ' ')[0] == name && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Select(line => double.Parse(Number().Match(line).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        return series.Count == 0 ? null : series.Sum();
    }

    [GeneratedRegex("Metrics are served at (\\S+)")]
    private static partial Regex Served();

    [GeneratedRegex("^ +expr: (?:\\|\n)?((?:.|\n)+?)\n +for:", RegexOptions.Multiline)]
    private static partial Regex Rule();

    [GeneratedRegex("\\{[^}]*\\}|\"[^\"]*\"|\\b(?:by|on) \\([^)]*\\)")]
    private static partial Regex Labels();

    [GeneratedRegex("\\b[a-z]+_[a-z_]+\\b(?!\\()")]
    private static partial Regex Name();

    [GeneratedRegex("^[^{ ]+(?:\\{.*\\})? (\\S+)")]
    private static partial Regex Number();
}
