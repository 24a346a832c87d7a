using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>ListUsages: virtual servers and pool members by field; for an address both roles, for a prefix the addresses in it.</summary>
public sealed class UsageTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;
    private readonly UsageService.UsageServiceClient usages = new(fixture.Service.Channel);

    [Fact]
    public async Task Usages_of_an_address_include_VIPs_and_members()
    {
        var address = await TestInventory.NewAddress(service);
        var draft = await TestInventory.Draft(service);
        draft.Vip = new() { Name = address };
        var server = await service.Create(draft);
        var pool = await Pool(
            new PoolMember { IpAddress = new() { Name = address }, Port = 8080 },
            new PoolMember { IpAddress = new() { Name = address }, Port = 9090 });

        var found = await usages.ListUsagesAsync(new() { Name = new() { Kind = Kind.IpAddress, Name = address } });

        Assert.Equal(
            (Kind.IpAddress, server.Vip.Id, address, "Global"),
            (found.Object.Kind, found.Object.Id, found.Object.Name, found.Object.Namespace));
        Assert.Equal(
            [(Kind.LoadBalancerPool, "members.ip_address", 2L), (Kind.VirtualServer, "vip", 1L)],
            found.Counts.Select(count => (count.Kind, count.Field, count.Count)));
        var members = found.Usages.Where(usage => usage.Field == "members.ip_address").ToList();
        Assert.All(members, usage =>
            Assert.Equal((pool.Id, pool.Name, Kind.LoadBalancerPool), (usage.By.Id, usage.By.Name, usage.By.Kind)));
        Assert.Equal(
            pool.Members.Select(member => (member.Id, address, member.Port)).Order(),
            members.Select(usage => (usage.Member.Id, usage.Member.IpAddress.Name, usage.Member.Port)).Order());
        var vip = Assert.Single(found.Usages, usage => usage.Field == "vip");
        Assert.Equal((server.Id, server.Name, Kind.VirtualServer), (vip.By.Id, vip.By.Name, vip.By.Kind));
        Assert.Null(vip.Member);
        Assert.Null(vip.Through);
    }

    [Fact]
    public async Task Every_reference_of_a_virtual_server_is_a_usage_of_its_target()
    {
        var draft = await TestInventory.Draft(service);
        draft.SourceNatPool = Reference(await service.Upsert(new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } }));
        draft.Tenant = Reference(await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } }));
        draft.HealthCheckMonitor = await service.Add(Domain.Kind.HealthCheckMonitor, "monitor");
        draft.CertificateProfiles.Add(await service.Add(Domain.Kind.CertificateProfile, "certificate"));
        draft.LoadBalancerPool = await service.Add(Domain.Kind.LoadBalancerPool, "pool");
        draft.Device = Reference(await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } }));
        var server = await service.Create(draft);

        foreach (var (field, id) in new[]
        {
            ("vip", server.Vip.Id),
            ("source_nat_pool", server.SourceNatPool.Id),
            ("tenant", server.Tenant.Id),
            ("health_check_monitor", server.HealthCheckMonitor.Id),
            ("certificate_profiles", server.CertificateProfiles[0].Id),
            ("load_balancer_pool", server.LoadBalancerPool.Id),
            ("device", server.Device.Id),
        })
        {
            var usage = Assert.Single((await usages.ListUsagesAsync(new() { Id = id })).Usages);
            Assert.Equal((field, server.Id, server.Name), (usage.Field, usage.By.Id, usage.By.Name));
        }

        await service.Delete(server.Id);
        Assert.Empty((await usages.ListUsagesAsync(new() { Id = server.Device.Id })).Usages);
    }

    [Fact]
    public async Task Every_reference_of_a_pool_and_its_members_is_a_usage_of_its_target()
    {
        var tenant = Reference(await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } }));
        var (monitor, profile) = (
            await service.Add(Domain.Kind.HealthCheckMonitor, "monitor"),
            await service.Add(Domain.Kind.CertificateProfile, "certificate"));
        var draft = await TestInventory.Pool(service);
        (draft.Tenant, draft.HealthCheckMonitor) = (tenant, monitor);
        (draft.Members[0].Tenant, draft.Members[0].HealthCheckMonitor) = (tenant, monitor);
        draft.Members[0].CertificateProfiles.Add(profile);
        await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft });

        Assert.Equal(["members.tenant", "tenant"], await Fields(tenant.Id));
        Assert.Equal(["health_check_monitor", "members.health_check_monitor"], await Fields(monitor.Id));
        Assert.Equal(["members.certificate_profiles"], await Fields(profile.Id));
    }

    [Theory]
    [InlineData("198.18.4.0/30", new[] { "198.18.4.0", "198.18.4.3" }, new[] { "198.18.3.255", "198.18.4.4" })]
    [InlineData("198.18.8.1/32", new[] { "198.18.8.1" }, new[] { "198.18.8.0", "198.18.8.2" })]
    [InlineData(
        "2001:db8:77::/64",
        new[] { "2001:db8:77::", "2001:db8:77:0:ffff:ffff:ffff:ffff" },
        new[] { "2001:db8:77:1::", "2001:db8:76:ffff::1" })]
    public async Task Usages_of_a_prefix_include_the_VIPs_in_it_and_its_source_NAT_users(string prefix, string[] inside, string[] outside)
    {
        var registered = await service.Upsert(new() { Prefix = new() { Prefix_ = prefix } });
        foreach (var address in inside.Concat(outside)) await Listen(address);
        // The same address text in another namespace is not in the prefix.
        await Listen(inside[0], "red");
        var taking = await TestInventory.Draft(service);
        taking.SourceNatPool = Reference(registered);
        var server = await service.Create(taking);

        var found = await usages.ListUsagesAsync(new() { Name = new() { Kind = Kind.Prefix, Name = prefix, Namespace = "Global" } });

        Assert.Equal(
            inside.Order(StringComparer.Ordinal),
            found.Usages.Where(usage => usage.Field == "vip").Select(usage => usage.Through.Name).Order(StringComparer.Ordinal));
        Assert.Equal(server.Id, Assert.Single(found.Usages, usage => usage.Field == "source_nat_pool").By.Id);
        Assert.Equal([("source_nat_pool", 1L), ("vip", inside.Length)], found.Counts.Select(count => (count.Field, count.Count)));
    }

    [Fact]
    public async Task Pages_neither_skip_nor_repeat_and_fields_narrow_them()
    {
        var tenant = Reference(await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } }));
        var expected = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var draft = await TestInventory.Draft(service);
            draft.Tenant = tenant;
            expected.Add($"tenant {(await service.Create(draft)).Id}");
            var pool = await TestInventory.Pool(service);
            pool.Members[0].Tenant = tenant;
            var created = await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = pool });
            expected.Add($"members.tenant {created.LoadBalancerPool.Id}");
        }

        var request = new ListUsagesRequest { Id = tenant.Id, PageSize = 3 };
        var seen = new List<string>();
        do
        {
            var page = await usages.ListUsagesAsync(request);
            Assert.Equal(10, page.Counts.Sum(count => count.Count));
            seen.AddRange(page.Usages.Select(usage => $"{usage.Field} {usage.By.Id}"));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(expected.Order(StringComparer.Ordinal), seen);
        var members = await usages.ListUsagesAsync(new() { Id = tenant.Id, Fields = { "members.tenant", "vip" } });
        Assert.Equal(5, members.Usages.Count);
        Assert.All(members.Usages, usage => Assert.Equal("members.tenant", usage.Field));
        Assert.Equal(5, Assert.Single(members.Counts).Count);
    }

    [Fact]
    public async Task A_page_token_belongs_to_the_object_however_it_is_named()
    {
        var name = TestInventory.UniqueAddress();
        var known = new List<InventoryObject>();
        for (var i = 0; i < 2; i++)
        {
            known.Add(await service.Upsert(new() { IpAddress = new() { Address = name, Namespace = TestInventory.Unique("space") } }));
            for (var port = 1; port <= 2; port++)
                await service.Create(new(await TestInventory.Draft(service)) { Vip = new() { Id = known[i].Id }, Port = port });
        }

        ListUsagesRequest Named(InventoryObject one) => new()
        {
            Name = new() { Kind = Kind.IpAddress, Name = name, Namespace = one.IpAddress.Namespace }, PageSize = 1,
        };
        var token = (await usages.ListUsagesAsync(Named(known[0]))).NextPageToken;

        Assert.Single((await usages.ListUsagesAsync(new() { Id = known[0].Id, PageToken = token })).Usages);
        // The same address in another namespace.
        var refusal = await Refusal.Of(
            usages.ListUsagesAsync(new(Named(known[1])) { PageToken = token }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["page_token"], refusal.Fields);
    }

    [Fact]
    public async Task A_page_token_of_another_request_is_rejected()
    {
        var tenant = Reference(await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } }));
        for (var i = 0; i < 2; i++)
        {
            var draft = await TestInventory.Draft(service);
            draft.Tenant = tenant;
            await service.Create(draft);
        }

        var token = (await usages.ListUsagesAsync(new() { Id = tenant.Id, PageSize = 1 })).NextPageToken;

        Assert.NotEmpty(token);
        foreach (var other in new ListUsagesRequest[]
        {
            new() { Id = tenant.Id, Fields = { "tenant" } },
            new() { Name = new() { Kind = Kind.Device, Name = "lb-1" } },
        })
        {
            other.PageToken = token;
            var refusal = await Refusal.Of(usages.ListUsagesAsync(other), StatusCode.InvalidArgument, "FIELD_INVALID");
            Assert.Equal(["page_token"], refusal.Fields);
        }
    }

    [Fact]
    public async Task Unknown_targets_and_malformed_requests_are_rejected()
    {
        await Refusal.Of(usages.ListUsagesAsync(new() { Id = $"{Guid.NewGuid()}" }), StatusCode.NotFound, "NOT_FOUND");
        await Refusal.Of(
            usages.ListUsagesAsync(new() { Name = new() { Kind = Kind.Device, Name = "nothing" } }),
            StatusCode.NotFound,
            "NOT_FOUND");
        await Refusal.Of(usages.ListUsagesAsync(new()), StatusCode.InvalidArgument, "FIELD_REQUIRED");

        var refusal = await Refusal.Of(
            usages.ListUsagesAsync(new() { Name = new() { Name = "x" }, Fields = { "vips" }, PageSize = -1 }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(["fields[0]", "name.kind", "page_size"], refusal.Fields.Order(StringComparer.Ordinal));
        Assert.Contains("name.kind is not set: use a value from 1 to ", refusal.Message, StringComparison.Ordinal);

        var address = TestInventory.UniqueAddress();
        foreach (var scope in new[] { "red", "blue" })
            await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = scope } });
        await Refusal.Of(
            usages.ListUsagesAsync(new() { Name = new() { Kind = Kind.IpAddress, Name = address } }),
            StatusCode.FailedPrecondition,
            "REFERENCE_AMBIGUOUS");
        Assert.Equal(
            "red",
            (await usages.ListUsagesAsync(
                new() { Name = new() { Kind = Kind.IpAddress, Name = address, Namespace = "red" } })).Object.Namespace);
    }

    private async Task Listen(string address, string scope = "Global")
    {
        var draft = await TestInventory.Draft(service);
        draft.Vip = Reference(await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = scope } }));
        await service.Create(draft);
    }

    private async Task<LoadBalancerPool> Pool(params PoolMember[] members) => (await service.Pools.CreateLoadBalancerPoolAsync(new()
    {
        LoadBalancerPool = new()
        {
            Name = TestInventory.Unique("pool"),
            LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
            Members = { members },
        },
    })).LoadBalancerPool;

    private async Task<IEnumerable<string>> Fields(string id) =>
        (await usages.ListUsagesAsync(new() { Id = id })).Usages.Select(usage => usage.Field);

    private static Reference Reference(InventoryObject known) => new() { Id = known.Id };
}
