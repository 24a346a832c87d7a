namespace VirtualServers.Service.Security;

/// <summary>The room of authentication and permissions.</summary>
public static class SecurityServices
{
    public static IServiceCollection AddSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = SecuritySettings.Read(configuration);
        services.AddSingleton(settings).AddSingleton<Roles>().AddSingleton<Endpoints>().AddSingleton<Gate>();
        if (settings.Tls is { } tls) services.AddSingleton(tls).AddSingleton<ServerCertificate>();
        if (settings.Jwt is { } jwt) services.AddSingleton(jwt).AddSingleton<BearerTokens>();
        if (settings.ClientCertificates is { } ca) services.AddSingleton(ca).AddSingleton<ClientCertificates>();
        return services;
    }

    /// <summary>Reads certificates and keys for the first time; fails the start when one cannot be used.</summary>
    public static async Task Expect(IServiceProvider services)
    {
        services.GetService<ServerCertificate>()?.Start();
        services.GetService<ClientCertificates>()?.Start();
        if (services.GetService<BearerTokens>() is { } tokens) await tokens.Start();
    }
}
