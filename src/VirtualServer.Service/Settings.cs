using VirtualServers.Service.Api;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service;

/// <summary>A setting, or several that are read together.</summary>
/// <param name="Name">The name as in docs/configuration.md; a final <c>*</c> stands for the rest of a name.</param>
/// <param name="Read">Reads the value; a mistake is a <see cref="StartupException"/> whose sentence says what to change.</param>
public sealed record Setting(string Name, Action<IConfiguration> Read)
{
    /// <summary>Whether a name is that of this setting.</summary>
    public bool Includes(string name) => Name.EndsWith('*')
        ? name.StartsWith(Name.TrimEnd('*'), StringComparison.OrdinalIgnoreCase)
        : name.Equals(Name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Every setting of the service. The rooms read them; this list checks them all before anything is started.</summary>
public static class Settings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("ConnectionStrings:Postgres", configuration => Connections.Read(configuration)),
        new("RabbitMq:Uri", configuration => RabbitMq.Address(configuration)),
        new("Urls", configuration => Addresses.Read(configuration)),
        new("Http:Url", configuration => Addresses.ReadHttp1(configuration)),
        new("Security:*", configuration => SecuritySettings.Read(configuration)),
        new("Limits:*", configuration => _ = new Limits(configuration)),
        new("Registry:RequestRetention", configuration => RequestRetention.Age(configuration)),
        new("Registry:ExpirationWarning", configuration => ExpirationWarning.Ahead(configuration)),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", configuration => Observability.Endpoint(configuration)),
        new("Metrics:Url", configuration => MetricsEndpoint.Address(configuration)),
        // Read with the address that it allows.
        new("Metrics:BeyondLoopback", configuration => MetricsEndpoint.IsBeyondAllowed(configuration)),
        new("Logging:*", LogLevels.Read),
        // Any name is an environment; each but Development is prepared by commands.
        new("DOTNET_ENVIRONMENT", _ => { }),
    ];

    // A name in one of these sections that is not in the list is a mistake.
    private static readonly string[] Sections = ["ConnectionStrings", "RabbitMq", "Registry", "Metrics", "Http"];

    /// <summary>A sentence for each mistake.</summary>
    public static IReadOnlyList<string> Mistakes(IConfiguration configuration) =>
    [
        .. Sections
            .SelectMany(section => configuration.GetSection(section).AsEnumerable())
            .Where(pair => pair.Value is not null && !All.Any(setting => setting.Includes(pair.Key)))
            .Select(pair => $"{pair.Key} is not a setting: see the settings in docs/configuration.md"),
        .. All.Select(setting => Mistake(setting, configuration)).OfType<string>(),
    ];

    private static string? Mistake(Setting setting, IConfiguration configuration)
    {
        try
        {
            setting.Read(configuration);
            return null;
        }
        catch (StartupException mistake)
        {
            return mistake.Message;
        }
    }
}
