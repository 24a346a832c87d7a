using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Undeleted = VirtualServers.Domain.Undeleted<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class Deleting
{
    [Fact, Trait("case", "21")]
    public void Case_21_A_second_delete_is_not_found() =>
        Given(new Created(Web)).When(new Delete()).Then(new Deleted(), again: NotFound)
            .When(new Delete()).ThenRejected((NotFound, "")).Saying("\"web\"", "does not exist");

    [Fact, Trait("case", "21")]
    public void Case_21_A_second_delete_succeeds_if_missing_is_allowed() =>
        Given(new Created(Web)).When(new Delete(AllowMissing: true)).Then(new Deleted());

    [Fact, Trait("case", "21")]
    public void Case_21_A_delete_of_an_unknown_id_is_not_found()
    {
        Given().When(new Delete()).ThenRejected((NotFound, ""));
        Given().When(new Delete(AllowMissing: true)).ThenNothing();
    }
}

public class Undeleting
{
    [Fact]
    public void Undelete_restores_the_state_before_the_delete()
    {
        var back = Given(new Created(Shop), new Deleted()).When(new Undelete()).Then(new Undeleted());
        back.When(new Configure(AskedShop)).ThenNothing();
    }

    [Fact]
    public void Undelete_restores_the_changes_before_the_delete() =>
        Given(new Created(Web), new Changed { Name = new("web", "store") }, new Disabled(), new Deleted()).When(new Undelete())
            .Then(new Undeleted())
            .When(new Configure(AskedWeb with { Name = "store", Enabled = false })).ThenNothing();

    [Fact]
    public void Undelete_of_a_live_object_changes_nothing() =>
        Given(new Created(Web)).When(new Undelete()).ThenNothing();

    [Fact]
    public void Undelete_of_an_unknown_id_is_not_found() =>
        Given().When(new Undelete()).ThenRejected((NotFound, ""));

    [Fact]
    public void Undelete_is_rejected_if_the_name_is_taken() =>
        Given(new Created(Web), new Deleted()).Beside(Web.On(80)).When(new Undelete()).ThenRejected((NameTaken, "")).Naming("web");

    [Fact]
    public void Undelete_is_rejected_if_the_listener_is_taken() =>
        Given(new Created(Web.On(80)), new Deleted()).Beside(Web.On(80) with { Name = "other" })
            .When(new Undelete()).ThenRejected((ListenerTaken, "")).Naming("other");

    [Fact]
    public void Undelete_is_rejected_if_references_no_longer_exist() =>
        Given(new Created(Shop), new Deleted()).Without(The.OtherVip).Without(The.Group).Without(The.Prefix).Without(The.Tenant)
            .Without(The.Monitor).Without(The.Pool).Without(The.Certificate)
            .When(new Undelete()).ThenRejected(
                [.. Enumerable.Repeat((ReferenceNotFound, ""), 7)])
            .Saying(
                "vip refers to", "device_redundancy_group refers to", "source_nat_pool refers to", "tenant refers to",
                "health_check_monitor refers to", "load_balancer_pool refers to", "certificate_profiles refers to")
            .Naming(The.Pool.Name).Naming(The.Certificate.Name);

    [Fact]
    public void All_violations_of_an_undelete_are_reported_at_once() =>
        Given(new Created(Shop), new Deleted()).Beside(Shop).Without(The.Pool)
            .When(new Undelete())
            .ThenRejected((NameTaken, ""), (ListenerTaken, ""), (ReferenceNotFound, ""));

    [Fact]
    public void Undelete_succeeds_beside_unrelated_objects() =>
        Given(new Created(Web), new Deleted()).Beside(Web.On(80) with { Name = "other" }).Without(The.Pool).When(new Undelete())
            .Then(new Undeleted());
}
