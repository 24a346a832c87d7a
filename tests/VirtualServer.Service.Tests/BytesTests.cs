using System.Text;
using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Requests with bytes that no generated client would send.</summary>
public sealed class BytesTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    // Bytes that are not valid protobuf for any message.
    private static readonly byte[][] NoMessages =
    [
        [0xFF], // a tag that does not end
        [0x00], // field number 0
        [0x07], // wire type 7
        [0x0A], // a field without its value
        [0x0A, 0x05, 0x61], // five bytes announced, one sent
        [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], // a negative length
        [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], // two gigabytes announced
        [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], // a varint of eleven bytes
        [0x0C], // the end of a group that did not begin
        [0x0B], // a group that does not end
        [.. Enumerable.Repeat((byte)0x0B, 200)], // groups in groups
        .. "no protobuf|{\"name\": \"web\"}|\u0001\u0002".Split('|').Select(Encoding.UTF8.GetBytes),
    ];

    private readonly TestService service = fixture.Service;

    public static TheoryData<string> EveryMethod => [.. Calls.Unary.Select(method => method.Name)];

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task Bytes_that_are_no_message_are_rejected_as_malformed(string method)
    {
        var before = await service.Everything();
        foreach (var bytes in NoMessages)
        {
            var call = service.SendBytes(Calls.Method(method), bytes);
            var refusal = await Refusal.Of(call);
            Assert.True(
                (refusal.Code, refusal.Info.Reason) == (StatusCode.InvalidArgument, "FIELD_INVALID"),
                $"{Convert.ToHexString(bytes)}: {refusal}");
            Assert.NotEmpty((await call.ResponseHeadersAsync).GetValue("x-correlation-id")!);
        }

        Assert.Equal(before, await service.Everything());
    }

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task Unknown_fields_are_ignored(string method)
    {
        // Field 1000: a varint, a string, and eight bytes. Without it, the request is empty.
        byte[] unknown = [0xC0, 0x3E, 0x01, 0xC2, 0x3E, 0x01, 0x61, 0xC1, 0x3E, 1, 2, 3, 4, 5, 6, 7, 8];
        if (Calls.AcceptingEmpty.Contains(method))
        {
            await service.SendBytes(Calls.Method(method), unknown);
            return;
        }

        var refusal = await Refusal.Of(service.SendBytes(Calls.Method(method), unknown));
        Assert.Equal((StatusCode.InvalidArgument, "FIELD"), (refusal.Code, refusal.Info.Reason[..5]));
    }

    [Fact]
    public async Task A_name_that_is_not_UTF_8_is_rejected()
    {
        // Get by a name of two bytes that are no UTF-8.
        byte[] get = [0x12, 0x02, 0xC3, 0x28];
        await Refusal.Of(service.SendBytes(Calls.Method("GetVirtualServer"), get), StatusCode.InvalidArgument, "FIELD_INVALID");
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_rejected()
    {
        var request = new CreateVirtualServerRequest { VirtualServer = new() { Description = new string('d', 2_000_000) } };
        var exception = await Assert.ThrowsAsync<RpcException>(async () => await service.Send(request));
        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
    }

    [Fact]
    public async Task A_deeply_nested_message_is_rejected_as_malformed()
    {
        // virtual_server { vip { … as an unknown group, a thousand deep.
        byte[] nested = [.. Enumerable.Repeat((byte)0x0B, 1_000), .. Enumerable.Repeat((byte)0x0C, 1_000)];
        var refusal = await Refusal.Of(service.SendBytes(Calls.Method("CreateVirtualServer"), nested));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
    }

    [Fact]
    public async Task A_stream_of_invalid_bytes_is_rejected_as_malformed()
    {
        foreach (var bytes in NoMessages)
        {
            var method = new Method<byte[], UpsertInventoryObjectsResponse>(
                MethodType.ClientStreaming,
                InventoryService.Descriptor.FullName,
                "UpsertInventoryObjects",
                Marshallers.Create(sent => sent, sent => sent),
                Marshallers.Create(answer => answer.ToByteArray(), UpsertInventoryObjectsResponse.Parser.ParseFrom));
            using var call = service.Channel.CreateCallInvoker().AsyncClientStreamingCall(method, null, default);
            await call.RequestStream.WriteAsync(bytes);
            var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                await call.RequestStream.CompleteAsync();
                await call;
            });
            Assert.True(exception.StatusCode == StatusCode.InvalidArgument, $"{Convert.ToHexString(bytes)}: {exception.Status}");
        }
    }

    [Fact]
    public async Task A_method_that_does_not_exist_is_unimplemented()
    {
        var method = new Method<byte[], byte[]>(
            MethodType.Unary,
            VirtualServerService.Descriptor.FullName,
            "PurgeVirtualServer",
            Marshallers.Create(sent => sent, sent => sent),
            Marshallers.Create(sent => sent, sent => sent));
        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await service.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, []));
        Assert.Equal(StatusCode.Unimplemented, exception.StatusCode);
    }
}
