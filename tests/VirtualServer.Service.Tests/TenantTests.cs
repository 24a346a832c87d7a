using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>What a caller whose role is limited to a tenant sees and changes (docs/security.md, Tenants).</summary>
public sealed class TenantTests(TenantTests.World fixture) : IClassFixture<TenantTests.World>
{
    private readonly TestService service = fixture.Service;
    private readonly TenantWorld world = fixture.Tenants;
    private readonly Metadata alice = fixture.Alice;
    private readonly UsageService.UsageServiceClient usages = new(fixture.Service.Channel);

    [Fact]
    public async Task It_reads_the_objects_of_its_tenant_and_shared_ones_and_no_others()
    {
        Assert.Equal(world.Own.Name, (await Get(world.Own.Id)).Name);
        Assert.Equal(world.Shared.Name, (await Get(world.Shared.Id)).Name);
        var refusal = await Refusal.Of(
            service.VirtualServers.GetVirtualServerAsync(new() { Id = world.Hidden.Id }, alice), StatusCode.NotFound, "NOT_FOUND");
        Assert.Equal($"virtual server {world.Hidden.Id} does not exist", refusal.Message);
        await Refusal.Of(
            service.VirtualServers.GetVirtualServerAsync(new() { Name = world.Hidden.Name }, alice), StatusCode.NotFound, "NOT_FOUND");

        var list = await service.VirtualServers.ListVirtualServersAsync(new() { WithTotalSize = true }, alice);
        Assert.Equal([world.Shared.Id, world.Own.Id], list.VirtualServers.Select(server => server.Id));
        Assert.Equal(2, list.TotalSize);
        var summary = await service.VirtualServers.SummarizeVirtualServersAsync(new(), alice);
        Assert.Equal((2, 2), (summary.TotalCount, summary.HasConditionsCount));
        Assert.Equal([null, "acme"], summary.Tenants.Select(count => count.Tenant?.Name).Order());
    }

    [Fact]
    public async Task It_reads_and_changes_the_same_by_JSON_over_HTTP()
    {
        await Same("virtualServers", service.VirtualServers.ListVirtualServersAsync(new(), alice));
        await Same("virtualServers:summarize", service.VirtualServers.SummarizeVirtualServersAsync(new(), alice));
        await Same($"virtualServers/{world.Own.Id}", service.VirtualServers.GetVirtualServerAsync(new() { Id = world.Own.Id }, alice));
        await Same("loadBalancerPools", service.Pools.ListLoadBalancerPoolsAsync(new(), alice));
        await Same("healthCheckMonitors", service.Monitors.ListHealthCheckMonitorsAsync(new(), alice));
        await Same("certificateProfiles", service.Profiles.ListCertificateProfilesAsync(new(), alice));
        await Same("auditEntries", service.Past.ListAuditEntriesAsync(new(), alice));
        await Same(
            $"objects/{world.Own.Id}/versions", service.Past.ListVersionsAsync(new() { Target = new() { Id = world.Own.Id } }, alice));
        var changes = await service.Changes.ListChangesAsync(new(), alice);
        Assert.Equal(
            changes.Changes.Select(one => one.Change.EventId),
            (await Json("changes")).Json["changes"]!.AsArray().Select(one => (string?)one!["change"]!["eventId"]));
        await Same($"objects/{world.Own.Id}/usages", usages.ListUsagesAsync(new() { Id = world.Own.Id }, alice));

        Assert.Equal(404, (await Json($"virtualServers/{world.Hidden.Id}")).Status);
        Assert.Equal(200, (await Json($"virtualServers/{world.Own.Id}:disable", """{"validateOnly": true}""")).Status);
        var refused = await Json($"virtualServers/{world.Shared.Id}:disable", """{"validateOnly": true}""");
        Assert.Equal((403, "PERMISSION_DENIED"), (refused.Status, refused.Reason));
    }

