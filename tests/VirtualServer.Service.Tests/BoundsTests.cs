using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Domain;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;
using Reference = VirtualServers.V1.Reference;

namespace VirtualServers.Service.Tests;

/// <summary>
/// domain.md, section 2: no object's message exceeds 1 MB, whatever the objects are named that it refers to. The client is a default one,
/// which accepts messages of up to 4 MB.
/// </summary>
public sealed class BoundsTests : IAsyncLifetime
{
    private const int MaxObject = 1_000_000;
    private const int MaxMessage = 4 * 1024 * 1024;
    private const int MaxAnnouncement = 10_000_000;

    // The longest name: 255 characters of 4 bytes.
    private static readonly string Longest = string.Concat(Enumerable.Repeat("🙂", 255));

    private TestService service = null!;

    public async Task InitializeAsync()
    {
        service = await TestService.Start();
        await TestInventory.Register(service);
    }

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task The_largest_pool_is_read_listed_changed_and_announced_with_the_longest_names()
    {
        await using var consumer = await ForeignConsumer.Start("load_balancer_pool.#");
        var (draft, references) = await Largest();
        var pools = new List<LoadBalancerPool>();
        for (var i = 0; i < 6; i++) pools.Add(await Create(new(draft) { Name = $"{i}{Longest[2..]}" }));
        await Rename(references);

        var pool = await Get(pools[0].Id);
        Assert.Equal(1000, pool.Members.Count);
        Assert.InRange(pool.CalculateSize(), MaxObject * 6 / 10, MaxObject);

        // The pages of a list, which are as large as clients accept.
        var (request, seen) = (new ListLoadBalancerPoolsRequest { PageSize = 1000 }, new List<string>());
        do
        {
            var page = await service.Pools.ListLoadBalancerPoolsAsync(request);
            Assert.InRange(page.CalculateSize(), 1, MaxMessage);
            seen.AddRange(page.LoadBalancerPools.Select(listed => listed.Id));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Superset(pools.Select(one => one.Id).ToHashSet(), seen.ToHashSet());
        Assert.Equal(seen.Count, seen.Distinct().Count());

        // Every command. The replacements change every member, and remove and add every member.
        var last = new PoolMember(pool.Members[^1]);
        IMessage[] answers =
        [
            await service.Pools.UpdateLoadBalancerPoolAsync(
                new() { Id = pool.Id, LoadBalancerPool = new() { LoadBalancingAlgorithm = LoadBalancingAlgorithm.CustomLoad } }),
            await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, MemberId = last.Id }),
            await service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = last }),
            await service.Pools.UpdatePoolMemberAsync(
                new()
                {
                    Id = pool.Id,
                    Endpoint = new() { IpAddress = last.IpAddress, Port = last.Port },
                    Member = new() { Status = PoolMemberStatus.Failed },
                }),
            await service.Pools.ReplacePoolMembersAsync(
                new()
                {
                    Id = pool.Id, Members = { pool.Members.Select(one => new PoolMember(one) { Status = PoolMemberStatus.Planned }) },
                }),
            await service.Pools.ReplacePoolMembersAsync(
                new() { Id = pool.Id, Members = { pool.Members.Select(one => new PoolMember(one) { Port = one.Port + 1000 }) } }),
            await service.Pools.DeleteLoadBalancerPoolAsync(new() { Id = pool.Id }),
            await service.Pools.UndeleteLoadBalancerPoolAsync(new() { Id = pool.Id }),
        ];
        var replaced = (ReplacePoolMembersResponse)answers[5];
        Assert.Equal((1000, 0, 1000), (replaced.Added.Count, replaced.Changed.Count, replaced.Removed.Count));
        Assert.All(answers, answer => Assert.InRange(answer.CalculateSize(), 1, 3 * MaxObject));

        var announced = await consumer.Receive(answers.Length + 1, pool.Id);
        Assert.All(announced, one => Assert.InRange(one.Body.Length, 1, MaxAnnouncement));
        Assert.Equal(await Get(pool.Id), announced[^1].Change.After.LoadBalancerPool);
    }

    [Fact]
    public async Task One_reference_more_than_the_largest_pool_is_refused_in_every_command_with_the_limit_named()
    {
        var (draft, _) = await Largest();
        var more = new LoadBalancerPool(draft);
        more.Members[999].Tenant = draft.Members[29].Tenant;
        await Refuses("load_balancer_pool.members", service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = more }));

        var pool = await Create(draft);
        var before = await service.Everything();
        await Refuses(
            "load_balancer_pool.members",
            service.Pools.UpdateLoadBalancerPoolAsync(new() { Id = pool.Id, LoadBalancerPool = new() { Members = { more.Members } } }));
        await Refuses(
            "members",
            service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { more.Members[999] }, AdditiveOnly = true }));
        var member = pool.Members.First(one => one.Tenant is null && one.CertificateProfiles.Count == 0);
        await Refuses(
            "member",
            service.Pools.UpdatePoolMemberAsync(
                new() { Id = pool.Id, MemberId = member.Id, Member = new() { Tenant = draft.Members[29].Tenant } }));
        Assert.Equal(before, await service.Everything());

        static async Task Refuses<T>(string field, AsyncUnaryCall<T> call)
        {
            var refusal = await Refusal.Of(call, StatusCode.InvalidArgument, "FIELD_INVALID");
            Assert.Equal([field], refusal.Fields);
            Assert.Contains("use up to 900000", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_largest_virtual_server_has_100_certificate_profiles_and_pages_of_them_fit_a_message()
    {
        var profiles = new List<Reference>();
        for (var i = 0; i < 101; i++) profiles.Add(await service.Add(Kind.CertificateProfile, "certificate"));
        var draft = await TestInventory.Draft(service);
        draft.CertificateProfiles.Add(profiles);
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["virtual_server.certificate_profiles"], refusal.Fields);
        Assert.Contains("101 entries: at most 100", refusal.Message, StringComparison.Ordinal);

        draft.CertificateProfiles.RemoveAt(100);
        (draft.Description, draft.Tenant) = (string.Concat(Enumerable.Repeat("🙂", 1024)), new() { Name = "acme" });
        for (var i = 0; i < 64; i++) draft.Labels.Add($"{i:D3}{Longest[..120]}", Longest);
        var servers = new List<V1.VirtualServer>();
        for (var i = 0; i < 30; i++)
            servers.Add(await service.Create(new(draft) { Name = $"{i:D2}{Longest[4..]}", Port = i }));
        for (var i = 0; i < profiles.Count; i++) await RenameProfile(profiles[i], i);

        Assert.InRange((await service.Get(servers[0].Id)).CalculateSize(), MaxObject / 6, MaxObject);
        var (request, seen) = (new ListVirtualServersRequest { PageSize = 1000 }, new List<string>());
        do
        {
            var page = await service.VirtualServers.ListVirtualServersAsync(request);
            Assert.InRange(page.CalculateSize(), 1, MaxMessage);
            seen.AddRange(page.VirtualServers.Select(listed => listed.Id));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(servers.Select(server => server.Id), seen);
    }

    [Fact]
    public void The_answer_of_a_rotation_counts_all_objects_and_lists_as_many_as_fit_a_message()
    {
        Named[] named = [.. Enumerable.Range(0, 5000).Select(_ => new Named(Guid.NewGuid(), Kind.VirtualServer, "", Longest))];
        (Named, IReadOnlyList<Guid>)[] pools = [.. named.Take(200).Select(pool => (pool, (IReadOnlyList<Guid>)new Guid[1000]))];

        // Conditions with ten other objects each, which all have the longest names.
        var content = new Domain.VirtualServers.VirtualServer
        {
            Name = Longest,
            Listener = new(default, null, null),
            LoadBalancerType = Domain.VirtualServers.LoadBalancerType.Layer4,
            Placement = new(Kind.Device, default),
        };
        var condition = new FoundCondition(Domain.VirtualServers.ConditionType.Conflicted, 10, named[..10]);
        var effect = new ConditionEffect(
            [], [.. named.Take(100).Select(server => new Queries.ConditionChange(server, content, condition, true))], 100);

        var small = CertificateProfileWire.ToWire(new Rotated(named[..100], pools[..3], ConditionEffect.None));
        Assert.Equal((100, 3), (small.VirtualServers.Count, small.LoadBalancerPools.Count));
        Assert.Equal((100, 3000), (small.VirtualServerCount, small.PoolMemberCount));

        var large = CertificateProfileWire.ToWire(new Rotated(named, pools, effect));
        Assert.InRange(large.CalculateSize(), 2 * MaxObject, MaxMessage);
        Assert.Equal(named.Take(large.VirtualServers.Count).Select(one => $"{one.Id}"), large.VirtualServers.Select(one => one.Id));
        Assert.Equal((5000, 200_000, 100), (large.VirtualServerCount, large.PoolMemberCount, large.ConditionChangeCount));
        Assert.InRange(large.ConditionChanges.Count, 50, 99);
    }

    [Fact]
    public async Task A_namespace_has_up_to_255_bytes()
    {
        Task<InventoryObject> Register(string scope) =>
            service.Upsert(new() { IpAddress = new() { Address = TestInventory.UniqueAddress(), Namespace = scope } });
        Assert.Equal(new('n', 255), (await Register(new('n', 255))).IpAddress.Namespace);
        await Register(new('é', 127));

        var refusal = await Refusal.Of(
            service.Inventory.UpsertInventoryObjectAsync(
                new() { InventoryObject = new() { Prefix = new() { Prefix_ = "10.0.0.0/8", Namespace = new('é', 128) } } }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(["inventory_object.prefix.namespace"], refusal.Fields);
        Assert.Contains("256 bytes", refusal.Message, StringComparison.Ordinal);
    }

    // A pool of 1,000 members and 467 references beside their addresses: 23 members have 20 certificate profiles, and 7 a tenant. All
    // other fields are as long as they can be.
    private async Task<(LoadBalancerPool Draft, References References)> Largest()
    {
        var profiles = new List<Reference>();
        for (var i = 0; i < 20; i++) profiles.Add(await service.Add(Kind.CertificateProfile, "certificate"));
        var monitor = await service.Add(Kind.HealthCheckMonitor, "monitor");
        var tenant = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        var address = await service.Upsert(new() { IpAddress = new() { Address = TestInventory.UniqueAddress() } });
        var draft = new LoadBalancerPool
        {
            Name = Longest,
            LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
            HealthCheckMonitor = new() { Id = monitor.Id },
            Tenant = new() { Id = tenant.Id },
            Description = string.Concat(Enumerable.Repeat("🙂", 1024)),
        };
        for (var i = 0; i < 64; i++) draft.Labels.Add($"{i:D3}{Longest[..120]}", Longest);
        draft.Members.Add(Enumerable.Range(0, 1000).Select(i =>
        {
            var member = new PoolMember
            {
                IpAddress = new() { Id = address.Id }, Port = 60_000 + i, Status = PoolMemberStatus.Decommissioning, SslOffload = true,
            };
            if (i < 23) member.CertificateProfiles.Add(profiles.Select(profile => new Reference { Id = profile.Id }));
            else if (i < 30) member.Tenant = new() { Id = tenant.Id };
            return member;
        }));
        return (draft, new(profiles, monitor, tenant, address));
    }

    private async Task Rename(References references)
    {
        for (var i = 0; i < references.Profiles.Count; i++) await RenameProfile(references.Profiles[i], i);
        await service.Monitors.UpdateHealthCheckMonitorAsync(
            new() { Id = references.Monitor.Id, HealthCheckMonitor = new() { Name = Longest } });
        await service.Upsert(new() { Id = references.Tenant.Id, Tenant = new() { Name = Longest } });
        await service.Upsert(new()
        {
            Id = references.Address.Id,
            IpAddress = new() { Address = "2001:db81:1111:2222:3333:4444:5555:6666", Namespace = new('n', 255) },
        });
    }

    private async Task RenameProfile(Reference profile, int number) => await service.Profiles.UpdateCertificateProfileAsync(
        new() { Id = profile.Id, CertificateProfile = new() { Name = $"{number:D3}{Longest[6..]}" } });

    private async Task<LoadBalancerPool> Create(LoadBalancerPool draft) =>
        (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;

    private async Task<LoadBalancerPool> Get(string id) =>
        (await service.Pools.GetLoadBalancerPoolAsync(new() { Id = id })).LoadBalancerPool;

    private sealed record References(IReadOnlyList<Reference> Profiles, Reference Monitor, InventoryObject Tenant, InventoryObject Address);
}
