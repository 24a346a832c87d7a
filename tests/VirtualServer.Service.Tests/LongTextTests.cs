using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Refusals of very long requests fit into headers: they reach the caller, and the connection stays usable.</summary>
public sealed class LongTextTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_name_of_40_kB_is_not_found_like_any_other()
    {
        var refusal = await Refusal.Of(
            service.VirtualServers.GetVirtualServerAsync(new() { Name = new('n', 40_000) }),
            StatusCode.NotFound,
            "NOT_FOUND");

        Assert.Contains("nnn…", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task References_of_15_kB_are_reported_as_unknown()
    {
        var draft = await TestInventory.Draft(service);
        (draft.Device, draft.Tenant) = (new() { Name = new('ü', 15_000) }, new() { Name = new('t', 15_000) });

        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");

        Assert.Equal(["virtual_server.device", "virtual_server.tenant"], refusal.Fields);
    }

    [Fact]
    public async Task Hundreds_of_violations_are_listed_up_to_a_limit_and_counted()
    {
        var server = await TestInventory.Create(service);
        var request = new UpdateVirtualServerRequest { Id = server.Id, VirtualServer = new(), UpdateMask = new() };
        request.UpdateMask.Paths.Add(Enumerable.Range(0, 300).Select(i => $"no_such_field_{i}_{new string('x', 200)}"));

        var refusal = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(request),
            StatusCode.InvalidArgument,
            "FIELD_UNKNOWN");

        Assert.Matches("; and [0-9]+ more$", refusal.Message);
    }

    [Fact]
    public async Task Control_characters_of_a_request_are_not_repeated_in_messages()
    {
        var server = await TestInventory.Create(service);

        var refusal = await Refusal.Of(
            service.VirtualServers.EnableVirtualServerAsync(new() { Id = server.Id, Etag = "1\n\u001b[31minfo: forged" }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");

        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Fact]
    public async Task The_etag_of_a_deleted_object_is_stale_for_its_successor()
    {
        var first = await TestInventory.Create(service);
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = first.Id });
        await TestInventory.Create(service, first.Name);

        await Refusal.Of(
            service.VirtualServers.DisableVirtualServerAsync(new() { Name = first.Name, Etag = first.Etag }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_an_invalid_argument()
    {
        var raw = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);
        var method = new Method<byte[], byte[]>(MethodType.Unary, VirtualServerService.Descriptor.FullName, "GetVirtualServer", raw, raw);

        var refusal = await Refusal.Of(
            service.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, [0xff, 0xff, 0xff]),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");

        Assert.Contains("cannot be read: encode it as its protobuf message", refusal.Message, StringComparison.Ordinal);
    }
}