    [Fact]
    public async Task A_reference_to_an_object_that_it_may_not_read_is_hidden()
    {
        var shared = await Get(world.Shared.Id);
        Assert.Equal(new Reference { Hidden = true }, shared.LoadBalancerPool);
        Assert.Equal(
            [new Reference { Hidden = true }, new Reference { Id = world.SharedProfile.Id, Name = world.SharedProfile.Name }],
            shared.CertificateProfiles.OrderBy(profile => profile.Id, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_condition_with_an_object_that_it_may_not_read_is_shown_without_its_name()
    {
        var conflict = (await Get(world.Own.Id)).Conditions.Single(condition => condition.Type == ConditionType.Conflicted);
        Assert.Equal(2, conflict.ObjectCount);
        Assert.Equal([world.Shared.Id], conflict.Objects.Select(other => other.Id));
        Assert.Contains("another object that you may not see", conflict.Message);
    }

    [Fact]
    public async Task A_name_and_a_listener_of_another_tenant_are_taken_by_an_object_that_it_may_not_see()
    {
        var draft = Draft(world.Hidden.Name);
        draft.Protocol = Protocol.Https;
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }, alice),
            StatusCode.AlreadyExists, "NAME_TAKEN");
        Assert.Contains("another object that you may not see", refusal.Message);
        Assert.Null(refusal.Clash);
        Assert.False(refusal.Info.Metadata.ContainsKey("id"));

        draft = Draft(TestInventory.Unique("web"));
        draft.Id = world.Hidden.Id;
        await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }, alice), StatusCode.AlreadyExists, "ID_TAKEN");
    }

    [Fact]
    public async Task It_refers_to_nothing_that_it_may_not_read()
    {
        foreach (var reference in new Reference[] { new() { Id = world.HiddenPool.Id }, new() { Name = world.HiddenPool.Name } })
        {
            var refusal = await Refusal.Of(
                service.VirtualServers.UpdateVirtualServerAsync(
                    new()
                    {
                        Id = world.Own.Id, VirtualServer = new() { LoadBalancerPool = reference },
                        UpdateMask = new() { Paths = { "load_balancer_pool" } },
                    }, alice), StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND");
            Assert.Contains("is not registered", refusal.Message);
        }
    }

    [Fact]
    public async Task It_changes_objects_of_its_tenant_only()
    {
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = world.Own.Id, ValidateOnly = true }, alice);
        var refusal = await Refusal.Of(
            service.VirtualServers.DisableVirtualServerAsync(new() { Id = world.Shared.Id }, alice),
            StatusCode.PermissionDenied, "PERMISSION_DENIED");
        Assert.Equal($"virtual server \"{world.Shared.Name}\" is shared: change objects of your tenants only", refusal.Message);
        await Refusal.Of(
            service.VirtualServers.DisableVirtualServerAsync(new() { Id = world.Hidden.Id }, alice), StatusCode.NotFound, "NOT_FOUND");
        await Refusal.Of(
            service.VirtualServers.DisableVirtualServerAsync(new() { Id = world.Shared.Id, ValidateOnly = true }, alice),
            StatusCode.PermissionDenied, "PERMISSION_DENIED");
    }

    [Fact]
    public async Task It_creates_objects_of_its_tenant_only_and_moves_none_out_of_it()
    {
        var draft = Draft(TestInventory.Unique("web"));
        draft.Protocol = Protocol.Udp;
        draft.Tenant = null;
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }, alice),
            StatusCode.PermissionDenied, "PERMISSION_DENIED");
        Assert.Equal($"virtual server \"{draft.Name}\" would be shared: set tenant to one of your tenants", refusal.Message);

        draft.Tenant = new() { Name = TenantWorld.Acme };
        var created = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }, alice)).VirtualServer;
        await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(
                new() { Id = created.Id, VirtualServer = new(), UpdateMask = new() { Paths = { "tenant" } } }, alice),
            StatusCode.PermissionDenied, "PERMISSION_DENIED");
        await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(
                new()
                {
                    Id = created.Id, VirtualServer = new() { Tenant = new() { Name = world.HiddenTenant } },
                    UpdateMask = new() { Paths = { "tenant" } },
                }, alice), StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND");
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = created.Id }, alice);
    }

    [Fact]
    public async Task Inventory_concerns_all_tenants()
    {
        var metadata = TestIssuer.Bearer(fixture.Issuer.Token("carol", "acme-registrar"));
        var refusal = await Refusal.Of(
            service.Inventory.UpsertInventoryObjectAsync(new() { InventoryObject = new() { Device = new() { Name = "lb-9" } } }, metadata),
            StatusCode.PermissionDenied, "PERMISSION_DENIED");
        Assert.Contains("concerns all", refusal.Message);
    }

    [Fact]
    public async Task A_page_token_of_another_caller_is_invalid()
    {
        var page = await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1 });
        await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1, PageToken = page.NextPageToken }, alice),
            StatusCode.InvalidArgument, "FIELD_INVALID");
    }

    [Fact]
    public async Task An_answer_to_a_request_id_is_repeated_only_to_callers_of_the_same_tenants()
    {
        var draft = Draft(TestInventory.Unique("web"));
        (draft.Protocol, draft.Tenant) = (Protocol.Sctp, new() { Name = world.HiddenTenant });
        var request = new CreateVirtualServerRequest { VirtualServer = draft, RequestId = Guid.NewGuid().ToString() };
        await service.VirtualServers.CreateVirtualServerAsync(request);
        await service.VirtualServers.CreateVirtualServerAsync(request);
        await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(request, alice), StatusCode.InvalidArgument, "REQUEST_ID_REUSED");
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Name = draft.Name });
    }

    [Fact]
    public async Task An_object_that_moves_between_tenants_shows_each_the_versions_that_were_its_own()
    {
        var draft = Draft(TestInventory.Unique("web"));
        (draft.Protocol, draft.Tenant) = (Protocol.Dns, new() { Name = world.HiddenTenant });
        var created = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        var moved = (await service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = created.Id, VirtualServer = new() { Tenant = new() { Name = TenantWorld.Acme } },
            UpdateMask = new() { Paths = { "tenant" } },
        })).VirtualServer;

        var versions = (await service.Past.ListVersionsAsync(new() { Target = new() { Id = created.Id } }, alice)).Versions;
        Assert.Equal([2], versions.Select(version => version.Version));
        Assert.DoesNotContain(world.HiddenTenant, $"{versions}");
        await Refusal.Of(
            service.Past.GetVersionAsync(new() { Target = new() { Id = created.Id }, At = new() { Version = 1 } }, alice),
            StatusCode.NotFound, "NOT_FOUND");
        await Refusal.Of(
            service.VirtualServers.GetVirtualServerAsync(new() { Id = created.Id, ReadTime = created.CreateTime }, alice),
            StatusCode.NotFound, "NOT_FOUND");
        Assert.Equal(
            2, (await service.VirtualServers.GetVirtualServerAsync(new() { Id = created.Id, ReadTime = moved.UpdateTime }, alice))
                .VirtualServer.Version);
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = created.Id });
    }

    [Fact]
    public async Task Where_used_lists_and_counts_the_users_that_it_may_read()
    {
        var first = await usages.ListUsagesAsync(new() { Id = world.Address.Id, PageSize = 1 }, alice);
        Assert.Equal(2, first.Counts.Single().Count);
        var rest = await usages.ListUsagesAsync(
            new() { Id = world.Address.Id, PageSize = 1, PageToken = first.NextPageToken }, alice);
        Assert.Equal(
            new[] { world.Own.Id, world.Shared.Id }.Order(StringComparer.Ordinal),
            first.Usages.Concat(rest.Usages).Select(usage => usage.By.Id).Order(StringComparer.Ordinal));
        Assert.Equal("", rest.NextPageToken);
    }

    [Fact]
    public async Task A_filter_by_the_members_of_a_pool_that_it_may_not_read_matches_nothing()
    {
        var address = world.HiddenPool.Members[0].IpAddress.Name;
        foreach (var caller in new[] { alice, [] })
        {
            var found = await service.VirtualServers.ListVirtualServersAsync(
                new() { Filter = new() { MemberAddresses = { new AddressFilter { Address = address } } } }, caller);
            Assert.Equal(ReferenceEquals(caller, alice), found.VirtualServers.Count == 0);
        }
    }

    [Fact]
    public async Task An_undelete_is_refused_when_an_object_that_it_may_not_read_is_gone()
    {
        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new()
        {
            LoadBalancerPool = new()
            {
                Name = TestInventory.Unique("hidden-later"), LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
                Tenant = new() { Name = world.HiddenTenant },
            },
        })).LoadBalancerPool;
        var draft = Draft(TestInventory.Unique("web"));
        (draft.Protocol, draft.LoadBalancerPool) = (Protocol.Icmp, new() { Id = pool.Id });
        var server = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id }, alice);
        await service.Pools.DeleteLoadBalancerPoolAsync(new() { Id = pool.Id });

        var refusal = await Refusal.Of(
            service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = server.Id }, alice),
            StatusCode.FailedPrecondition, "REFERENCE_NOT_FOUND");
        Assert.Contains("another object that you may not see", refusal.Message);
        Assert.DoesNotContain(pool.Id, refusal.Message);
    }

    [Fact]
    public async Task A_hidden_object_comes_last_in_the_sentence_of_a_condition()
    {
        // By its name, it would come before the shared one.
        var conflict = (await Get(world.Own.Id)).Conditions.Single(condition => condition.Type == ConditionType.Conflicted);
        Assert.True(
            conflict.Message.IndexOf(world.Shared.Name, StringComparison.Ordinal)
            < conflict.Message.IndexOf("another object", StringComparison.Ordinal), conflict.Message);
    }

    [Fact]
    public async Task A_time_at_which_an_object_was_of_another_tenant_has_no_state_of_it()
    {
        var draft = Draft(TestInventory.Unique("web"));
        draft.Protocol = Protocol.Grpc;
        var created = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        var away = await Move(created.Id, world.HiddenTenant);
        await Move(created.Id, TenantWorld.Acme);
        var target = new HistoryTarget { Id = created.Id };
        await Refusal.Of(
            service.Past.GetVersionAsync(new() { Target = target, At = new() { Time = away.UpdateTime } }, alice),
            StatusCode.NotFound, "NOT_FOUND");
        Assert.Equal(
            [3, 1], (await service.Past.ListVersionsAsync(new() { Target = target }, alice)).Versions.Select(version => version.Version));
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = created.Id });
    }

    private async Task<V1.VirtualServer> Move(string id, string tenant) =>
        (await service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = id, VirtualServer = new() { Tenant = new() { Name = tenant } }, UpdateMask = new() { Paths = { "tenant" } },
        })).VirtualServer;

    private async Task<V1.VirtualServer> Get(string id) =>
        (await service.VirtualServers.GetVirtualServerAsync(new() { Id = id }, alice)).VirtualServer;

    private Task<CurlAnswer> Json(string path, string? body = null) => Curl.Send(
        $"{service.HttpAddress}/v1/{path}", body is null ? "GET" : "POST", body,
        "--header", $"authorization: {alice.Get("authorization")!.Value}");

    private async Task Same<T>(string path, AsyncUnaryCall<T> call) where T : IMessage, new()
    {
        var answer = await Json(path);
        Assert.Equal(200, answer.Status);
        Assert.Equal(await call, JsonParser.Default.Parse(answer.Body, new T().Descriptor));
    }

    private V1.VirtualServer Draft(string name) => new()
    {
        Name = name, Vip = new() { Id = world.Address.Id }, Port = 443, LoadBalancerType = LoadBalancerType.Layer7,
        Device = new() { Name = "lb-1" }, Tenant = new() { Name = TenantWorld.Acme },
    };

    /// <summary>A service with two tenants, and a caller of one.</summary>
    public sealed class World : IAsyncLifetime
    {
        internal TestIssuer Issuer { get; } = new();

        internal TestService Service { get; private set; } = null!;

        internal TenantWorld Tenants { get; private set; } = null!;

        internal Metadata Alice { get; private set; } = [];

        public async Task InitializeAsync()
        {
            Service = await TestService.StartSecure(
                Issuer, null,
                [
                    TestService.WithHttp1, .. TenantWorld.Roles,
                    .. TestIssuer.Role("acme-registrar", "registry.read", "inventory.write"),
                    "Security:Roles:acme-registrar:Tenants:0=acme",
                ]);
            Tenants = await TenantWorld.Make(Service);
            Alice = TestIssuer.Bearer(Issuer.Token("alice", TenantWorld.Role));
        }

        public async Task DisposeAsync()
        {
            await Service.DisposeAsync();
            Issuer.Dispose();
        }
    }
}
