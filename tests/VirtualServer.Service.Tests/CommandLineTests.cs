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

    [Fact]
    public async Task Check_config_names_every_mistake_and_connects_to_no_server()
    {
        var (exitCode, output) = await ServiceProcess.Ends(Valid, "check-config");
        Assert.True(exitCode == 0, output);
        Assert.Equal("the settings are valid", output);

        var wrong = Valid.ToDictionary();
        wrong["Registri__RequestRetention"] = "8.00:00:00";
        wrong["Security__ClientCertificates__CaFile"] = "/nowhere/ca.pem";
        (exitCode, output) = await ServiceProcess.Ends(
            wrong, "check-config", "--Urls=banana", "--Registry:RequestRetention=abc", "--Limits:Calls=1", "--Limits:Deadline=never");
        Assert.Equal(1, exitCode);
        Assert.Equal(
            [
                "Registri:RequestRetention is not a setting: write Registry:RequestRetention",
                "Urls \"banana\" is not an address to listen on: write it like http://127.0.0.1:5210",
                "Security:ClientCertificates:CaFile needs TLS: set Security:Tls:CertificateFile and Security:Tls:KeyFile",
                "Security:Roles is not set, so no caller may do anything: define roles, for instance "
                    + "Security__Roles__reader__Permissions__0=registry.read",
                "Limits:Calls \"1\" is not a number from 10 to 1000000: write it like 2000",
                "Limits:Deadline \"never\" is not a time span from 00:00:01 to 01:00:00: write it like 00:01:00",
                "Registry:RequestRetention abc is not a time span of 1 to 3650 days: write 7 days as 7.00:00:00",
            ],
            output.Split('\n'));
    }

    [Fact]
    public async Task Help_lists_the_commands_and_a_wrong_one_is_refused()
    {
        var (exitCode, output) = await ServiceProcess.Ends(Valid, "--help");
        Assert.True(exitCode == 0, output);
        Assert.All(
            ["schema", "rebuild", "verify", "check-config", "health", "--version"],
            command => Assert.Contains($"\n  {command}", output, StringComparison.Ordinal));
        Assert.Contains("--Name=value", output, StringComparison.Ordinal);

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
