using Microsoft.Extensions.Configuration;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The commands that need no database, as an operator calls them.</summary>
public sealed class CommandLineTests
{
    private static readonly Dictionary<string, string> Valid = new()
    {
        ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Username=x;Database=x",
        ["RabbitMq__Uri"] = "amqp://127.0.0.1/",
    };

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "ConnectionStrings:Postgres", "postgres://localhost/db", "ConnectionStrings:Postgres is invalid" },
        { "RabbitMq:Uri", "localhost", "RabbitMq:Uri is not an address of RabbitMQ" },
        { "Urls", "banana", "Urls \"banana\" is not an address to listen on: write it like http://127.0.0.1:5210" },
        { "Urls", "http://127.0.0.1:70000", "Urls \"http://127.0.0.1:70000\" is not an address to listen on" },
        { "Registry:RequestRetention", "abc", "Registry:RequestRetention abc is not a time span of 1 to 3650 days" },
        { "Registry:RequestRetention", "00:05:00", "Registry:RequestRetention 00:05:00 is not a time span of 1 to 3650 days" },
        { "Registry:ExpirationWarning", "-1", "Registry:ExpirationWarning -1 is not a time span of 0 to 3650 days" },
        { "OTEL_EXPORTER_OTLP_ENDPOINT", "nowhere", "OTEL_EXPORTER_OTLP_ENDPOINT \"nowhere\" is not an address of a collector" },
        { "Metrics:Url", "banana", "Metrics:Url \"banana\" is not an address to listen on: write it like http://127.0.0.1:9464" },
        { "Metrics:Url", "https://127.0.0.1:9464", "Metrics:Url \"https://127.0.0.1:9464\" is not an address to listen on" },
        { "Metrics:Url", "http://metrics.example.com:9464", "Metrics:Url \"http://metrics.example.com:9464\" is not an address" },
        {
            "Metrics:Url", "http://0.0.0.0:9464",
            "Metrics:Url \"http://0.0.0.0:9464\" is beyond loopback, and metrics have no authentication: write http://127.0.0.1:9464, or "
            + "set Metrics:BeyondLoopback=true in a network that only Prometheus can reach"
        },
        { "Metrics:BeyondLoopback", "maybe", "Metrics:BeyondLoopback \"maybe\" is neither true nor false" },
        { "Metrics:Port", "9464", "Metrics:Port is not a setting" },
        { "Logging:LogLevel:Default", "Loud", "Logging:LogLevel:Default \"Loud\" is not a log level" },
        { "Registry:Retention", "1", "Registry:Retention is not a setting" },
    };

    [Fact]
    public async Task Check_config_names_every_mistake_and_connects_to_nothing()
    {
        var (exitCode, output) = await ServiceProcess.Ends(Valid, "check-config");
        Assert.True(exitCode == 0, output);
        Assert.Equal("the settings are valid", output);

        (exitCode, output) = await ServiceProcess.Ends(Valid, "check-config", "--Urls=banana", "--Registry:RequestRetention=abc");
        Assert.Equal(1, exitCode);
        Assert.Equal(2, output.Split('\n').Length);
        Assert.Contains("Urls \"banana\"", output, StringComparison.Ordinal);
        Assert.Contains("Registry:RequestRetention abc", output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_in_a_setting_has_a_sentence(string setting, string value, string sentence)
    {
        var settings = Valid.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value);
        settings["Urls"] = "http://127.0.0.1:5210";
        Assert.Empty(Settings.Mistakes(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));

        settings[setting] = value;
        var mistake = Assert.Single(Settings.Mistakes(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
        Assert.StartsWith(sentence, mistake, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_the_commands_and_a_wrong_one_is_refused()
    {
        var (exitCode, output) = await ServiceProcess.Ends(Valid, "--help");
        Assert.True(exitCode == 0, output);
        Assert.All(
            ["schema", "rebuild", "verify", "check-config", "health", "--version"],
            command => Assert.Contains($"\n  {command}", output, StringComparison.Ordinal));

        (exitCode, output) = await ServiceProcess.Ends(Valid, "nonsense");
        Assert.True(exitCode == 1, output);
    }

    [Fact]
    public async Task Health_tells_whether_the_service_serves()
    {
        var servers = await Servers.Get();
        await using var service = await ServiceProcess.Start(await servers.NewDatabase(), servers.RabbitMq);
        await service.Reports("readiness", Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving);
        var urls = $"--Urls={service.Address}";

        Assert.Equal((0, "Serving"), await ServiceProcess.Ends(Valid, "health", urls));
        Assert.Equal((0, "Serving"), await ServiceProcess.Ends(Valid, "health", "liveness", urls));
        var (exitCode, output) = await ServiceProcess.Ends(Valid, "health", "no-such-name", urls);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("NotFound", output, StringComparison.Ordinal);
        Assert.Equal(1, (await ServiceProcess.Ends(Valid, "health", "--Urls=http://127.0.0.1:1")).ExitCode);
    }
}
