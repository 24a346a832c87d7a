using System.Net;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using VirtualServers.Service.Api;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Http;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service;

/// <summary>A setting.</summary>
/// <param name="Name">
/// The name as in docs/configuration.md; a final <c>:*</c> stands for a list, or for names that the operator gives.
/// </param>
public sealed record Setting(string Name)
{
    private const string Any = ":*";

    private string Root => Name.EndsWith(Any, StringComparison.Ordinal) ? Name[..^Any.Length] : Name;

    /// <summary>Whether a name is that of this setting.</summary>
    public bool Includes(string name) =>
        name.Equals(Name, StringComparison.OrdinalIgnoreCase) || name.Equals(Root, StringComparison.OrdinalIgnoreCase)
        || (Root != Name && name.StartsWith($"{Root}:", StringComparison.OrdinalIgnoreCase));
}

/// <summary>Every setting of the service. The rooms read them; this list checks them all before anything is started.</summary>
public static class Settings
{
    // Settings that are read together, and what reads them. A mistake is a StartupException whose sentences say what to change.
    private static readonly (Action<IConfiguration> Read, string[] Names)[] Groups =
    [
        (configuration => Connections.Read(configuration), ["ConnectionStrings:Postgres"]),
        (configuration => RabbitMq.Address(configuration), ["RabbitMq:Uri"]),
        (ReadUrls, ["Urls"]),
        (ReadHttp1, ["Http:Url"]),
        (configuration => Origins.Read(configuration), ["Http:Origins:*"]),
        (configuration => SecuritySettings.Read(configuration),
        [
            "Security:ClientCertificates:Actor",
            "Security:Jwt:Authority", "Security:Jwt:Issuer", "Security:Jwt:Audience", "Security:Jwt:Algorithms:*", "Security:Jwt:ClockSkew",
            "Security:Jwt:ActorClaim", "Security:Jwt:RolesClaim", "Security:Roles:*", "Security:Subjects:*",
        ]),
        (SecuritySettings.ReadFiles,
        [
            "Security:Tls:CertificateFile", "Security:Tls:KeyFile", "Security:ClientCertificates:CaFile", "Security:Jwt:KeysFile",
        ]),
        (configuration => _ = new Limits(configuration), [.. Limits.Names.Select(name => $"Limits:{name}")]),
        (configuration => RequestRetention.Age(configuration), ["Registry:RequestRetention"]),
        (configuration => ExpirationWarning.Ahead(configuration), ["Registry:ExpirationWarning"]),
        (configuration => Observability.Endpoint(configuration), ["OTEL_EXPORTER_OTLP_ENDPOINT"]),
        (configuration => MetricsEndpoint.Address(configuration), ["Metrics:Url"]),
        (configuration => MetricsEndpoint.IsBeyondAllowed(configuration), ["Metrics:BeyondLoopback"]),
        (LogLevels.Read, ["Logging:LogLevel:*", "Logging:Console:LogLevel:*"]),
        (configuration => LogFormat.IsJson(configuration), ["Logging:Format"]),
        (ReadEnvironment, ["DOTNET_ENVIRONMENT"]),
    ];

    private const int MaxTypos = 2;

    // Sections whose reading names what it does not know.
    private static readonly string[] ReadWhole = ["Security", "Limits"];

    // Names of .NET's own beside those of the service, which a command line may have.
    private static readonly string[] OfDotNet = ["environment", "applicationName", "contentRoot", "AllowedHosts"];

    public static IReadOnlyList<Setting> All { get; } = [.. Groups.SelectMany(group => group.Names).Select(name => new Setting(name))];

    private static readonly string[] Sections =
        [.. All.Where(setting => setting.Name.Contains(':')).Select(setting => setting.Name.Split(':')[0]).Distinct()];

    /// <summary>A sentence for each mistake.</summary>
    public static IReadOnlyList<string> Mistakes(IConfigurationRoot configuration)
    {
        var mistakes = new Mistakes();
        foreach (var unknown in Unknown(configuration)) mistakes.Add(unknown);
        foreach (var (read, _) in Groups)
        {
            mistakes.Read(() =>
            {
                read(configuration);
                return true;
            });
        }

        return mistakes.Sentences;
    }

    // A name that no setting has: in a section of the service, in one whose name is nearly that of a section, and anywhere in a file or
    // on the command line. The environment has variables of others, too.
    private static IEnumerable<string> Unknown(IConfigurationRoot configuration) =>
        from provider in configuration.Providers
        let isOurs = provider is JsonConfigurationProvider or CommandLineConfigurationProvider or MemoryConfigurationProvider
        from name in Names(provider, null)
        let section = name.Split(':')[0]
        where provider.TryGet(name, out var value) && value is not null && !All.Any(setting => setting.Includes(name))
        where !ReadWhole.Contains(section, StringComparer.OrdinalIgnoreCase)
        where isOurs
            ? !OfDotNet.Contains(name, StringComparer.OrdinalIgnoreCase)
            : name.Contains(':') && Sections.Any(known => Distance(known, section) <= Math.Min(MaxTypos, known.Length / 3))
        let near = All.Select(setting => setting.Name).MinBy(known => Distance(known, name))!
        select Distance(near, name) <= MaxTypos
            ? $"{name} is not a setting: write {near}"
            : $"{name} is not a setting: docs/configuration.md lists the settings";

    private static IEnumerable<string> Names(IConfigurationProvider provider, string? parent) =>
        provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(key => parent is null ? key : $"{parent}:{key}")
            .SelectMany(name => Names(provider, name).Prepend(name));

    // The number of characters to insert, remove or replace (Levenshtein).
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static void ReadUrls(IConfiguration configuration) => Expect(configuration, Addresses.Read(configuration));

    private static void ReadHttp1(IConfiguration configuration)
    {
        if (Addresses.ReadHttp1(configuration) is { } address) Expect(configuration, [address]);
    }

    private static void Expect(IConfiguration configuration, IEnumerable<BindingAddress> addresses)
    {
        // Mistakes in the section itself are told by its own reading.
        if (new Mistakes().Read(() => SecuritySettings.Read(configuration)) is not { } security) return;
        foreach (var address in addresses)
        {
            // Any name but localhost is an address beyond loopback.
            var host = address.Host.Trim('[', ']');
            var place = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out var ip) ? ip : IPAddress.Any;
            Endpoints.Expect(security, new(place, address.Port));
        }
    }

    // Another name would be taken for production, also a misspelt one.
    private static void ReadEnvironment(IConfiguration configuration)
    {
        string[] known = [Environments.Development, Environments.Staging, Environments.Production];
        var name = configuration["DOTNET_ENVIRONMENT"] ?? configuration[HostDefaults.EnvironmentKey];
        if (name is not null && !known.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new StartupException($"DOTNET_ENVIRONMENT \"{name}\" is not an environment: use {string.Join(", ", known)}");
    }
}
