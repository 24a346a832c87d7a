using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>A minimal gRPC service: Kestrel with the settings of the service, and a method with a constant answer.</summary>
internal sealed class BareServer(Child child, GrpcChannel channel) : IAsyncDisposable
{
    public Child Child => child;

    public VirtualServerService.VirtualServerServiceClient Client { get; } = new(channel);

    /// <summary>A process that answers every Get with the given answer.</summary>
    public static async Task<BareServer> Start(GetVirtualServerResponse answer)
    {
        // The garbage collector of the service, whose own settings come with its dll.
        var environment = new Dictionary<string, string> { ["DOTNET_gcServer"] = "1", ["DOTNET_ENVIRONMENT"] = "Production" };
        var (child, address) = await Child.Start(typeof(BareServer).Assembly.Location, ["bare", JsonText(answer)], environment);
        return new(child, Channels.To(address));
    }

    /// <summary>The process itself.</summary>
    public static async Task Serve(string[] arguments)
    {
        var answer = GetVirtualServerResponse.Parser.ParseJson(arguments[0]);
        var builder = WebApplication.CreateBuilder(arguments[1..]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Answers(answer));
        await using var app = builder.Build();
        app.MapGrpcService<Answers>();
        AllocatedBytes.Tell();
        await app.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        await child.DisposeAsync();
    }

    private static string JsonText(GetVirtualServerResponse answer) => Google.Protobuf.JsonFormatter.Default.Format(answer);

    private sealed class Answers(GetVirtualServerResponse answer) : VirtualServerService.VirtualServerServiceBase
    {
        public override Task<GetVirtualServerResponse> GetVirtualServer(GetVirtualServerRequest request, ServerCallContext context) =>
            Task.FromResult(answer);
    }
}
