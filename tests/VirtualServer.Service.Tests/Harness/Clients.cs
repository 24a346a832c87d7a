using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Client;
using VirtualServers.V1;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>The clients of the package VsGrpc.Client in a container of their own, as a caller registers them.</summary>
internal sealed class Clients : IAsyncDisposable
{
    private readonly ServiceProvider provider;

    /// <summary>The services of the contract, served or not.</summary>
    public static IReadOnlyList<ServiceDescriptor> Contract { get; } =
    [
        .. typeof(IMutation).Assembly.GetTypes()
            .Where(type => type.GetNestedType($"{type.Name}Base") is not null)
            .Select(type => (ServiceDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!),
    ];

    private Clients(Action<VirtualServerClientOptions> configure) =>
        provider = new ServiceCollection().AddVirtualServerClients(configure).BuildServiceProvider(validateScopes: true);

    public VirtualServerService.VirtualServerServiceClient VirtualServers => Get<VirtualServerService.VirtualServerServiceClient>();

    public LoadBalancerPoolService.LoadBalancerPoolServiceClient Pools => Get<LoadBalancerPoolService.LoadBalancerPoolServiceClient>();

    public InventoryService.InventoryServiceClient Inventory => Get<InventoryService.InventoryServiceClient>();

    public HistoryService.HistoryServiceClient Past => Get<HistoryService.HistoryServiceClient>();

    /// <summary>The clients of a service, with further options.</summary>
    public static Clients Of(string address, Action<VirtualServerClientOptions>? configure = null) => new(options =>
    {
        options.Address = new(address);
        configure?.Invoke(options);
    });

    /// <summary>A client, by its type.</summary>
    public object Get(Type client) => provider.GetRequiredService(client);

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    private T Get<T>() where T : class => (T)Get(typeof(T));
}
