namespace VirtualServers.Service.Feed;

/// <summary>Registers everything that reads committed events.</summary>
public static class FeedServices
{
    public static IServiceCollection AddFeed(this IServiceCollection services) => services
        .AddSingleton<FeedProgress>()
        .AddSingleton<ParkedChanges>()
        .AddSingleton<Tail>()
        .AddHostedService(provider => provider.GetRequiredService<Tail>())
        .AddHostedService<Leader>();
}
