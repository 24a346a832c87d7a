using VirtualServers.Domain.Pools;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class AddingMembers
{
    [Fact]
    public void An_added_member_is_one_event() =>
        Given(new Created(Web)).When(new AddMember(AskedPlain)).Then(Added(Plain)).When(new AddMember(AskedFull)).Then(Added(Full));

    [Fact]
    public void A_repeated_add_changes_nothing()
    {
        var shop = Given(new Created(Shop));
        shop.When(new AddMember(AskedFull.Again(91))).ThenNothing();
        var inAnotherNotation = AskedPlain.Again(91) with { IpAddress = The.Backend.ByName, Status = MemberStatus.Active, Label = " " };
        shop.When(new AddMember(inAnotherNotation with { SslOffload = false })).ThenNothing();
    }

    [Fact]
    public void Different_content_at_a_taken_endpoint_is_rejected_and_the_holder_is_named()
    {
        Taken(AskedPlain with { Label = "another" });
        Taken(AskedPlain with { Status = MemberStatus.Failed });
        Taken(AskedPlain with { SslOffload = true });
        Taken(AskedPlain with { Tenant = The.Tenant.ById });

        static void Taken(MemberDraft draft) =>
            Given(new Created(Shop)).When(new AddMember(draft.Again(91)))
                .ThenRejected((MemberTaken, "member.ip_address"), (MemberTaken, "member.port")).Saying($"{Plain.Id}");
    }

    [Fact]
    public void A_different_port_or_address_is_a_different_member()
    {
        var shop = Given(new Created(Shop));
        shop.When(new AddMember(AskedPlain.Again(83) with { Port = 0 }))
            .Then(Added(Plain with { Id = The.Id(83), Endpoint = new(The.Backend.Id, 0) }));
        shop.When(new AddMember(AskedPlain.Again(83) with { IpAddress = The.OtherBackend.ById }))
            .Then(Added(Plain with { Id = The.Id(83), Endpoint = new(The.OtherBackend.Id, 80) }));
    }

    [Fact]
    public void All_missing_fields_are_reported_at_once() =>
        Given(new Created(Shop)).When(new AddMember(new(The.Id(91))))
            .ThenRejected((FieldRequired, "member.ip_address"), (FieldRequired, "member.port"));

    [Fact]
    public void All_violations_are_reported_at_once() =>
        Given(new Created(Shop)).When(new AddMember(AskedPlain.Again(91) with { Label = "\0", HealthCheckMonitor = The.Tenant.ById }))
            .ThenRejected((MemberTaken, "member.ip_address"), (MemberTaken, "member.port"), (FieldInvalid, "member.label"),
                (ReferenceNotFound, "member.health_check_monitor"));

    [Fact]
    public void A_member_without_a_port_does_not_match_port_0() =>
        Given(new Created(Web.With(Plain with { Endpoint = new(The.Backend.Id, 0) })))
            .When(new AddMember(AskedPlain.Again(91) with { Port = null })).ThenRejected((FieldRequired, "member.port"));

    [Fact]
    public void A_full_pool_rejects_a_new_member_and_accepts_a_repeated_one()
    {
        var (asked, members) = Many(1000);
        var full = Given(new Created(Web.With(members)));
        full.When(new AddMember(AskedPlain)).ThenRejected((FieldInvalid, MemberDraft.OneField)).Saying("1001", "1000");
        full.When(new AddMember(asked[500].Again(91))).ThenNothing();
        Given(new Created(Web.With(members[1..]))).When(new AddMember(AskedPlain)).Then(Added(Plain));
    }

    [Fact]
    public void A_missing_pool_is_not_found()
    {
        Given().When(new AddMember(AskedPlain)).ThenRejected((NotFound, ""));
        Given(new Created(Web), new Deleted()).When(new AddMember(AskedPlain)).ThenRejected((NotFound, ""));
    }

    [Fact]
    public void A_missing_pool_is_reported_together_with_malformed_fields() =>
        Given().When(new AddMember(AskedPlain with { Port = -1 })).ThenRejected((NotFound, ""), (FieldInvalid, "member.port"));
}
