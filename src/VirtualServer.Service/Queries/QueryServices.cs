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
        .AddSingleton<Summary>()
        .AddSingleton<Usages>()
        .AddSingleton<History>()
        .AddSingleton<AuditLog>();
}
