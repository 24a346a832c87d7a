using Marten.Events.Daemon.Coordination;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace VirtualServers.Service.Telemetry;

/// <summary>Traces, metrics and logs of gRPC, Npgsql, Marten, MassTransit and the service itself; exported by OTLP when an endpoint is configured.</summary>
public static class Observability
{
    public static WebApplicationBuilder AddObservability(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Instruments>();
        // Program.cs says in one line what kept the service from starting; the host would say it first, with a trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // Marten logs every statement of a lost race as an error, with its event; what matters of it is one line of ours (Log.cs).
        builder.Logging.AddFilter("Marten.IDocumentStore", LogLevel.None);
        // A level can't tell what was cancelled by the end of the service from what failed; this logger of the daemon can.
        builder.Services.AddSingleton<ILogger<ProjectionCoordinator>, DaemonLog>();
        // All that leaves a method passes Api/Failures.cs; what gRPC can't even read does as well.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);
        // The standard variables of OpenTelemetry say where to. Without them nobody looks, and no call pays for spans.
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return builder;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("virtualserver"))
            .WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddSource(Instruments.Name, "Npgsql", "Marten", "MassTransit"))
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddMeter(Instruments.Name, "Npgsql", "Marten", "MassTransit", "Grpc.AspNetCore.Server"))
            .WithLogging()
            .UseOtlpExporter();
        return builder;
    }
}
