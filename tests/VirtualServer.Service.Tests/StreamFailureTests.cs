using Grpc.Core;
using Grpc.Reflection.V1Alpha;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>Streams fail through the same door as unary calls: with a status, its details and the correlation id.</summary>
public sealed class StreamFailureTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly Metadata Malformed = new() { { "x-actor", new string('a', 256) }, { "x-correlation-id", "stream-1" } };

    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_server_stream_with_malformed_metadata_is_rejected()
    {
        using var call = service.Health.Watch(new() { Service = "" }, Malformed);

        await Rejects(call.ResponseStream, call.ResponseHeadersAsync);
    }

    [Fact]
    public async Task A_duplex_stream_with_malformed_metadata_is_rejected()
    {
        using var call = new ServerReflection.ServerReflectionClient(service.Channel).ServerReflectionInfo(Malformed);

        await Rejects(call.ResponseStream, call.ResponseHeadersAsync);
    }

    [Fact]
    public async Task A_server_stream_answers_the_correlation_id()
    {
        using var call = service.Health.Watch(new() { Service = "" }, new Metadata { { "x-correlation-id", "stream-2" } });

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("stream-2", (await call.ResponseHeadersAsync).GetValue("x-correlation-id"));
    }

    private static async Task Rejects<T>(IAsyncStreamReader<T> stream, Task<Metadata> headers)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => stream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        var info = exception.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>();
        Assert.Equal(("FIELD_INVALID", "x-actor"), (info.Reason, info.Metadata["field"]));
        Assert.Equal("stream-1", (await headers).GetValue("x-correlation-id"));
    }
}
