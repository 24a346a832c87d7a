namespace VirtualServers.Service.Commands;

/// <summary>Registers everything that executes commands.</summary>
public static class CommandServices
{
    public static IServiceCollection AddCommands(this IServiceCollection services) => services
        .AddSingleton<ObjectLocks>()
        .AddSingleton<RetryLoop>()
        .AddSingleton<Registry>()
        .AddSingleton<BatchUpsert>()
        .AddSingleton<Rehearsal>()
        .AddSingleton<CertificateRotation>()
        .AddSingleton<Reverts>();
}
