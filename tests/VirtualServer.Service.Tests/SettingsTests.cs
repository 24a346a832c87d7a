using Microsoft.Extensions.Configuration;
using VirtualServers.Service.Tests.Harness;
using Xunit.Abstractions;

namespace VirtualServers.Service.Tests;

/// <summary>Every setting has a wrong value, and every wrong value a sentence that names the setting and tells what to write.</summary>
public sealed class SettingsTests(ITestOutputHelper output)
{
    private static readonly string[] Valid =
    [
        "ConnectionStrings:Postgres=Host=127.0.0.1;Username=x;Password=k7Secret;Database=x", "RabbitMq:Uri=amqp://127.0.0.1/",
        "Urls=http://127.0.0.1:5210",
    ];

    private static readonly string[] Reader = ["Security:Roles:reader:Permissions:0=registry.read"];

    private static readonly string[] Authority =
        ["Security:Jwt:Authority=https://issuer.example", "Security:Jwt:Audience=here", .. Reader];

    // A certificate of the service that can be used, for settings beside it.
    private static Lazy<string[]> TlsFiles { get; } = new(() =>
    {
        var certificates = new TestCertificates();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => certificates.Dispose();
        return
        [
            .. certificates.Settings.Where(setting => setting.StartsWith("Security:Tls", StringComparison.Ordinal)),
            "Urls=https://127.0.0.1:0",
        ];
    });

