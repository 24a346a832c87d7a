namespace VirtualServers.Service.Http;

/// <summary>The doors of the service beside gRPC. Each turns its requests into gRPC calls, before anything else sees them.</summary>
public static class HttpServices
{
    public static IServiceCollection AddHttp(this IServiceCollection services) => services.AddSingleton<JsonDoor>();

    public static WebApplication UseHttp(this WebApplication app)
    {
        app.Use(LoopbackHost.Check);
        app.Use(app.Services.GetRequiredService<JsonDoor>().Serve);
        return app;
    }
}
