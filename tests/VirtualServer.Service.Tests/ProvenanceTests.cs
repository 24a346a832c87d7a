using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Every change is stored with actor, time, reason and correlation id, and the caller receives the correlation id.</summary>
public sealed class ProvenanceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Changes => Mutations.All;

    public static TheoryData<string> EveryMethod => [.. Calls.Unary.Select(method => method.Name)];

    [Theory, MemberData(nameof(Changes))]
    public async Task Every_change_is_stored_with_actor_reason_correlation_id_and_time(string mutation)
    {
        var (request, id, _) = await Mutations.Prepare(service, mutation);
        (request.Reason, var before) = ("because\nof this: ünïcödé 🙂", DateTimeOffset.UtcNow);
        var call = service.Send(request, new() { { "x-actor", "alice@example.org" }, { "x-correlation-id", "change-4711" } });
        var answer = await call;

        var stored = (await service.History(id))[^1];
        Assert.Equal(("alice@example.org", "change-4711", request.Reason), (stored.Actor, stored.CorrelationId, stored.Reason));
        Assert.InRange(stored.Time, before.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.Equal("change-4711", await CorrelationIdOf(call.ResponseHeadersAsync));
        var carried = answer.Carried<Google.Protobuf.IMessage>()!;
        var updateTime = carried.Descriptor.FindFieldByName("update_time").Accessor;
        var updated = (Google.Protobuf.WellKnownTypes.Timestamp)updateTime.GetValue(carried);
        Assert.Equal(stored.Time, updated.ToDateTimeOffset());
    }

    [Fact]
    public async Task Without_metadata_the_actor_is_anonymous_the_correlation_id_generated_and_the_reason_empty()
    {
        var draft = await TestInventory.Draft(service);
        var call = service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft });
        var id = (await call).VirtualServer.Id;

        var stored = Assert.Single(await service.History(id));
        Assert.Equal(("anonymous", null), (stored.Actor, stored.Reason));
        Assert.NotEmpty(stored.CorrelationId!);
        Assert.Equal(stored.CorrelationId, await CorrelationIdOf(call.ResponseHeadersAsync));
    }

    [Fact]
    public async Task Calls_without_a_correlation_id_get_different_ones()
    {
        var told = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var call = service.VirtualServers.ListVirtualServersAsync(new());
            await call;
            told.Add(await CorrelationIdOf(call.ResponseHeadersAsync));
        }

        Assert.Equal(3, told.Distinct().Count());
    }

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task The_correlation_id_is_returned_whether_the_call_succeeds_or_is_rejected(string method)
    {
        var call = service.Send(Calls.Method(method).InputType.Parser.ParseFrom([]), new() { { "x-correlation-id", "told-1" } });
        try
        {
            await call;
        }
        catch (RpcException exception)
        {
            Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        }

        Assert.Equal("told-1", await CorrelationIdOf(call.ResponseHeadersAsync));
    }

    [Fact]
    public async Task All_upserts_of_a_stream_share_one_correlation_id()
    {
        using var call = service.Inventory.UpsertInventoryObjects(new Metadata { { "x-actor", "importer" } });
        string[] names = [.. Enumerable.Range(0, 5).Select(_ => TestInventory.Unique("device"))];
        foreach (var name in names)
        {
            await call.RequestStream.WriteAsync(
                new() { Request = new() { InventoryObject = new() { Device = new() { Name = name } }, Reason = $"import of {name}" } });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(5, (await call).RegisteredCount);

        var correlation = await CorrelationIdOf(call.ResponseHeadersAsync);
        foreach (var name in names)
        {
            var known = (await service.Inventory.GetInventoryObjectAsync(
                new() { Name = new() { Kind = Kind.Device, Name = name } })).InventoryObject;
            var stored = Assert.Single(await service.History(known.Id));
            Assert.Equal(("importer", correlation, $"import of {name}"), (stored.Actor, stored.CorrelationId, stored.Reason));
        }
    }

    [Fact]
    public async Task The_longest_metadata_is_stored_completely()
    {
        var (actor, correlation, reason) = (new string('a', 255), new string('c', 128), string.Concat(Enumerable.Repeat("🙂", 1024)));
        var known = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(
            new() { Id = known.Id, Reason = reason },
            new Metadata { { "x-actor", actor }, { "x-correlation-id", correlation } });
        var stored = (await service.History(known.Id))[^1];
        Assert.Equal((actor, correlation, reason), (stored.Actor, stored.CorrelationId, stored.Reason));
    }

    [Theory]
    [InlineData("ümläut")]
    [InlineData("emoji 🙂")]
    [InlineData("a\tb")]
    public async Task A_correlation_id_that_is_not_printable_ascii_is_rejected(string correlation)
    {
        using var channel = Channel();
        var client = new VirtualServerService.VirtualServerServiceClient(channel);
        var known = await TestInventory.Create(service);
        var call = client.DisableVirtualServerAsync(new() { Id = known.Id }, new Metadata { { "x-correlation-id", correlation } });
        var refusal = await Refusal.Of(call, StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["x-correlation-id"], refusal.Fields);
        Assert.NotEqual(correlation, await CorrelationIdOf(call.ResponseHeadersAsync));
        Assert.Equal(1, await service.Events(known.Id));
    }

    [Fact]
    public async Task An_actor_may_have_any_letters()
    {
        using var channel = Channel();
        var client = new VirtualServerService.VirtualServerServiceClient(channel);
        var known = await TestInventory.Create(service);
        await client.DisableVirtualServerAsync(new() { Id = known.Id }, new Metadata { { "x-actor", "Zoë 🙂" } });
        Assert.Equal("Zoë 🙂", (await service.History(known.Id))[^1].Actor);
    }

    [Theory]
    [InlineData("Zo\u00EB")]
    [InlineData("Zoe\u0308")]
    public async Task An_actor_is_stored_in_NFC_and_found_in_any_form(string form)
    {
        using var channel = Channel();
        var client = new VirtualServerService.VirtualServerServiceClient(channel);
        var known = await TestInventory.Create(service);
        await client.DisableVirtualServerAsync(new() { Id = known.Id }, new Metadata { { "x-actor", "Zoe\u0308" } });
        Assert.Equal("Zo\u00EB", (await service.History(known.Id))[^1].Actor);
        var filter = new VirtualServerFilter { Ids = { known.Id }, Actors = { form } };
        Assert.Single((await service.VirtualServers.ListVirtualServersAsync(new() { Filter = filter })).VirtualServers);
    }

    [Fact]
    public async Task An_actor_is_trimmed()
    {
        using var channel = Channel();
        var client = new VirtualServerService.VirtualServerServiceClient(channel);
        var known = await TestInventory.Create(service);
        await client.DisableVirtualServerAsync(new() { Id = known.Id }, new Metadata { { "x-actor", "\u2003alice \u00A0" } });
        Assert.Equal("alice", (await service.History(known.Id))[^1].Actor);
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "x-actor", "" },
        { "x-actor", " " },
        { "x-actor", "\u2003" },
        { "x-actor", "al\u202Eice" },
        { "x-actor", "al\u2028ice" },
        { "x-actor", "\u3164" },
    };

    // domain.md, section 1: the actor is never blank.
    [Theory, MemberData(nameof(Refused))]
    public async Task An_actor_that_is_blank_or_not_printable_is_rejected(string header, string value)
    {
        using var channel = Channel();
        var client = new VirtualServerService.VirtualServerServiceClient(channel);
        var known = await TestInventory.Create(service);
        var refusal = await Refusal.Of(
            client.DisableVirtualServerAsync(new() { Id = known.Id }, new Metadata { { header, value } }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal([header], refusal.Fields);
        Assert.Equal(1, await service.Events(known.Id));
    }

    // The client of .NET joins headers of one name into one, so the frames are written here.
    [Theory]
    [InlineData("x-actor", "alice", "bob")]
    [InlineData("x-actor", "alice", "alice")]
    [InlineData("x-correlation-id", "one", "two")]
    [InlineData("x-correlation-id", "one", "one")]
    public async Task Metadata_that_is_given_twice_is_rejected(string header, string one, string another)
    {
        var known = await TestInventory.Create(service);
        var answer = await Http2.Call(
            new(service.Address), "/virtualserver.v1.VirtualServerService/DisableVirtualServer",
            new DisableVirtualServerRequest { Id = known.Id }.ToByteArray(), (header, one), (header, another));
        Assert.Contains($"metadata {header} is given 2 times", answer, StringComparison.Ordinal);
        Assert.Equal(1, await service.Events(known.Id));
    }

    [Fact]
    public async Task The_update_time_of_an_object_never_decreases()
    {
        var known = await TestInventory.Create(service);
        var last = known.UpdateTime;
        for (var port = 1; port <= 20; port++)
        {
            var updated = await service.Update(known.Id, new() { Port = port });
            Assert.True(updated.UpdateTime.CompareTo(last) >= 0);
            Assert.Equal(known.CreateTime, updated.CreateTime);
            last = updated.UpdateTime;
        }
    }

    private static async Task<string> CorrelationIdOf(Task<Metadata> headers) => (await headers).GetValue("x-correlation-id")!;

    // A client whose metadata are sent as UTF-8, as those of other languages are.
    private GrpcChannel Channel() =>
        GrpcChannel.ForAddress(service.Address, new()
        {
            HttpHandler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 },
            DisposeHttpClient = true,
        });
}