    // The setting, its wrong value, the settings that must be beside it, and the beginning of the sentence.
    private static readonly (string Setting, string Value, string[] Beside, string Sentence)[] Cases =
    [
        ("ConnectionStrings:Postgres", "", [], "ConnectionStrings:Postgres is not set: give the address of PostgreSQL"),
        ("ConnectionStrings:Postgres", "postgres://x:k7Secret@h/db", [], "ConnectionStrings:Postgres is invalid, it is no list of"),
        ("ConnectionStrings:Postgres", "postgres://x:k7Secret@h/db?a=b", [], "ConnectionStrings:Postgres is invalid, it has a keyword"),
        ("ConnectionStrings:Postgres", "Host=h;Username=x;Port=k7Secret", [], "ConnectionStrings:Postgres is invalid, the value of port"),
        ("ConnectionStrings:Postgres", "Host=h;Username=x;Port=70000", [], "ConnectionStrings:Postgres is invalid, the value of port is"),
        ("ConnectionStrings:Postgres", "Host=h;Database=x", [], "ConnectionStrings:Postgres has no Username: write it like"),
        ("ConnectionStrings:Postgres", "Username=x;Database=x", [], "ConnectionStrings:Postgres has no Host: write it like"),
        ("RabbitMq:Uri", "", [], "RabbitMq:Uri is not set: give the address of RabbitMQ"),
        ("RabbitMq:Uri", "localhost:k7Secret", [], "RabbitMq:Uri is not an address of RabbitMQ: write it like RabbitMq__Uri=amqp://"),
        ("RabbitMq:Uri", "amqp:///", [], "RabbitMq:Uri is not an address of RabbitMQ"),
        ("Urls", "", [], "Urls is not set: give an address like http://127.0.0.1:5210"),
        ("Urls", "banana", [], "Urls \"banana\" is not an address to listen on: write it like http://127.0.0.1:5210"),
        ("Urls", "http://127.0.0.1:70000", [], "Urls \"http://127.0.0.1:70000\" is not an address to listen on"),
        ("Urls", "https://127.0.0.1:5210", [], "Urls has https://127.0.0.1:5210, and there is no certificate: set Security:Tls"),
        ("Http:Url", "banana", [], "Http:Url \"banana\" is not an address to listen on"),
        ("Http:Url", "https://127.0.0.1:5211", [], "Http:Url is for a service without TLS"),
        ("Http:Url", "http://127.0.0.1:5210", [], "Http:Url \"http://127.0.0.1:5210\" is an address of Urls, which serves HTTP/2: use"),
        ("Http:Url", "http://0.0.0.0:5211", [], "it would listen on 0.0.0.0:5211, beyond loopback, without TLS and authentication"),
        ("Http:Origins:0", "banana", [], "Http:Origins:0 \"banana\" is not an origin: write scheme, host and port"),
        ("Urls", "http://*:5210", [], "it would listen on 0.0.0.0:5210, beyond loopback, without TLS and authentication: set Security:Tls"),
        (
            "Security:Tls:CertificateFile", "", ["Security:Tls:KeyFile=k", "Urls=https://127.0.0.1:0"],
            "Security:Tls is incomplete: set both Security:Tls:CertificateFile and Security:Tls:KeyFile"
        ),
        (
            "Security:Tls:CertificateFile", "/nowhere/tls.pem", ["Security:Tls:KeyFile=/nowhere/tls.key", "Urls=https://127.0.0.1:0"],
            "Security:Tls:CertificateFile (/nowhere/tls.pem, /nowhere/tls.key) cannot be used: Could not find"
        ),
        (
            "Security:Tls:KeyFile", "/dev/null", ["Security:Tls:CertificateFile=/dev/null", "Urls=https://127.0.0.1:0"],
            "Security:Tls:CertificateFile (/dev/null, /dev/null) cannot be used: they are no certificate and its unencrypted private key"
        ),
        (
            "Security:ClientCertificates:Actor", "Name",
            [
                "Security:ClientCertificates:CaFile=ca.pem", "Security:Tls:CertificateFile=c", "Security:Tls:KeyFile=k",
                "Urls=https://127.0.0.1:0", .. Reader,
            ],
            "Security:ClientCertificates:Actor \"Name\" is not known: use Subject or SubjectAlternativeName"
        ),
        ("Security:Jwt:Authority", "http://issuer.example", Authority, "Security:Jwt:Authority \"http://issuer.example\" is not an https"),
        (
            "Security:Jwt:Issuer", "", ["Security:Jwt:KeysFile=/dev/null", "Security:Jwt:Audience=here", .. Reader],
            "Security:Jwt:Issuer is not set: give the issuer that tokens name"
        ),
        ("Security:Jwt:Audience", "", Authority, "Security:Jwt:Audience is not set: give the audience"),
        ("Security:Jwt:Algorithms:0", "HS256", Authority, "Security:Jwt:Algorithms \"HS256\" is not accepted: use RS256"),
        ("Security:Jwt:ClockSkew", "00:05:01", Authority, "Security:Jwt:ClockSkew \"00:05:01\" is out of range: use 00:00:00 to 00:05:00"),
        ("Security:Jwt:ActorClaim", " ", Authority, "Security:Jwt:ActorClaim is blank: give the name of a claim, or omit it for sub"),
        ("Security:Jwt:RolesClaim", "", Authority, "Security:Jwt:RolesClaim is blank: give the name of a claim, or omit it for roles"),
        ("Security:Jwt:Audence", "there", Authority, "Security:Jwt:Audence is not a setting"),
        ("Security:Roles:x:Permissions:0", "registry.wirte", Authority, "Security:Roles:x gives \"registry.wirte\", which is not a"),
        (
            "Security:Roles:x:Permisions:0", "registry.read", [.. Authority, "Security:Roles:x:Permissions:0=registry.read"],
            "Security:Roles:x:Permisions:0 is not a setting"
        ),
        (
            "Security:Subjects:0:Roles:0", "writer", ["Security:Subjects:0:Subject=alice", .. Authority],
            "Security:Subjects:0 has the role \"writer\", which Security:Roles does not define"
        ),
        (
            "Security:ClientCertificates:CaFile", "/nowhere/ca.pem",
            [.. TlsFiles.Value, .. Reader], "Security:ClientCertificates:CaFile (/nowhere/ca.pem) cannot be used: Could not find"
        ),
        (
            "Security:Jwt:KeysFile", "/dev/null", ["Security:Jwt:Issuer=issuer", "Security:Jwt:Audience=here", .. Reader],
            "Security:Jwt:KeysFile (/dev/null) cannot be used: it has no public key"
        ),
        ("Limits:Calls", "0", [], "Limits:Calls \"0\" is not a number from 10 to 1000000: write it like 2000"),
        ("Limits:CallsPerCaller", "-1", [], "Limits:CallsPerCaller \"-1\" is not a number from 10 to 1000000"),
        ("Limits:CallsPerSecond", "many", [], "Limits:CallsPerSecond \"many\" is not a number from 200 to 10000000"),
        ("Limits:CallsPerSecondPerCaller", "1", [], "Limits:CallsPerSecondPerCaller \"1\" is not a number from 200"),
        ("Limits:Deadline", "0", [], "Limits:Deadline \"0\" is not a time span from 00:00:01 to 01:00:00: write it like 00:01:00"),
        ("Limits:StatementTimeout", "2.00:00:00", [], "Limits:StatementTimeout \"2.00:00:00\" is not a time span from 00:00:01"),
        ("Limits:LockTimeout", "x", [], "Limits:LockTimeout \"x\" is not a time span"),
        ("Limits:Connections", "1", [], "Limits:Connections \"1\" is not a number from 10"),
        ("Limits:ConnectionsPerAddress", "1", [], "Limits:ConnectionsPerAddress \"1\" is not a number from 10"),
        ("Limits:StreamsPerConnection", "0", [], "Limits:StreamsPerConnection \"0\" is not a number from 1"),
        ("Limits:HeaderBytes", "12", [], "Limits:HeaderBytes \"12\" is not a number from 4096"),
        ("Limits:Cals", "100", [], "Limits:Cals is not a setting: use Calls, "),
        ("Registry:RequestRetention", "abc", [], "Registry:RequestRetention abc is not a time span of 1 to 3650 days: write"),
        ("Registry:RequestRetention", "00:05:00", [], "Registry:RequestRetention 00:05:00 is not a time span of 1 to 3650 days"),
        ("Registry:ExpirationWarning", "-1", [], "Registry:ExpirationWarning -1 is not a time span of 0 to 3650 days"),
        ("Registry:Retention", "1", [], "Registry:Retention is not a setting: docs/configuration.md lists the settings"),
        ("Registri:RequestRetention", "1", [], "Registri:RequestRetention is not a setting: write Registry:RequestRetention"),
        ("Url", "http://127.0.0.1:1", [], "Url is not a setting: write Urls"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "nowhere", [], "OTEL_EXPORTER_OTLP_ENDPOINT \"nowhere\" is not an address of a collector: write"),
        ("Metrics:Url", "banana", [], "Metrics:Url \"banana\" is not an address to listen on: write it like http://127.0.0.1:9464"),
        ("Metrics:Url", "https://127.0.0.1:9464", [], "Metrics:Url \"https://127.0.0.1:9464\" is not an address to listen on"),
        ("Metrics:Url", "http://metrics.example.com:9464", [], "Metrics:Url \"http://metrics.example.com:9464\" is not an address"),
        (
            "Metrics:Url", "http://0.0.0.0:9464", [],
            "Metrics:Url \"http://0.0.0.0:9464\" is beyond loopback, and metrics have no authentication: write http://127.0.0.1:9464, or "
            + "set Metrics:BeyondLoopback=true in a network that only Prometheus can reach"
        ),
        ("Metrics:BeyondLoopback", "maybe", [], "Metrics:BeyondLoopback \"maybe\" is neither true nor false: write true or false"),
        ("Metrics:Port", "9464", [], "Metrics:Port is not a setting: docs/configuration.md lists"),
        ("Logging:LogLevel:Default", "Loud", [], "Logging:LogLevel:Default \"Loud\" is not a log level: use Trace, Debug,"),
        ("Logging:Format", "xml", [], "Logging:Format \"xml\" is not a format: use json or text"),
        ("Logging:Console:LogLevel:Default", "Loud", [], "Logging:Console:LogLevel:Default \"Loud\" is not a log level"),
        ("Logging:Levels:Default", "Debug", [], "Logging:Levels:Default is not a setting"),
        ("DOTNET_ENVIRONMENT", "Devlopment", [], "DOTNET_ENVIRONMENT \"Devlopment\" is not an environment: use Development, Staging, Prod"),
    ];

