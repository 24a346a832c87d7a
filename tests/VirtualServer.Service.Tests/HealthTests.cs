using Grpc.Core;
using VirtualServers.Service.Api;
using VirtualServers.Service.Tests.Harness;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace VirtualServers.Service.Tests;

/// <summary>Health by grpc.health.v1, and reflection in both of its versions.</summary>
public sealed class HealthTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly string[] Services =
    [
        "grpc.health.v1.Health",
        .. ReflectedServices.Contract.Select(service => service.FullName).Order(StringComparer.Ordinal),
    ];

    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Names =>
        [
            "", "liveness", "readiness", "postgresql", "rabbitmq", "announcements",
            .. ReflectedServices.Contract.Select(service => service.FullName),
        ];

    [Theory, MemberData(nameof(Names))]
    public async Task A_healthy_service_is_serving_under_every_name(string name) => await service.Reports(name, Serving);

    [Fact]
    public async Task An_unknown_name_is_not_found()
    {
        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await service.Health.CheckAsync(new() { Service = "virtualserver.v1.PoolService" }));
        Assert.Equal(StatusCode.NotFound, exception.StatusCode);
    }

    [Fact]
    public async Task Health_can_be_watched()
    {
        using var watch = service.Health.Watch(new() { Service = "readiness" });
        Assert.True(await Eventually.Ends("the first status", watch.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal(Serving, watch.ResponseStream.Current.Status);
    }

    [Fact]
    public async Task Reflection_lists_the_services_and_knows_their_types()
    {
        using var call = new Grpc.Reflection.V1.ServerReflection.ServerReflectionClient(service.Channel).ServerReflectionInfo();
        async Task<Grpc.Reflection.V1.ServerReflectionResponse> Ask(Grpc.Reflection.V1.ServerReflectionRequest request)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            return call.ResponseStream.Current;
        }

        var list = await Ask(new() { ListServices = "" });
        Assert.Equal(Services, list.ListServicesResponse.Service.Select(known => known.Name).Order(StringComparer.Ordinal));
        foreach (var symbol in new[]
        {
            "virtualserver.v1.VirtualServerService", "virtualserver.v1.Change", "virtualserver.v1.ErrorReason", "google.rpc.ErrorInfo",
            "google.rpc.BadRequest",
        })
        {
            var found = await Ask(new() { FileContainingSymbol = symbol });
            Assert.True(found.FileDescriptorResponse?.FileDescriptorProto.Count > 0, $"{symbol}: {found.ErrorResponse}");
        }
    }

    [Fact]
    public async Task Reflection_supports_v1alpha()
    {
        using var call = new V1Alpha.ServerReflection.ServerReflectionClient(service.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new() { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(
            Services,
            call.ResponseStream.Current.ListServicesResponse.Service.Select(known => known.Name).Order(StringComparer.Ordinal));
    }
}
