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
        // Marten reports every transaction that fails, with its statements, lost races among them; whoever began it knows what it means.
        builder.Logging.AddFilter("Marten.IDocumentStore", LogLevel.None);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("virtualserver"))
            .WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddSource(Instruments.Name, "Npgsql", "Marten", "MassTransit"))
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddMeter(Instruments.Name, "Npgsql", "Marten", "MassTransit", "Grpc.AspNetCore.Server"))
            .WithLogging();
        // The standard variables of OpenTelemetry say where to; without them nothing is exported and nothing is sampled for it.
        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) telemetry.UseOtlpExporter();
        return builder;
    }
}
