using Marten.Events.Daemon.Coordination;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Telemetry;

/// <summary>
/// Traces, metrics and logs of gRPC, Npgsql, Marten, MassTransit and the service; exported by OTLP when an endpoint is configured.
/// </summary>
public static class Observability
{
    public static WebApplicationBuilder AddObservability(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Instruments>();
        // Program.cs reports a failed start in one line; the host would report it first, with a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // Marten logs every statement of a lost race as an error, with its event; Log.cs has one line for it.
        builder.Logging.AddFilter("Marten.IDocumentStore", LogLevel.None);
        // A log level cannot distinguish work cancelled by the shutdown from failed work; this logger of the daemon can.
        builder.Services.AddSingleton<ILogger<ProjectionCoordinator>, DaemonLog>();
        // Every call that fails passes Api/Failures.cs, which has one line for it; gRPC would add a second one, with a stack trace, for a
        // request that it cannot read.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);
        // The standard variables of OpenTelemetry name the endpoint. Without one, no call pays for spans.
        if (Endpoint(builder.Configuration) is null) return builder;
        string[] libraries = [Instruments.Name, "Npgsql", "Marten", "MassTransit"];
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("virtualserver"))
            .WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddSource(libraries))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddMeter([.. libraries, "Grpc.AspNetCore.Server"]))
            .WithLogging()
            .UseOtlpExporter();
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
