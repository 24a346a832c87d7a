using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Queries;

/// <summary>Registers everything that reads.</summary>
public static class QueryServices
{
    public static IServiceCollection AddQueries(this IServiceCollection services) => services
        .AddSingleton<ExpirationWarning>()
        .AddSingleton<Lookups>()
        .AddSingleton<FactReader>()
        .AddSingleton<PastObjects>()
        .AddSingleton<ObjectReader>()
        .AddSingleton<ConditionPreview>()
        .AddSingleton<ObjectBatches>()
        .AddSingleton<PageTokens>()
        .AddSingleton<Pages>()
        .AddSingleton<Namesakes>()
        .AddSingleton<TenantNames>()
        .AddSingleton<Summary>()
        .AddSingleton<RegistryLevels>()
        .AddSingleton(provider => new Sample("the registry", provider.GetRequiredService<RegistryLevels>().Read))
        .AddSingleton<Usages>()
        .AddSingleton<History>()
        .AddSingleton<AuditLog>()
        .AddSingleton<ToldConditions>();
}
