using VirtualServers.Service.Api;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service;

/// <summary>The rooms of the service, put together. Tests build the same.</summary>
public static class Composition
{
    /// <param name="serves">False for a command on the database, which neither listens nor connects to the broker.</param>
    public static WebApplication Build(string[] arguments, bool serves = true)
    {
        // The settings lie beside the assembly, whatever the working directory is.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = arguments, ContentRootPath = AppContext.BaseDirectory,
        });
        builder.AddObservability();
        builder.AddGrpcServices();
        builder.Services
            .AddEventStore(builder.Configuration, ReadModelVersions.SessionParameter)
            .AddReadModels()
            .AddQueries()
            .AddCommands()
            .AddFeed()
            .AddMessaging(builder.Configuration, serves);
        return builder.Build().MapGrpcServices();
    }

    /// <summary>Serves until the service is told to stop.</summary>
    public static async Task Run(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            // Otherwise the host would report its background services as failed, each with a stack trace.
            await app.StopAsync();
            throw;
        }

        await app.WaitForShutdownAsync();
    }
}
