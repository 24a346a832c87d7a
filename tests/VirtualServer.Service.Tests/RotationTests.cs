using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>RotateCertificateProfile replaces a certificate profile by another, everywhere or on the named objects, atomically.</summary>
public sealed class RotationTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Rotation_replaces_the_profile_everywhere_with_one_event_each_and_one_correlation_id()
    {
        var (old, other, next) = (await Profile(), await Profile(), await Profile());
        var (one, two, bystander) = (await Server(old), await Server(other, old), await Server(other));
        var pool = await Pool([old], [other], [old, other]);

        var rotated = await service.Profiles.RotateCertificateProfileAsync(
            new() { From = Named(old), To = Named(next), Reason = "renewed" }, new Metadata { { "x-correlation-id", "renewal-1" } });

        Assert.Equal([one.Name, two.Name], rotated.VirtualServers.Select(server => server.Name));
        var changed = Assert.Single(rotated.LoadBalancerPools);
        Assert.Equal((pool.Id, 2), (changed.LoadBalancerPool.Id, changed.MemberIds.Count));
        Assert.Equal([next.Id], Ids((await service.Get(one.Id)).CertificateProfiles));
        Assert.Equal(Sorted(other.Id, next.Id), Ids((await service.Get(two.Id)).CertificateProfiles));
        Assert.Equal(bystander.Version, (await service.Get(bystander.Id)).Version);
        Assert.Equal(
            [Sorted(next.Id), Sorted(other.Id), Sorted(next.Id, other.Id)],
            (await service.Pools.GetLoadBalancerPoolAsync(new() { Id = pool.Id })).LoadBalancerPool.Members
                .OrderBy(member => member.Port)
                .Select(member => Ids(member.CertificateProfiles)));
        foreach (var id in new[] { one.Id, two.Id, pool.Id })
        {
            var history = await service.History(id);
            Assert.Equal((2, "renewal-1", "renewed"), (history.Count, history[1].CorrelationId, history[1].Reason));
        }

        // The old profile is no longer in use, so it can be deleted.
        await service.Profiles.DeleteCertificateProfileAsync(new() { Id = old.Id });
    }

    [Fact]
    public async Task A_repeated_rotation_changes_nothing()
    {
        var (old, next) = (await Profile(), await Profile());
        await Server(old);
        var request = new RotateCertificateProfileRequest { From = Named(old), To = Named(next) };

        Assert.Single((await service.Profiles.RotateCertificateProfileAsync(request)).VirtualServers);
        var before = await service.Everything();
        Assert.Empty((await service.Profiles.RotateCertificateProfileAsync(request)).VirtualServers);
        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task A_repeated_request_id_returns_the_first_answer()
    {
        var (old, next) = (await Profile(), await Profile());
        await Server(old);
        var request = new RotateCertificateProfileRequest { From = Named(old), To = Named(next), RequestId = $"{Guid.NewGuid()}" };

        var first = await service.Profiles.RotateCertificateProfileAsync(request);

        Assert.Single(first.VirtualServers);
        Assert.Equal(first, await service.Profiles.RotateCertificateProfileAsync(request));
        request.Reason = "another";
        await Refusal.Of(service.Profiles.RotateCertificateProfileAsync(request), StatusCode.InvalidArgument, "REQUEST_ID_REUSED");
    }

    [Fact]
    public async Task Rotation_changes_only_the_named_objects_that_use_the_profile()
    {
        var (old, next) = (await Profile(), await Profile());
        var (named, other, unconcerned) = (await Server(old), await Server(old), await Server(next));
        var pool = await Pool([old], [old]);

        var rotated = await service.Profiles.RotateCertificateProfileAsync(new()
        {
            From = Named(old),
            To = Named(next),
            VirtualServers = { new Reference { Name = named.Name }, new Reference { Id = unconcerned.Id } },
            PoolMembers = { new RotatedPoolMember { LoadBalancerPool = new() { Name = pool.Name }, MemberId = pool.Members[0].Id } },
        });

        Assert.Equal([named.Id], rotated.VirtualServers.Select(server => server.Id));
        Assert.Equal([pool.Members[0].Id], Assert.Single(rotated.LoadBalancerPools).MemberIds);
        Assert.Equal([old.Id], Ids((await service.Get(other.Id)).CertificateProfiles));
        Assert.Equal(
            [old.Id],
            Ids((await service.Pools.GetLoadBalancerPoolAsync(new() { Id = pool.Id })).LoadBalancerPool.Members[1].CertificateProfiles));
    }

    [Fact]
    public async Task A_validate_only_rotation_is_answered_and_not_stored()
    {
        var (old, next) = (await Profile(), await Profile());
        var server = await Server(old);
        var before = await service.Everything();

        var rotated = await service.Profiles.RotateCertificateProfileAsync(
            new() { From = Named(old), To = Named(next), ValidateOnly = true });

        Assert.Equal(server.Id, Assert.Single(rotated.VirtualServers).Id);
        Assert.Equal(before, await service.Everything());
    }

    [Fact]
    public async Task All_violations_are_listed_at_once_and_nothing_is_stored()
    {
        var old = await Profile();
        var pool = await Pool([old]);
        var server = await Server(old);
        var before = await service.Everything();

        var refusal = await Refusal.Of(service.Profiles.RotateCertificateProfileAsync(new()
        {
            From = Named(old),
            To = Named(old),
            VirtualServers = { new Reference { Id = server.Id }, new Reference { Name = "nobody" } },
            PoolMembers =
            {
                new RotatedPoolMember { LoadBalancerPool = new() { Name = "no pool" }, MemberId = "x" },
                new RotatedPoolMember { MemberId = pool.Members[0].Id },
            },
        }), StatusCode.InvalidArgument, "FIELD_INVALID");

        Assert.Equal(
            [
                "pool_members[0].load_balancer_pool", "pool_members[0].member_id", "pool_members[1].load_balancer_pool", "to",
                "virtual_servers[1]",
            ],
            refusal.Fields.Order(StringComparer.Ordinal));
        refusal = await Refusal.Of(service.Profiles.RotateCertificateProfileAsync(new()), StatusCode.InvalidArgument, "FIELD_REQUIRED");
        Assert.Equal(["from", "to"], refusal.Fields);
        refusal = await Refusal.Of(service.Profiles.RotateCertificateProfileAsync(new()
        {
            From = Named(old),
            To = Named(await Profile()),
            PoolMembers = { new RotatedPoolMember { LoadBalancerPool = new() { Id = pool.Id }, MemberId = $"{Guid.NewGuid()}" } },
        }), StatusCode.NotFound, "NOT_FOUND");
        Assert.Equal(["pool_members[0].member_id"], refusal.Fields);
        Assert.Equal([old.Id], Ids((await service.Get(server.Id)).CertificateProfiles));
        Assert.Contains("conditions: ", before);
    }

    [Fact]
    public async Task Concurrent_creates_are_stored_either_before_or_after_the_rotation()
    {
        for (var round = 0; round < 20; round++)
        {
            var (old, next) = (await Profile(), await Profile());
            await Server(old);
            var drafts = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
            {
                var draft = await TestInventory.Draft(service);
                draft.CertificateProfiles.Add(Named(old));
                return draft;
            }));

            var creates = drafts.Select(draft => service.Create(draft)).ToList();
            var rotation = service.Profiles.RotateCertificateProfileAsync(new() { From = Named(old), To = Named(next) }).ResponseAsync;
            var created = await Task.WhenAll(creates);
            var rotated = await rotation;

            // Each create is stored before or after the rotation, which changed exactly those before it, as its answer lists them.
            var names = rotated.VirtualServers.Select(server => server.Id).ToHashSet();
            foreach (var server in created)
                Assert.Equal(
                    names.Contains(server.Id) ? next.Id : old.Id,
                    Assert.Single((await service.Get(server.Id)).CertificateProfiles).Id);
            await service.Profiles.RotateCertificateProfileAsync(new() { From = Named(old), To = Named(next) });
            await service.Profiles.DeleteCertificateProfileAsync(new() { Id = old.Id });
        }
    }

    [Fact]
    public async Task Case_22_a_rotation_and_the_deletion_of_the_new_profile_leave_nothing_dangling()
    {
        for (var round = 0; round < 30; round++)
        {
            var (old, next) = (await Profile(), await Profile());
            var server = await Server(old);

            var rotation = service.Profiles.RotateCertificateProfileAsync(new() { From = Named(old), To = Named(next) }).ResponseAsync;
            var deletion = service.Profiles.DeleteCertificateProfileAsync(new() { Id = next.Id }).ResponseAsync;
            await Task.WhenAll(rotation.ContinueWith(_ => { }), deletion.ContinueWith(_ => { }));

            var uses = Assert.Single((await service.Get(server.Id)).CertificateProfiles).Id;
            Assert.True(rotation.IsCompletedSuccessfully ^ deletion.IsCompletedSuccessfully, $"{rotation.Exception} {deletion.Exception}");
            Assert.Equal(rotation.IsCompletedSuccessfully ? next.Id : old.Id, uses);
            var lost = await Assert.ThrowsAsync<RpcException>(() => rotation.IsCompletedSuccessfully ? deletion : (Task)rotation);
            Assert.Equal(StatusCode.FailedPrecondition, lost.StatusCode);
        }
    }

    private Task<Reference> Profile() => service.Add(Kind.CertificateProfile, "certificate");

    private async Task<V1.VirtualServer> Server(params Reference[] profiles)
    {
        var draft = await TestInventory.Draft(service);
        draft.SslOffload = true;
        draft.CertificateProfiles.Add(profiles.Select(Named));
        return await service.Create(draft);
    }

    // A pool with a member for each of these, on ports 1, 2, 3, …
    private async Task<LoadBalancerPool> Pool(params Reference[][] members)
    {
        var draft = await TestInventory.Pool(service);
        var address = draft.Members[0].IpAddress;
        draft.Members.Clear();
        draft.Members.Add(members.Select((profiles, index) =>
            new PoolMember { IpAddress = address, Port = index + 1, SslOffload = true, CertificateProfiles = { profiles.Select(Named) } }));
        return (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;
    }

    private static Reference Named(Reference profile) => new() { Name = profile.Name };

    private static string[] Sorted(params string[] ids) => [.. ids.Order(StringComparer.Ordinal)];

    private static string[] Ids(IEnumerable<Reference> references) => Sorted([.. references.Select(reference => reference.Id)]);
}
