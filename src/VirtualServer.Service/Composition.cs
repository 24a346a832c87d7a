using VirtualServers.Service.Api;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service;

/// <summary>The rooms of the house, put together. Tests build the same.</summary>
public static class Composition
{
    public static WebApplication Build(string[] arguments)
    {
        // Its settings lie beside it, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.AddGrpcServices();
        builder.AddObservability();
        builder.Services.AddHealth();
        builder.Services.AddEventStore(builder.Configuration);
        builder.Services.AddRabbitMq(builder.Configuration, serves: !DatabaseSchema.IsCommand(arguments));
        return builder.Build().MapGrpcServices();
    }
}
