namespace VirtualServers.Service.Feed;

/// <summary>Registers everything that reads committed events.</summary>
public static class FeedServices
{
    public static IServiceCollection AddFeed(this IServiceCollection services) => services
        .AddSingleton<FeedProgress>()
        .AddSingleton<ParkedChanges>()
        .AddSingleton<ChangeTimes>()
        .AddSingleton<ChangeTokens>()
        .AddSingleton<Snapshots>()
        .AddSingleton<Watches>()
        .AddSingleton<ChangeLists>()
        .AddSingleton<ParkedLists>()
        .AddSingleton<Tail>()
        .AddHostedService(provider => provider.GetRequiredService<Tail>())
        .AddSingleton<ILeading, ConditionTeller>()
        .AddHostedService<Leader>();
}
