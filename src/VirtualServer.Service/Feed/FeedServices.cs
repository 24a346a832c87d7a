namespace VirtualServers.Service.Feed;

/// <summary>Registers everything that reads committed events.</summary>
public static class FeedServices
{
    public static IServiceCollection AddFeed(this IServiceCollection services) => services
        .AddSingleton<Changes>()
        .AddSingleton<FeedProgress>()
        .AddSingleton<ParkedChanges>();
}
