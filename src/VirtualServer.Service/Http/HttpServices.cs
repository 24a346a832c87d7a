namespace VirtualServers.Service.Http;

/// <summary>The doors of the service beside gRPC. Each turns its requests into gRPC calls, before anything else sees them.</summary>
public static class HttpServices
{
    public static IServiceCollection AddHttp(this IServiceCollection services, IConfiguration configuration)
    {
        var origins = Origins.Read(configuration);
        services.AddCors(cors => cors.AddDefaultPolicy(policy => Origins.Allow(policy, origins)));
        return services.AddSingleton<JsonDoor>();
    }

    public static WebApplication UseHttp(this WebApplication app)
    {
        app.Use(LoopbackHost.Check);
        app.UseCors();
        app.UseGrpcWeb(new() { DefaultEnabled = true });
        app.Use(app.Services.GetRequiredService<JsonDoor>().Serve);
        return app;
    }
}
