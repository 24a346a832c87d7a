using VirtualServers.Service.Api;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Http;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service;

/// <summary>The rooms of the service, put together. Tests build the same.</summary>
public static class Composition
{
    /// <param name="serves">False for a command on the database, which neither listens nor connects to the broker.</param>
    public static WebApplication Build(string[] arguments, bool serves = true)
    {
        var builder = Begin(arguments);
        if (serves && Settings.Mistakes(builder.Configuration) is { Count: > 0 } mistakes) throw new StartupException(mistakes);
        builder.AddObservability(serves);
        builder.AddGrpcServices();
        builder.Services
            .AddSecurity(builder.Configuration)
            .AddHttp(builder.Configuration)
            .AddEventStore(builder.Configuration, serves, ReadModelVersions.SessionParameter)
            .AddReadModels()
            .AddQueries()
            .AddCommands()
            .AddFeed()
            .AddMessaging(builder.Configuration, serves);
        return builder.Build().UseHttp().MapGrpcServices();
    }

    /// <summary>The settings: <c>appsettings.json</c>, the environment and the arguments.</summary>
    public static IConfigurationRoot Configuration(string[] arguments) => Begin(arguments).Configuration;

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

    // The settings lie beside the assembly, whatever the working directory is.
    private static WebApplicationBuilder Begin(string[] arguments) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
}
