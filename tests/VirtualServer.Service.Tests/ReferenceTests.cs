using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// References (domain.md, section 1): a name without a namespace means "Global"; with id and name, the id decides and the name must be one
/// that the object has or had; an answer gives id, name and namespace.
/// </summary>
public sealed class ReferenceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;
    private readonly UsageService.UsageServiceClient usages = new(fixture.Service.Channel);

    [Fact]
    public async Task A_bare_address_means_Global_wherever_else_its_text_is_registered()
    {
        var draft = await TestInventory.Draft(service);
        var pool = await Create(new PoolMember { IpAddress = draft.Vip, Port = 80 });
        var blue = await Blue(draft.Vip.Name);

        var created = await service.Create(draft);
        Assert.Equal(("Global", draft.Vip.Name), (created.Vip.Namespace, created.Vip.Name));
        Assert.NotEqual(blue.Id, created.Vip.Id);
        Assert.Equal(created, (await service.Update(created.Id, new() { Vip = draft.Vip }, "vip")));

        await service.Pools.RemovePoolMemberAsync(new() { Id = pool.Id, Endpoint = new() { IpAddress = draft.Vip, Port = 80 } });
    }

    [Fact]
    public async Task A_namespace_selects_the_address_wherever_one_is_referred_to()
    {
        var (address, prefix) = (await TestInventory.NewAddress(service), $"{TestInventory.UniqueAddress()}/32");
        var blue = await Blue(address);
        var network = await service.Upsert(new() { Prefix = new() { Prefix_ = prefix, Namespace = "Blue" } });
        var (there, from) = (
            new Reference { Name = address, Namespace = "Blue" },
            new Reference { Name = prefix, Namespace = "Blue" });

        var server = await service.Create(new(await TestInventory.Draft(service)) { Vip = there, SourceNatPool = from });
        Assert.Equal(new() { Id = blue.Id, Name = address, Namespace = "Blue" }, server.Vip);
        Assert.Equal(new() { Id = network.Id, Name = prefix, Namespace = "Blue" }, server.SourceNatPool);
        Assert.Equal(server.Vip, (await service.Get(server.Id)).Vip);
        Assert.Equal("", server.Device.Namespace);

        var pool = await Create(new PoolMember { IpAddress = there, Port = 80 });
        Assert.Equal(server.Vip, Assert.Single(pool.Members).IpAddress);
        var updated = await service.Pools.UpdatePoolMemberAsync(new()
        {
            Id = pool.Id, Endpoint = new() { IpAddress = there, Port = 80 }, Member = new() { Label = "rack" },
        });
        Assert.Equal(("rack", server.Vip), (updated.Member.Label, updated.Member.IpAddress));
        // Equal content of a member that the request names by its address and namespace.
        Assert.Equal("rack", (await service.Pools.UpdatePoolMemberAsync(new()
        {
            Id = pool.Id, Endpoint = new() { IpAddress = there, Port = 80 }, Member = new() { Label = "rack" },
        })).Member.Label);

        var uses = await usages.ListUsagesAsync(new() { Name = new() { Kind = Kind.IpAddress, Name = address, Namespace = "Blue" } });
        Assert.Equal(server.Vip, uses.Usages.Single(usage => usage.Member is not null).Member.IpAddress);
        var through = await service.Upsert(new() { Prefix = new() { Prefix_ = $"{address}/32", Namespace = "Blue" } });
        Assert.Equal(
            server.Vip,
            Assert.Single((await usages.ListUsagesAsync(new() { Id = through.Id })).Usages).Through);
    }

    [Fact]
    public async Task An_address_of_another_namespace_only_is_not_found_and_its_namespaces_are_named()
    {
        var (address, draft) = (TestInventory.UniqueAddress(), await TestInventory.Draft(service));
        for (var i = 1; i <= 7; i++) await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = $"ns-{i}" } });
        draft.Vip = new() { Name = address };

        var refusal = await Refusal.Of(Creating(draft), StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND");
        Assert.Equal(["virtual_server.vip"], refusal.Fields);
        Assert.Contains("in the namespace \"Global\": give its namespace (\"ns-", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(", …)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_of_a_bare_address_is_that_of_Global()
    {
        var first = await TestInventory.Create(service);
        var blue = await Blue(first.Vip.Name);
        var draft = new V1.VirtualServer(first) { Id = "", Name = TestInventory.Unique("web"), Vip = new() { Name = first.Vip.Name } };
        var refusal = await Refusal.Of(Creating(draft), StatusCode.AlreadyExists, "LISTENER_TAKEN");
        Assert.Equal(first.Id, refusal.Clash!.ResourceName);

        draft.Vip.Namespace = "Blue";
        Assert.Equal(blue.Id, (await service.Create(draft)).Vip.Id);
        refusal = await Refusal.Of(
            Creating(new(draft) { Name = TestInventory.Unique("web") }), StatusCode.AlreadyExists, "LISTENER_TAKEN");
        Assert.Equal(draft.Name, refusal.Clash!.Description);
    }

    [Fact]
    public async Task A_namespace_of_another_kind_is_rejected()
    {
        var draft = await TestInventory.Draft(service);
        draft.Device.Namespace = "Global";
        draft.LoadBalancerPool.Namespace = "x";
        var refusal = await Refusal.Of(Creating(draft), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["virtual_server.device.namespace", "virtual_server.load_balancer_pool.namespace"], refusal.Fields.Order());

        // Everything that is malformed is named.
        (draft.Device, draft.LoadBalancerPool) = (new() { Name = "lb-1" }, null);
        draft.Vip = new() { Name = "nowhere", Namespace = "a\0" };
        refusal = await Refusal.Of(Creating(draft), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["virtual_server.vip.name", "virtual_server.vip.namespace"], refusal.Fields.Order());
    }

    [Fact]
    public async Task Text_that_is_no_address_is_malformed_wherever_an_address_is_referred_to()
    {
        var (draft, pool) = (await TestInventory.Draft(service), await Create());
        var nowhere = new Reference { Name = "nowhere" };
        foreach (var (call, field) in new (IMessage, string)[]
        {
            (new CreateVirtualServerRequest { VirtualServer = new(draft) { Vip = nowhere } }, "virtual_server.vip.name"),
            (
                new CreateVirtualServerRequest { VirtualServer = new(draft) { SourceNatPool = nowhere } },
                "virtual_server.source_nat_pool.name"
            ),
            (new AddPoolMemberRequest { Id = pool.Id, Member = new() { IpAddress = nowhere, Port = 1 } }, "member.ip_address.name"),
            (
                new RemovePoolMemberRequest { Id = pool.Id, Endpoint = new() { IpAddress = nowhere, Port = 1 }, AllowMissing = true },
                "endpoint.ip_address.name"
            ),
            (
                new ReplacePoolMembersRequest { Id = pool.Id, Members = { new PoolMember { IpAddress = nowhere, Port = 1 } } },
                "members[0].ip_address.name"
            ),
        })
        {
            var refusal = await Refusal.Of(service.Send(call), StatusCode.InvalidArgument, "FIELD_INVALID");
            Assert.Equal([field], refusal.Fields);
            Assert.Contains("\"nowhere\" is not a", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_that_was_read_before_renames_can_be_sent_back()
    {
        var profile = await service.Add(Domain.Kind.CertificateProfile, "profile");
        var monitor = await service.Add(Domain.Kind.HealthCheckMonitor, "monitor");
        var backends = await service.Add(Domain.Kind.LoadBalancerPool, "backends");
        var tenant = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        var device = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
        var prefix = await service.Upsert(new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } });
        var draft = await TestInventory.Draft(service);
        draft.CertificateProfiles.Add(profile);
        (draft.HealthCheckMonitor, draft.LoadBalancerPool) = (monitor, backends);
        (draft.Tenant, draft.Device, draft.SourceNatPool) = (new() { Id = tenant.Id }, new() { Id = device.Id }, new() { Id = prefix.Id });
        var known = await service.Create(draft);
        var pool = await Create(new PoolMember
        {
            IpAddress = known.Vip, Port = 80, CertificateProfiles = { profile }, HealthCheckMonitor = monitor, Tenant = known.Tenant,
        });

        await service.Upsert(new() { Id = tenant.Id, Tenant = new() { Name = TestInventory.Unique("renamed") } });
        await service.Upsert(new() { Id = tenant.Id, Tenant = new() { Name = TestInventory.Unique("renamed") } });
        await service.Upsert(new() { Id = device.Id, Device = new() { Name = TestInventory.Unique("renamed") } });
        await service.Upsert(
            new() { Id = prefix.Id, Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32", Namespace = "Red" } });
        await service.Upsert(
            new() { Id = known.Vip.Id, IpAddress = new() { Address = TestInventory.UniqueAddress(), Namespace = "Red" } });
        await service.Profiles.UpdateCertificateProfileAsync(
            new() { Id = profile.Id, CertificateProfile = new() { Name = TestInventory.Unique("renamed") } });
        await service.Monitors.UpdateHealthCheckMonitorAsync(
            new() { Id = monitor.Id, HealthCheckMonitor = new() { Name = TestInventory.Unique("renamed") } });
        await service.Pools.UpdateLoadBalancerPoolAsync(
            new() { Id = backends.Id, LoadBalancerPool = new() { Name = TestInventory.Unique("renamed") } });

        var updated = await service.Update(known.Id, new(known) { Description = "edited" }, "*");
        Assert.Equal((2, "edited"), (updated.Version, updated.Description));
        Assert.Equal("Red", updated.Vip.Namespace);
        Assert.Equal(["description"], (await service.History(known.Id))[1].Facets);
        var replaced = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, Members = { pool.Members } });
        Assert.Empty(replaced.Added.Concat(replaced.Changed).Concat(replaced.Removed));
        Assert.Equal(1, replaced.LoadBalancerPool.Version);
        Assert.Equal(
            "moved",
            (await service.Pools.UpdatePoolMemberAsync(new()
            {
                Id = pool.Id, Endpoint = new() { IpAddress = known.Vip, Port = 80 }, Member = new() { Label = "moved" },
            })).Member.Label);

        // A rotation refers to profiles, virtual servers and pools.
        var next = await service.Add(Domain.Kind.CertificateProfile, "next");
        await service.Update(known.Id, new() { Name = TestInventory.Unique("renamed") });
        await service.Pools.UpdateLoadBalancerPoolAsync(
            new() { Id = pool.Id, LoadBalancerPool = new() { Name = TestInventory.Unique("renamed") } });
        var rotated = await service.Profiles.RotateCertificateProfileAsync(new()
        {
            From = profile, To = next, VirtualServers = { new Reference { Id = known.Id, Name = known.Name } },
            PoolMembers =
            {
                new RotatedPoolMember { LoadBalancerPool = new() { Id = pool.Id, Name = pool.Name }, MemberId = pool.Members[0].Id },
            },
        });
        Assert.Equal((1, 1), (rotated.VirtualServers.Count, rotated.LoadBalancerPools.Count));
    }

    [Fact]
    public async Task A_name_or_namespace_that_the_object_never_had_is_a_mismatch()
    {
        var (known, address) = (await TestInventory.Create(service), await TestInventory.NewAddress(service));
        var moved = await service.Upsert(new() { IpAddress = new() { Address = TestInventory.UniqueAddress() } });
        await service.Upsert(new() { Id = moved.Id, IpAddress = new() { Address = TestInventory.UniqueAddress(), Namespace = "Blue" } });
        foreach (var vip in new Reference[]
        {
            new(known.Vip) { Name = address }, new(known.Vip) { Name = "192.0.2.99" }, new(known.Vip) { Namespace = "Blue" },
            new() { Id = known.Vip.Id, Namespace = "global" }, new() { Id = moved.Id, Name = moved.IpAddress.Address, Namespace = "Green" },
        })
        {
            var refusal = await Refusal.Of(
                service.VirtualServers.UpdateVirtualServerAsync(ShortForms.Updating(known.Id, new() { Vip = vip })),
                StatusCode.FailedPrecondition, "REFERENCE_MISMATCH");
            Assert.Equal(["virtual_server.vip"], refusal.Fields);
            Assert.Contains("which never had the name", refusal.Message.Replace("the namespace", "the name", StringComparison.Ordinal),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_former_name_alone_refers_to_nothing_and_a_former_name_of_a_former_life_is_one()
    {
        var (first, second) = (TestInventory.Unique("first"), TestInventory.Unique("second"));
        var tenant = await service.Upsert(new() { Tenant = new() { Name = first } });
        await service.Remove(tenant.Id);
        await service.Upsert(new() { Id = tenant.Id, Tenant = new() { Name = second } });
        var draft = await TestInventory.Draft(service);
        draft.Tenant = new() { Name = first };
        await Refusal.Of(Creating(draft), StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND");
        draft.Tenant.Id = tenant.Id;
        Assert.Equal(second, (await service.Create(draft)).Tenant.Name);
    }

    private async Task<InventoryObject> Blue(string address) =>
        await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = "Blue" } });

    private async Task<LoadBalancerPool> Create(params PoolMember[] members)
    {
        var draft = await TestInventory.Pool(service);
        draft.Members.Clear();
        draft.Members.Add(members);
        return (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;
    }

    private AsyncUnaryCall<CreateVirtualServerResponse> Creating(V1.VirtualServer draft) =>
        service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft });
}
