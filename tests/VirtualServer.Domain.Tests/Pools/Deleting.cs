using VirtualServers.Domain.Tests.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.Pools.LoadBalancerPool>;
using Undeleted = VirtualServers.Domain.Undeleted<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class Deleting
{
    [Fact, Trait("case", "21")]
    public void Case_21_A_second_delete_is_not_found_unless_missing_is_allowed()
    {
        var deleted = Given(new Created(Shop)).When(new Delete()).Then(new Deleted(), again: NotFound);
        deleted.When(new Delete(AllowMissing: true)).ThenNothing();
    }

    [Fact, Trait("case", "22")]
    public void Case_22_A_referenced_pool_cannot_be_deleted_and_its_users_are_named()
    {
        var used = VirtualServerScenario.Web with { LoadBalancerPool = The.Id(1) };
        Given(new Created(Shop)).Beside(used with { Name = "api" }, 3).Beside(used).When(new Delete())
            .ThenRejected((InUse, "")).Naming("web").Saying("2 references", "\"api\"", "as load_balancer_pool");
    }

    [Fact, Trait("case", "22")]
    public void Case_22_An_unreferenced_pool_with_members_can_be_deleted() =>
        Given(new Created(Shop)).Beside(VirtualServerScenario.Web).When(new Delete()).Then(new Deleted(), again: NotFound);
}

public class Undeleting
{
    [Fact]
    public void Undelete_restores_the_pool_with_its_members() =>
        Given(new Created(Shop), Removed(Plain), new Deleted()).When(new Undelete()).Then(new Undeleted())
            .When(new Configure(AskedShop with { Members = new[] { AskedFull.Again(91) } })).ThenNothing();

    [Fact]
    public void Undelete_is_rejected_if_the_name_is_taken() =>
        Given(new Created(Web), new Deleted()).Beside(Web).When(new Undelete()).ThenRejected((NameTaken, "")).Naming("web");

    [Fact]
    public void Undelete_is_rejected_if_references_of_the_pool_or_its_members_no_longer_exist() =>
        Given(new Created(Shop), new Deleted()).Without(The.Monitor).Without(The.Tenant).Without(The.Backend).Without(The.OtherBackend)
            .Without(The.Certificate).Without(The.OtherMonitor).Without(The.OtherTenant)
            .When(new Undelete()).ThenRejected(
                [.. Enumerable.Repeat((ReferenceNotFound, ""), 7)])
            .Saying(
                "health_check_monitor refers to", "tenant refers to", "members.ip_address refers to",
                "members.certificate_profiles refers to", "members.health_check_monitor refers to", "members.tenant refers to")
            .Naming(The.Backend.Name).Naming(The.OtherBackend.Name).Naming(The.Certificate.Name);

    [Fact]
    public void Undelete_of_a_live_object_changes_nothing() => Given(new Created(Web)).When(new Undelete()).ThenNothing();

    [Fact]
    public void Undelete_of_an_unknown_id_is_not_found() => Given().When(new Undelete()).ThenRejected((NotFound, ""));
}
