using Microsoft.Extensions.Diagnostics.HealthChecks;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Api;

/// <summary>gRPC on Kestrel, with limits, reflection and health.</summary>
public static class GrpcServices
{
    /// <summary>The limit of one message of a request.</summary>
    public const int MaxRequestBytes = 1024 * 1024;

    public static WebApplicationBuilder AddGrpcServices(this WebApplicationBuilder builder)
    {
        var limits = new Limits(builder.Configuration);
        var connections = new ConnectionLimit(limits);
        var (http1, hasTls) = (Addresses.ReadHttp1(builder.Configuration), SecuritySettings.Read(builder.Configuration).Tls is not null);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                connections.Guard(endpoint);
                endpoint.Protocols = Addresses.Protocols(endpoint, http1, hasTls);
                endpoint.ApplicationServices.GetRequiredService<Endpoints>().Secure(endpoint);
            });
            kestrel.Limits.MaxConcurrentConnections = limits.Connections;
            kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytes;
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = limits.HeaderBytes;
            kestrel.Limits.Http2.MaxStreamsPerConnection = limits.StreamsPerConnection;
            // Finds callers that disappeared without closing their connection.
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => connections).AddSingleton(limits).AddSingleton<Admission>();
        builder.Services.AddSingleton<CallDurations>().AddSingleton<Failures>();
        builder.Services.AddSingleton<VirtualServerApi>();
        builder.Services.AddSingleton<LoadBalancerPoolApi>();
        builder.Services.AddSingleton<HealthCheckMonitorApi>();
        builder.Services.AddSingleton<CertificateProfileApi>();
        builder.Services.AddSingleton<InventoryApi>();
        builder.Services.AddSingleton<UsageApi>();
        builder.Services.AddSingleton<HistoryApi>();
        builder.Services.AddSingleton<ChangeApi>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxRequestBytes;
            grpc.Interceptors.Add<Failures>();
        });
        builder.Services.AddSingleton<WarmUp>().AddHostedService(provider => provider.GetRequiredService<WarmUp>());
        builder.Services.AddReflectedServices();
        builder.Services.AddHealth();
        return builder;
    }

    public static WebApplication MapGrpcServices(this WebApplication app)
    {
        Addresses.Listen(app);
        app.Use(app.Services.GetRequiredService<CallDurations>().Measure);
        app.Use(app.Services.GetRequiredService<Failures>().Conclude);
        app.MapGrpcService<VirtualServerApi>();
        app.MapGrpcService<LoadBalancerPoolApi>();
        app.MapGrpcService<HealthCheckMonitorApi>();
        app.MapGrpcService<CertificateProfileApi>();
        app.MapGrpcService<InventoryApi>();
        app.MapGrpcService<UsageApi>();
        app.MapGrpcService<HistoryApi>();
        app.MapGrpcService<ChangeApi>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return app;
    }

    // The checks themselves are registered by the rooms that depend on the servers they probe.
    private static void AddHealth(this IServiceCollection services) =>
        services.AddGrpcHealthChecks(health =>
        {
            foreach (var ready in ReflectedServices.Contract.Select(service => service.FullName).Prepend(Health.Readiness).Prepend(""))
                health.Services.Map(ready, check => Health.ReadinessParts.Contains(check.Name));
            foreach (var name in new[] { Health.Liveness, Health.PostgreSql, Health.RabbitMq, Health.Announcements })
                health.Services.Map(name, check => check.Name == name);
        }).AddCheck(Health.Liveness, () => HealthCheckResult.Healthy()).AddCheck<WarmUp>(Health.WarmUp);
}
