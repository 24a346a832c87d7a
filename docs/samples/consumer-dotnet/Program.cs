// Follows the changes of virtual servers, each processed once.
//
// usage: dotnet run -- amqp://user:password@127.0.0.1:5672/ QUEUE "Host=127.0.0.1;Database=…;Username=…;Password=…"
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using VirtualServers.Consumer;
using VirtualServers.V1;

var (broker, queue) = (new Uri(args[0]), args[1]);
await using var database = NpgsqlDataSource.Create(args[2]);
await Inbox.Create(database);

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(database);
builder.Services.AddScoped<Inbox>();
builder.Services.AddScoped<ISeenChanges>(provider => provider.GetRequiredService<Inbox>());
builder.Services.AddMassTransit(bus =>
{
    bus.DisableUsageTelemetry();
    bus.AddVirtualServerChanges<Follower>(queue, changes => changes.OfTypes("virtual_server.#"));
    bus.UsingRabbitMq((context, rabbit) =>
    {
        rabbit.Host(broker);
        rabbit.ConfigureEndpoints(context);
    });
});
await builder.Build().RunAsync();

/// <summary>What this program does with a change. With inbox.Connection, it writes in the transaction of the inbox.</summary>
internal sealed class Follower(Inbox inbox) : IChangeHandler
{
    public Task Handle(Change change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inbox.Connection);
        Console.WriteLine($"{change.Type} {change.Id} version {change.Version} {change.Name}");
        return Task.CompletedTask;
    }

    // The first epoch, or that of a restored registry: read from the service what you keep a copy of. The changes since then follow.
    public Task BeginEpoch(string epoch, CancellationToken cancellation)
    {
        Console.WriteLine($"begins epoch {epoch}");
        return Task.CompletedTask;
    }
}
