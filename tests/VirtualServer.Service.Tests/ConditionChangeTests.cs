using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.V1.ConditionType;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>
/// What would happen: a command that is only validated shows the conditions that it would lead to, on its virtual server and on others, and
/// a real one does when it is asked to. Each test compares both with what is read afterwards.
/// </summary>
public sealed class ConditionChangeTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task A_create_begins_a_conflict_on_both_sides()
    {
        var https = await TestInventory.Create(service);
        var create = new CreateVirtualServerRequest
        {
            VirtualServer = new(https) { Id = $"{Guid.CreateVersion7()}", Name = TestInventory.Unique("web"), Protocol = Protocol.Tcp },
        };
        var tcp = create.VirtualServer;
        var answer = await Happens<CreateVirtualServerResponse>(
            create, Begins(tcp, ExpectedCondition.Conflict(https)), Begins(https, ExpectedCondition.Conflict(tcp)));
        Assert.Equal($"{ExpectedCondition.Conflict(https)}", ExpectedCondition.Describe(Assert.Single(answer.VirtualServer.Conditions)));
        await service.ShowsConflict(tcp, https);
    }

    [Fact]
    public async Task A_change_of_port_a_disable_and_a_delete_end_a_conflict_on_both_sides_and_their_opposites_begin_it()
    {
        var (tcp, https) = await Pair();
        Told[] ends = [Ends(tcp, ExpectedCondition.Conflict(https)), Ends(https, ExpectedCondition.Conflict(tcp))];
        Told[] begins = [Begins(tcp, ExpectedCondition.Conflict(https)), Begins(https, ExpectedCondition.Conflict(tcp))];

        var moved = await Happens<UpdateVirtualServerResponse>(ShortForms.Updating(tcp.Id, new() { Port = 80 }), ends);
        Assert.Empty(moved.VirtualServer.Conditions);
        await Happens<UpdateVirtualServerResponse>(ShortForms.Updating(tcp.Id, new() { Port = 443 }), begins);
        await Happens<DisableVirtualServerResponse>(new DisableVirtualServerRequest { Id = tcp.Id }, ends);
        await Happens<EnableVirtualServerResponse>(new EnableVirtualServerRequest { Id = tcp.Id }, begins);
        var deleted = await Happens<DeleteVirtualServerResponse>(new DeleteVirtualServerRequest { Id = tcp.Id }, ends);
        Assert.Empty(deleted.VirtualServer.Conditions);
        var undeleted = await Happens<UndeleteVirtualServerResponse>(new UndeleteVirtualServerRequest { Id = tcp.Id }, begins);
        Assert.Equal(Conflicted, Assert.Single(undeleted.VirtualServer.Conditions).Type);
    }

    [Fact]
    public async Task A_revert_to_a_port_in_conflict_begins_the_conflict_on_both_sides()
    {
        var (tcp, https) = await Pair();
        await service.Update(tcp.Id, new() { Port = 80 });
        var reverted = await Happens<RevertObjectResponse>(
            new RevertObjectRequest { Target = new() { Id = tcp.Id }, To = new() { Version = 1 } },
            Begins(tcp, ExpectedCondition.Conflict(https)), Begins(https, ExpectedCondition.Conflict(tcp)));
        Assert.Equal(Conflicted, Assert.Single(reverted.Object.VirtualServer.Conditions).Type);
    }

    [Fact]
    public async Task A_further_conflict_begins_with_the_further_virtual_server_only()
    {
        var (tcp, https) = await Pair();
        var third = new V1.VirtualServer(tcp)
        {
            Id = $"{Guid.CreateVersion7()}",
            Name = TestInventory.Unique("web"),
            Protocol = Protocol.Http,
        };
        var answer = await Happens<CreateVirtualServerResponse>(
            new CreateVirtualServerRequest { VirtualServer = third },
            Begins(third, ExpectedCondition.Conflict(new[] { tcp, https }.OrderBy(other => other.Name, StringComparer.Ordinal))),
            Begins(tcp, ExpectedCondition.Conflict(third)),
            Begins(https, ExpectedCondition.Conflict(third)));
        Assert.Equal(2, Assert.Single(answer.VirtualServer.Conditions).ObjectCount);
    }

    [Fact]
    public async Task A_condition_of_the_virtual_server_alone_begins_and_ends()
    {
        var known = await TestInventory.Create(service);
        var answer = await Happens<UpdateVirtualServerResponse>(
            ShortForms.Updating(known.Id, new(), "load_balancer_pool"), Begins(known, new(PoolUnset)));
        Assert.Equal(PoolUnset, Assert.Single(answer.VirtualServer.Conditions).Type);
        await Happens<UpdateVirtualServerResponse>(
            ShortForms.Updating(known.Id, new() { LoadBalancerPool = new() { Name = "pool-1" }, SslOffload = true }),
            Begins(known, new(CertificatesMissing)),
            Ends(known, new(PoolUnset)));
        var unrelated = await Happens<UpdateVirtualServerResponse>(ShortForms.Updating(known.Id, new() { Description = "changed" }));
        Assert.Equal(CertificatesMissing, Assert.Single(unrelated.VirtualServer.Conditions).Type);
    }

    [Fact]
    public async Task Names_that_differ_only_by_case_are_told_on_both_sides()
    {
        var (one, other) = (await TestInventory.Create(service), await TestInventory.Create(service));
        var renamed = new V1.VirtualServer(other) { Name = one.Name.ToUpperInvariant() };
        await Happens<UpdateVirtualServerResponse>(
            ShortForms.Updating(other.Id, new() { Name = renamed.Name }),
            Begins(renamed, ExpectedCondition.Case(one)),
            Begins(one, ExpectedCondition.Case(renamed)));
        await Happens<UpdateVirtualServerResponse>(
            ShortForms.Updating(other.Id, new() { Name = other.Name }),
            Ends(renamed, ExpectedCondition.Case(one)),
            Ends(one, ExpectedCondition.Case(renamed)));
    }

    [Fact]
    public async Task The_virtual_servers_of_a_pool_that_loses_its_last_member_are_told_with_every_command_that_does_it()
    {
        var pool = await service.Add(Kind.LoadBalancerPool, "pool");
        V1.VirtualServer[] servers = [await On(pool), await On(pool)];
        var member = (await Pool(pool)).Members[0];
        var empty = ExpectedCondition.With(PoolEmpty, V1.Kind.LoadBalancerPool, pool);
        Told[] begins = [.. servers.Select(server => Begins(server, empty))];
        Told[] ends = [.. servers.Select(server => Ends(server, empty))];
        var added = new PoolMember { IpAddress = member.IpAddress, Port = member.Port };

        await Happens<RemovePoolMemberResponse>(
            new RemovePoolMemberRequest { Id = pool.Id, Endpoint = new() { IpAddress = member.IpAddress, Port = member.Port } }, begins);
        await Happens<AddPoolMemberResponse>(new AddPoolMemberRequest { Id = pool.Id, Member = added }, ends);
        await Happens<ReplacePoolMembersResponse>(new ReplacePoolMembersRequest { Id = pool.Id }, begins);
        await Happens<ReplacePoolMembersResponse>(new ReplacePoolMembersRequest { Id = pool.Id, Members = { added } }, ends);
        await Happens<UpdateLoadBalancerPoolResponse>(
            new UpdateLoadBalancerPoolRequest { Id = pool.Id, LoadBalancerPool = new(), UpdateMask = new() { Paths = { "members" } } },
            begins);
        await Happens<UpdateLoadBalancerPoolResponse>(
            new UpdateLoadBalancerPoolRequest { Id = pool.Id, LoadBalancerPool = new() { Members = { added } } }, ends);
    }

    [Fact]
    public async Task A_pool_that_changes_its_tenant_tells_the_virtual_servers_of_another_tenant()
    {
        var pool = await service.Add(Kind.LoadBalancerPool, "pool");
        var tenant = await service.Upsert(new() { Tenant = new() { Name = TestInventory.Unique("tenant") } });
        var server = await service.Update((await On(pool)).Id, new() { Tenant = new() { Name = "acme" } });
        var mismatch = ExpectedCondition.With(TenantMismatch, V1.Kind.LoadBalancerPool, pool);
        await Happens<UpdateLoadBalancerPoolResponse>(
            new UpdateLoadBalancerPoolRequest { Id = pool.Id, LoadBalancerPool = new() { Tenant = new() { Id = tenant.Id } } },
            Begins(server, mismatch));
        await Happens<UpdateLoadBalancerPoolResponse>(
            new UpdateLoadBalancerPoolRequest { Id = pool.Id, LoadBalancerPool = new() { Tenant = new() { Name = "acme" } } },
            Ends(server, mismatch));
    }

    [Fact]
    public async Task A_certificate_profile_that_gets_another_date_and_a_rotation_tell_the_virtual_servers_that_use_it()
    {
        var (old, next) = (
            await service.Add(Kind.CertificateProfile, "certificate"), await service.Add(Kind.CertificateProfile, "certificate"));
        var draft = await TestInventory.Draft(service);
        draft.SslOffload = true;
        draft.CertificateProfiles.Add(old);
        var server = await service.Create(draft);
        var expired = ExpectedCondition.With(CertificateExpired, V1.Kind.CertificateProfile, old);
        var expiring = ExpectedCondition.With(CertificateExpiring, V1.Kind.CertificateProfile, old);

        await Happens<UpdateCertificateProfileResponse>(Expiring(old, -1), Begins(server, expired));
        await Happens<UpdateCertificateProfileResponse>(Expiring(old, 1), Ends(server, expired), Begins(server, expiring));
        await Happens<RotateCertificateProfileResponse>(
            new RotateCertificateProfileRequest { From = old, To = next }, Ends(server, expiring));
        await service.ShowsNone(server);
    }

    [Fact]
    public async Task A_prefix_and_a_vip_that_change_their_IP_family_tell_the_virtual_server()
    {
        var prefix = await service.Upsert(new() { Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } });
        var server = await service.Create(new(await TestInventory.Draft(service))
        {
            SourceNatPool = new() { Id = prefix.Id },
            SourceNatType = SourceNatType.Pool,
        });
        var six = new InventoryObject(prefix) { Etag = "", Prefix = new() { Prefix_ = $"2001:db8:{Random.Shared.Next(1, 65535):x}::/48" } };
        var mismatch = ExpectedCondition.With(
            NatFamilyMismatch, V1.Kind.Prefix, new Reference { Id = prefix.Id, Name = six.Prefix.Prefix_ });
        await Happens<UpsertInventoryObjectResponse>(
            new UpsertInventoryObjectRequest { InventoryObject = six }, Begins(server, mismatch));
        await Happens<UpsertInventoryObjectResponse>(
            new UpsertInventoryObjectRequest
            {
                InventoryObject = new()
                {
                    Id = server.Vip.Id,
                    IpAddress = new() { Address = $"2001:db8::{Random.Shared.Next(1, 65535):x}:{Random.Shared.Next(1, 65535):x}" },
                },
            },
            Ends(server, mismatch));
    }

    [Fact]
    public async Task The_first_hundred_changes_are_listed_and_all_are_counted()
    {
        var pool = await service.Add(Kind.LoadBalancerPool, "pool");
        for (var i = 0; i < 103; i++) await On(pool);
        var answer = await service.Pools.ReplacePoolMembersAsync(new() { Id = pool.Id, ValidateOnly = true });
        Assert.Equal((100, 103), (answer.ConditionChanges.Count, answer.ConditionChangeCount));
        Assert.Equal(
            answer.ConditionChanges.Select(change => change.VirtualServer.Name).Order(StringComparer.Ordinal),
            answer.ConditionChanges.Select(change => change.VirtualServer.Name));
    }

    [Theory]
    [InlineData(CommandView.Unspecified)]
    [InlineData(CommandView.Basic)]
    public async Task A_real_command_shows_no_conditions_unless_it_is_asked_to(CommandView view)
    {
        var answer = await service.VirtualServers.CreateVirtualServerAsync(new()
        {
            VirtualServer = new(await TestInventory.Draft(service)) { LoadBalancerPool = null },
            View = view,
        });
        Assert.Empty(answer.VirtualServer.Conditions);
        Assert.Empty(answer.ConditionChanges);
        Assert.Equal(0, answer.ConditionChangeCount);
        await service.Shows(answer.VirtualServer, new ExpectedCondition(PoolUnset));
    }

    [Fact]
    public async Task An_unknown_view_is_rejected()
    {
        var refusal = await Refusal.Of(
            service.VirtualServers.EnableVirtualServerAsync(new() { Name = "nobody", View = (CommandView)9 }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(["view"], refusal.Fields);
    }

    [Fact]
    public async Task Of_two_concurrent_commands_that_cause_a_conflict_the_later_one_shows_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var draft = await TestInventory.Draft(service);
            var answers = await Task.WhenAll(new[] { Protocol.Tcp, Protocol.Https, Protocol.Http2 }.Select(async protocol =>
                await service.VirtualServers.CreateVirtualServerAsync(new()
                {
                    VirtualServer = new(draft) { Name = TestInventory.Unique("web"), Protocol = protocol },
                    View = CommandView.WithConditions,
                })));
            Assert.Equal([0, 1, 2], answers.Select(Others).Order());
        }

        static int Others(CreateVirtualServerResponse answer) => (int)answer.VirtualServer.Conditions.Sum(shown => shown.ObjectCount);
    }

    // Validates the command, executes it, and expects these changes of both.
    private async Task<TAnswer> Happens<TAnswer>(IMutation request, params Told[] expected) where TAnswer : IConditionResponse
    {
        var prepared = new Prepared(request, "", "");
        var before = await service.Everything();
        var trial = (TAnswer)await service.Send(prepared.Trial);
        Assert.Equal(before, await service.Everything());
        Assert.Equal(expected.Select(told => $"{told}").Order(), trial.ConditionChanges.Select(Describe).Order());
        Assert.Equal(expected.Length, trial.ConditionChangeCount);
        Assert.All(trial.ConditionChanges, change => Assert.Matches("^[a-z].*[^. ]$", change.Condition.Message));

        var answer = (TAnswer)await service.Send(prepared.ShowingConditions);
        Assert.Equal(trial.ConditionChanges, answer.ConditionChanges);
        Assert.Equal(trial.ConditionChangeCount, answer.ConditionChangeCount);
        return answer;
    }

    private static string Describe(ConditionChange change) =>
        $"{change.Transition} {change.VirtualServer.Id} {change.VirtualServer.Name} {ExpectedCondition.Describe(change.Condition)}";

    private static Told Begins(V1.VirtualServer server, ExpectedCondition condition) => new(ConditionTransition.Begins, server, condition);

    private static Told Ends(V1.VirtualServer server, ExpectedCondition condition) => new(ConditionTransition.Ends, server, condition);

    private async Task<(V1.VirtualServer Tcp, V1.VirtualServer Https)> Pair()
    {
        var https = await TestInventory.Create(service);
        return (await service.Create(new(https) { Id = "", Name = TestInventory.Unique("web"), Protocol = Protocol.Tcp }), https);
    }

    private async Task<V1.VirtualServer> On(Reference pool) =>
        await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = pool });

    private async Task<LoadBalancerPool> Pool(Reference pool) =>
        (await service.Pools.GetLoadBalancerPoolAsync(new() { Id = pool.Id })).LoadBalancerPool;

    private static UpdateCertificateProfileRequest Expiring(Reference profile, int days) => new()
    {
        Id = profile.Id,
        CertificateProfile = new()
        {
            ExpirationDate = Timestamp.FromDateTime(DateTime.UtcNow.AddDays(days)),
        },
    };

    /// <summary>An expected change of a condition.</summary>
    private sealed record Told(ConditionTransition Transition, V1.VirtualServer Server, ExpectedCondition Condition)
    {
        public override string ToString() => $"{Transition} {Server.Id} {Server.Name} {Condition}";
    }
}