    [Fact]
    public void Every_setting_has_a_wrong_value_and_its_sentence()
    {
        var missed = new List<string>();
        foreach (var (setting, value, beside, sentence) in Cases)
        {
            var mistakes = Settings.Mistakes(Of([.. Valid, .. beside, $"{setting}={value}"]));
            var its = mistakes.Where(mistake => mistake.StartsWith(sentence, StringComparison.Ordinal)).ToList();
            output.WriteLine($"{setting} = \"{value}\"\n    {string.Join(" | ", its)}");
            if (its.Count != 1) missed.Add($"{setting}={value}: expected \"{sentence}\", got: {string.Join(" | ", mistakes)}");
            Assert.All(mistakes, mistake => Assert.DoesNotContain("k7Secret", mistake, StringComparison.Ordinal));
            Assert.All(mistakes, mistake => Assert.DoesNotContain('\n', mistake));
        }

        Assert.Empty(missed);
        Assert.All(Settings.All, setting => Assert.Contains(Cases, wrong => setting.Includes(wrong.Setting)));
    }

    [Fact]
    public void Valid_settings_have_no_mistake() => Assert.Empty(Settings.Mistakes(Of(Valid)));

    [Theory]
    [InlineData("VSGRPC_TEST_Registry__RequestRetentoin", true)]
    [InlineData("VSGRPC_TEST_Limit__Calls", true)]
    [InlineData("VSGRPC_TEST_OTHER__THING", false)]
    [InlineData("VSGRPC_TEST_Url", false)]
    public void The_environment_may_have_variables_of_others_but_none_of_a_section_that_is_misspelt(string variable, bool isMistake)
    {
        Environment.SetEnvironmentVariable(variable, "1");
        try
        {
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(Pairs(Valid)).AddEnvironmentVariables("VSGRPC_TEST_").Build();
            var name = variable["VSGRPC_TEST_".Length..].Replace("__", ":", StringComparison.Ordinal);
            var mistakes = Settings.Mistakes(configuration);
            if (isMistake) Assert.StartsWith($"{name} is not a setting: write ", Assert.Single(mistakes), StringComparison.Ordinal);
            else Assert.Empty(mistakes);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    private static IConfigurationRoot Of(string[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(Pairs(settings)).Build();

    // A later setting replaces an earlier one.
    private static Dictionary<string, string?> Pairs(string[] settings)
    {
        var pairs = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in settings) pairs[setting.Split('=', 2)[0]] = setting.Split('=', 2)[1];
        return pairs;
    }
}
