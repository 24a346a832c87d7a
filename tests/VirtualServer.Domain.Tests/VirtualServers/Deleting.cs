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
    public void Case_21_A_second_delete_finds_nothing() =>
        Given(new Created(Web)).When(new Delete()).Then(new Deleted(), again: NotFound)
            .When(new Delete()).ThenRejected((NotFound, "")).Saying("\"web\"", "does not exist");

    [Fact, Trait("case", "21")]
    public void Case_21_A_second_delete_that_allows_for_it_is_fine() =>
        Given(new Created(Web)).When(new Delete(AllowMissing: true)).Then(new Deleted());

    [Fact, Trait("case", "21")]
    public void Case_21_Nothing_can_be_deleted_that_never_was()
    {
        Given().When(new Delete()).ThenRejected((NotFound, ""));
        Given().When(new Delete(AllowMissing: true)).ThenNothing();
    }
}

public class Undeleting
{
    [Fact]
    public void It_comes_back_as_it_was()
    {
        var back = Given(new Created(Shop), new Deleted()).When(new Undelete()).Then(new Undeleted());
        back.When(new Configure(AskedShop)).ThenNothing();
    }

    [Fact]
    public void It_comes_back_with_all_that_had_changed() =>
        Given(new Created(Web), new Changed { Name = new("web", "store") }, new Disabled(), new Deleted()).When(new Undelete()).Then(new Undeleted())
            .When(new Configure(AskedWeb with { Name = "store", Enabled = false })).ThenNothing();

    [Fact]
    public void What_lives_is_back_already() =>
        Given(new Created(Web)).When(new Undelete()).ThenNothing();

    [Fact]
    public void What_never_was_can_not_come_back() =>
        Given().When(new Undelete()).ThenRejected((NotFound, ""));

    [Fact]
    public void Its_name_may_be_taken_by_now() =>
        Given(new Created(Web), new Deleted()).Beside(Web.On(80)).When(new Undelete()).ThenRejected((NameTaken, Field.Name)).Naming("web");

    [Fact]
    public void Its_listener_may_be_taken_by_now() =>
        Given(new Created(Web.On(80)), new Deleted()).Beside(Web.On(80) with { Name = "other" })
            .When(new Undelete()).ThenRejected((ListenerTaken, Field.Vip)).Naming("other");

    [Fact]
    public void What_it_refers_to_may_be_gone_by_now() =>
        Given(new Created(Shop), new Deleted()).Without(The.OtherVip).Without(The.Group).Without(The.Prefix).Without(The.Tenant)
            .Without(The.Monitor).Without(The.Pool).Without(The.Certificate)
            .When(new Undelete()).ThenRejected(
                (ReferenceNotFound, Field.Vip), (ReferenceNotFound, "device_redundancy_group"), (ReferenceNotFound, Field.SourceNatPool),
                (ReferenceNotFound, Field.Tenant), (ReferenceNotFound, Field.HealthCheckMonitor), (ReferenceNotFound, Field.LoadBalancerPool),
                (ReferenceNotFound, Field.CertificateProfiles))
            .Naming(The.Pool.Name).Naming(The.Certificate.Name);

    [Fact]
    public void All_that_keeps_it_away_is_told_at_once() =>
        Given(new Created(Shop), new Deleted()).Beside(Shop).Without(The.Pool)
            .When(new Undelete()).ThenRejected((NameTaken, Field.Name), (ListenerTaken, Field.Vip), (ReferenceNotFound, Field.LoadBalancerPool));

    [Fact]
    public void Once_nothing_keeps_it_away_it_comes_back() =>
        Given(new Created(Web), new Deleted()).Beside(Web.On(80) with { Name = "other" }).Without(The.Pool).When(new Undelete()).Then(new Undeleted());
}
