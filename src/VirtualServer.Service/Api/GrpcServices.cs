using Microsoft.AspNetCore.Server.Kestrel.Core;
using VirtualServers.Service.Security;
using VirtualServers.Service.Views;

namespace VirtualServers.Service.Api;

/// <summary>gRPC on Kestrel: HTTP/2 without TLS on loopback, with limits, reflection and health.</summary>
public static class GrpcServices
{
    private const int MostBytesIn = 1024 * 1024;

    public static WebApplicationBuilder AddGrpcServices(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                Loopback.Require(endpoint);
                endpoint.Protocols = HttpProtocols.Http2;
            });
            // Finds callers that are gone without saying so.
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Pages>();
        builder.Services.AddSingleton<Summary>();
        builder.Services.AddSingleton<Usages>();
        builder.Services.AddSingleton<Failures>();
        builder.Services.AddSingleton<VirtualServerApi>();
        builder.Services.AddSingleton<LoadBalancerPoolApi>();
        builder.Services.AddSingleton<HealthCheckMonitorApi>();
        builder.Services.AddSingleton<CertificateProfileApi>();
        builder.Services.AddSingleton<InventoryApi>();
        builder.Services.AddSingleton<UsageApi>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MostBytesIn;
            grpc.Interceptors.Add<Failures>();
        });
        builder.Services.AddReflectedServices();
        return builder;
    }

    public static WebApplication MapGrpcServices(this WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<Failures>().TellUnreadable);
        app.MapGrpcService<VirtualServerApi>();
        app.MapGrpcService<LoadBalancerPoolApi>();
        app.MapGrpcService<HealthCheckMonitorApi>();
        app.MapGrpcService<CertificateProfileApi>();
        app.MapGrpcService<InventoryApi>();
        app.MapGrpcService<UsageApi>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return app;
    }
}
