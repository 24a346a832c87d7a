using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VirtualServers.V1;
using ServiceDescriptor = Microsoft.Extensions.DependencyInjection.ServiceDescriptor;

namespace VirtualServers.Client;

/// <summary>Registers the clients of the registry.</summary>
public static class VirtualServerClients
{
    // Every service of the contract; a test compares the list with the contract.
    private static readonly IReadOnlyList<RegisteredClient> All =
    [
        Client<VirtualServerService.VirtualServerServiceClient>(VirtualServerService.Descriptor),
        Client<LoadBalancerPoolService.LoadBalancerPoolServiceClient>(LoadBalancerPoolService.Descriptor),
        Client<HealthCheckMonitorService.HealthCheckMonitorServiceClient>(HealthCheckMonitorService.Descriptor),
        Client<CertificateProfileService.CertificateProfileServiceClient>(CertificateProfileService.Descriptor),
        Client<InventoryService.InventoryServiceClient>(InventoryService.Descriptor),
        Client<UsageService.UsageServiceClient>(UsageService.Descriptor),
        Client<HistoryService.HistoryServiceClient>(HistoryService.Descriptor),
        Client<ChangeService.ChangeServiceClient>(ChangeService.Descriptor),
    ];

    private static readonly string[] Reads = ["Get", "BatchGet", "List", "Summarize", "Diff"];

    // A request has up to 1 MB. A call is only repeated if its request was kept, and the default keeps 1 MB with the frame around it.
    private const int KeptRequestSize = 2 * 1024 * 1024;

    /// <summary>
    /// Registers a client of every service of the registry, such as <see cref="VirtualServerService.VirtualServerServiceClient"/>. They
    /// share their connections. A mistake in the options is an <see cref="OptionsValidationException"/> when the first client is created.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">
    /// Sets at least <see cref="VirtualServerClientOptions.Address"/>. Options that need other services can be set by
    /// <c>services.AddOptions&lt;VirtualServerClientOptions&gt;().Configure&lt;…&gt;(…)</c> as well.
    /// </param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddVirtualServerClients(
        this IServiceCollection services, Action<VirtualServerClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<VirtualServerClientOptions>().Configure(configure);
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<VirtualServerClientOptions>, VirtualServerClientChecks>());
        services.TryAddSingleton<Connection>();
        foreach (var client in All)
        {
            client.Add(services)
                .ConfigurePrimaryHttpMessageHandler(provider => provider.GetRequiredService<Connection>().Handler)
                // The connections are shared, so that no client may end them.
                .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
                // The clients log their calls themselves, in the category Grpc.
                .RemoveAllLoggers()
                .ConfigureChannel((provider, channel) => Configure(channel, Options(provider)))
                .AddInterceptor(InterceptorScope.Channel, provider => new CallDefaults(Options(provider)))
                .AddInterceptor(InterceptorScope.Channel, provider => new RepeatedCalls(Options(provider)));
        }

        return services;
    }

    private static void Configure(GrpcChannelOptions channel, VirtualServerClientOptions options)
    {
        // A page has up to 4 MB, and BatchGet has no such limit.
        channel.MaxReceiveMessageSize = null;
        if (options.Token is { } token)
        {
            channel.Credentials = ChannelCredentials.Create(
                ChannelCredentials.SecureSsl,
                CallCredentials.FromInterceptor(async (call, metadata) =>
                    metadata.Add("authorization", $"Bearer {await token(call.CancellationToken).ConfigureAwait(false)}")));
        }

        if (options.MaxAttempts == 1) return;
        var config = new MethodConfig
        {
            RetryPolicy = new()
            {
                MaxAttempts = options.MaxAttempts,
                InitialBackoff = options.InitialBackoff,
                MaxBackoff = options.MaxBackoff,
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };
        foreach (var method in All.SelectMany(client => client.Service.Methods).Where(IsRepeatable))
            config.Names.Add(new() { Service = method.Service.FullName, Method = method.Name });

        channel.ServiceConfig = new() { MethodConfigs = { config } };
        channel.MaxRetryAttempts = options.MaxAttempts;
        channel.MaxRetryBufferPerCallSize = KeptRequestSize;
    }

    // A read, or a command that its request id makes safe. A stream that was stored or received in part is the caller's to repeat.
    private static bool IsRepeatable(MethodDescriptor method) =>
        method is { IsClientStreaming: false, IsServerStreaming: false }
        && (method.InputType.ClrType.IsAssignableTo(typeof(IMutation))
            || Reads.Any(read => method.Name.StartsWith(read, StringComparison.Ordinal)));

    private static VirtualServerClientOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<VirtualServerClientOptions>>().Value;

    private static RegisteredClient Client<TClient>(Google.Protobuf.Reflection.ServiceDescriptor service) where TClient : class =>
        new(service, services => services.AddGrpcClient<TClient>((provider, client) => client.Address = Options(provider).Address));

    private sealed record RegisteredClient(
        Google.Protobuf.Reflection.ServiceDescriptor Service, Func<IServiceCollection, IHttpClientBuilder> Add);
}
