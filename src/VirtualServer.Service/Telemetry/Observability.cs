using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// Traces, metrics and logs of gRPC, Npgsql, Marten, MassTransit and the service: by OTLP if the standard variables of OpenTelemetry name a
/// collector, and metrics for Prometheus if <c>Metrics:Url</c> is set.
/// </summary>
public static class Observability
{
    public static WebApplicationBuilder AddObservability(this WebApplicationBuilder builder, bool serves)
    {
        builder.Services.AddSingleton<Instruments>();
        builder.Logging.AddLines(builder.Configuration, builder.Environment, serves);
        builder.Services.AddSingleton<LoggerFactory>().Replace(
            ServiceDescriptor.Singleton<ILoggerFactory>(provider => new LibraryLogs(provider.GetRequiredService<LoggerFactory>())));
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthLog>()
            .Configure<HealthCheckPublisherOptions>(health => health.Period = HealthLog.Period);
        // .NET would log a failed check each time that it is executed.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // Program.cs reports a failed start in one line; the host would report it first, with a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // Marten logs every statement of a lost race as an error, with its event; Log.cs has one line for it.
        builder.Logging.AddFilter("Marten.IDocumentStore", LogLevel.None);
        // Every call that fails passes Api/Failures.cs, which has one line for it; gRPC would add a second one, with a stack trace, for a
        // request that it cannot read.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);
        var (collector, scraped) = (Endpoint(builder.Configuration), MetricsEndpoint.Address(builder.Configuration));
        // No call pays for what nobody reads: spans without a collector, and samples of the database without a reader of metrics.
        if (collector is null && scraped is null) return builder;
        builder.Services.AddHostedService<Sampling>();
        string[] libraries = [Instruments.Name, "Npgsql", "Marten", "MassTransit"];
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("virtualserver"))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddMeter([.. libraries, "Grpc.AspNetCore.Server"]));
        if (collector is not null)
        {
            builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<CollectorWatch>(provider, collector));
            telemetry
                .WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddSource(libraries))
                .WithLogging()
                .UseOtlpExporter();
        }

        if (scraped is not null)
        {
            telemetry.WithMetrics(metrics =>
                metrics.AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false));
            builder.Services.AddHostedService(provider =>
                ActivatorUtilities.CreateInstance<MetricsEndpoint>(provider, scraped));
        }

        return builder;
    }

    /// <summary>The setting <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; null to export nothing.</summary>
    public static Uri? Endpoint(IConfiguration configuration)
    {
        const string setting = "OTEL_EXPORTER_OTLP_ENDPOINT";
        var text = configuration[setting];
        if (string.IsNullOrEmpty(text)) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"
            ? endpoint
            : throw new StartupException($"{setting} \"{text}\" is not an address of a collector: write it like http://127.0.0.1:4317");
    }
}
