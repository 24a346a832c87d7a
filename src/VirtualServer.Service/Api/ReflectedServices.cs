using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Health.V1;
using Grpc.Reflection;
using VirtualServers.V1;

namespace VirtualServers.Service.Api;

/// <summary>Server reflection, old and new protocol: grpcurl and buf curl use it in place of the proto files.</summary>
public static class ReflectedServices
{
    /// <summary>The services of the contract.</summary>
    public static IReadOnlyList<Google.Protobuf.Reflection.ServiceDescriptor> Contract { get; } =
    [
        VirtualServerService.Descriptor, LoadBalancerPoolService.Descriptor, HealthCheckMonitorService.Descriptor,
        CertificateProfileService.Descriptor, InventoryService.Descriptor, UsageService.Descriptor, HistoryService.Descriptor,
        ChangeService.Descriptor,
    ];

    public static IServiceCollection AddReflectedServices(this IServiceCollection services)
    {
        Google.Protobuf.Reflection.ServiceDescriptor[] reflected = [.. Contract, Health.Descriptor];
        // The messages of google.rpc details too, so that tools can show them.
        FileDescriptor[] files =
        [
            .. reflected.Select(service => service.File),
            ErrorDetailsReflection.Descriptor, ErrorReasonReflection.Descriptor, ChangeReflection.Descriptor,
        ];
        var (names, symbols) = (reflected.Select(service => service.FullName).ToArray(), SymbolRegistry.FromFiles(files));
        services.AddGrpcReflection();
        services.AddSingleton(new ReflectionServiceImpl(names, symbols));
        services.AddSingleton(new ReflectionV1ServiceImpl(names, symbols));
        return services;
    }
}
