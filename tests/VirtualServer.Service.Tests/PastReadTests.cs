using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.Domain.Moments;

namespace VirtualServers.Service.Tests;

/// <summary>
/// Get and ListUsages as of a past time: what they refuse, and the clock of conditions. Everything else is in Lists/TimeTravelTests.
/// </summary>
public sealed class PastReadTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Reads => [.. Owned.All.Select(owned => $"Get{owned.Name}"), "GetInventoryObject", "ListUsages"];

    [Theory, MemberData(nameof(Reads))]
    public async Task A_read_time_in_the_future_or_out_of_range_is_rejected(string read)
    {
        var request = Calls.Method(read).InputType.Parser.ParseFrom([]).With("id", Guid.NewGuid().ToString());
        foreach (var time in new[] { DateTimeOffset.UtcNow.AddMinutes(5).ToTimestamp(), new Timestamp { Seconds = long.MaxValue } })
        {
            var refusal = await Refusal.Of(
                service.Send(request.With("read_time", time)), StatusCode.InvalidArgument, "FIELD_INVALID");
            Assert.Equal(["read_time"], refusal.Fields);
        }
    }

    [Theory, MemberData(nameof(Reads))]
    public async Task The_refusal_of_an_object_that_did_not_exist_then_says_when_it_did(string read)
    {
        var known = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        if (read != "GetInventoryObject" && read != "ListUsages")
        {
            var owned = Owned.All.Single(one => read == $"Get{one.Name}");
            await ExpectSentences(read, await owned.Existing(service), id => service.Send(owned.Delete("id", id)).ResponseAsync);
            return;
        }

        await ExpectSentences(read, known, id => service.Send(new RemoveInventoryObjectRequest { Id = id }).ResponseAsync);
    }

    [Fact]
    public async Task An_object_that_never_existed_is_not_found_at_any_time()
    {
        var (id, time) = (Guid.NewGuid().ToString(), DateTimeOffset.UtcNow.ToTimestamp());
        var refusal = await Refusal.Of(
            service.VirtualServers.GetVirtualServerAsync(new() { Id = id, ReadTime = time }), StatusCode.NotFound, "NOT_FOUND");
        Assert.EndsWith("does not exist", refusal.Message, StringComparison.Ordinal);
        refusal = await Refusal.Of(
            service.VirtualServers.GetVirtualServerAsync(new() { Name = "never", ReadTime = time }), StatusCode.NotFound, "NOT_FOUND");
        Assert.Contains("give the name that the object had then", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_several_namespaces_had_is_ambiguous()
    {
        var address = TestInventory.UniqueAddress();
        await service.Upsert(new() { IpAddress = new() { Address = address } });
        var last = await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = "Blue" } });
        await service.Upsert(new() { Id = last.Id, IpAddress = new() { Address = TestInventory.UniqueAddress(), Namespace = "Blue" } });

        var name = new ObjectName { Kind = Kind.IpAddress, Name = address };
        var request = new GetInventoryObjectRequest { Name = name, ReadTime = last.UpdateTime };
        await Refusal.Of(
            service.Inventory.GetInventoryObjectAsync(request), StatusCode.FailedPrecondition, "REFERENCE_AMBIGUOUS");
        name.Namespace = "Blue";
        Assert.Equal(last, (await service.Inventory.GetInventoryObjectAsync(request)).InventoryObject);
    }

    // The condition of a certificate depends on the clock, which is the time asked for.
    [Fact]
    public async Task A_certificate_that_has_expired_since_was_about_to_expire_then()
    {
        var profile = (await service.Profiles.CreateCertificateProfileAsync(new()
        {
            CertificateProfile = new() { Name = TestInventory.Unique("certificate") },
        })).CertificateProfile;
        var server = await service.Create(new(await TestInventory.Draft(service))
        {
            SslOffload = true, CertificateProfiles = { new Reference { Id = profile.Id } },
        });

        var date = DateTimeOffset.UtcNow.AddSeconds(5).ToTimestamp();
        await service.Profiles.UpdateCertificateProfileAsync(
            new() { Id = profile.Id, CertificateProfile = new() { ExpirationDate = date } });
        await Eventually.Get(
            "the condition", () => service.Get(server.Id), now => now.Conditions is [{ Type: ConditionType.CertificateExpired }]);

        foreach (var (time, types) in new (Timestamp, ConditionType[])[]
        {
            (server.CreateTime, []),
            (date.ToDateTimeOffset().AddTicks(-TimeSpan.TicksPerMicrosecond).ToTimestamp(), [ConditionType.CertificateExpiring]),
            (date, [ConditionType.CertificateExpired]),
        })
        {
            var then = (await service.VirtualServers.GetVirtualServerAsync(new() { Id = server.Id, ReadTime = time })).VirtualServer;
            Assert.Equal(types, then.Conditions.Select(condition => condition.Type));
            Assert.Equal(
                then, (await service.Past.GetVersionAsync(new() { Target = new() { Id = server.Id }, At = new() { Time = time } }))
                    .Object.VirtualServer);
        }
    }

    private async Task ExpectSentences(string read, IMessage known, Func<string, Task<IMessage>> delete)
    {
        var (id, created) = (known.Text("id"), ((IRecord)known).CreateTime.ToDateTimeOffset());
        var deleted = ((IRecord)(await delete(id)).Carried<IMessage>()!).DeleteTime.ToDateTimeOffset();
        var before = created.AddMicroseconds(-1);
        foreach (var (time, sentence) in new[]
        {
            (before, $"did not exist at {before.InUtc}: it was created later, at {created.InUtc}"),
            (deleted, $"did not exist at {deleted.InUtc}: it was deleted at {deleted.InUtc}"),
        })
        {
            var request = Calls.Method(read).InputType.Parser.ParseFrom([]).With("id", id).With("read_time", time.ToTimestamp());
            var refusal = await Refusal.Of(service.Send(request), StatusCode.NotFound, "NOT_FOUND");
            Assert.EndsWith(sentence, refusal.Message, StringComparison.Ordinal);
        }
    }
}
