using VirtualServers.Domain.Pools;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class ReplacingMembers
{
    private static readonly MemberDraft AskedNew = AskedPlain.Again(83) with { Port = 81 };

    // The required fields of Full.
    private static readonly MemberDraft BareFull = new(The.Id(92)) { IpAddress = The.OtherBackend.ById, Port = 8443 };

    private static readonly Member New = Plain with { Id = The.Id(83), Endpoint = new(The.Backend.Id, 81) };

    [Fact]
    public void The_same_members_in_any_order_keep_their_ids_and_change_nothing()
    {
        var shop = Given(new Created(Shop));
        shop.When(new ReplaceMembers([AskedPlain.Again(91), AskedFull.Again(92)])).ThenNothing();
        shop.When(new ReplaceMembers([AskedFull.Again(91), AskedPlain.Again(92) with { IpAddress = The.Backend.ByName }])).ThenNothing();
        shop.When(new ReplaceMembers([AskedFull.Again(91), AskedPlain.Again(92)], AdditiveOnly: true)).ThenNothing();
        shop.When(new ReplaceMembers([AskedPlain.Again(91)], AdditiveOnly: true)).ThenNothing();
        shop.When(new ReplaceMembers([], AdditiveOnly: true)).ThenNothing();
        Given(new Created(Web)).When(new ReplaceMembers([])).ThenNothing();
    }

    [Fact]
    public void A_replacement_adds_changes_and_removes_members() =>
        Given(new Created(Shop)).When(new ReplaceMembers([AskedNew, AskedPlain.Again(92) with { Label = "first rack" }]))
            .Then(new Changed { Members = new([New], [Plain], [Plain with { Label = "first rack" }], [Full]) });

    [Fact]
    public void An_additive_replacement_keeps_the_members_that_are_not_listed() =>
        Given(new Created(Shop))
            .When(new ReplaceMembers([AskedNew, AskedPlain.Again(92) with { Label = "first rack" }], AdditiveOnly: true))
            .Then(new Changed { Members = new([New], [Plain], [Plain with { Label = "first rack" }], []) });

    // domain.md, section 2: the set keeps what the wanted member leaves unset (status, label: a drained member stays drained).
    [Fact]
    public void A_replaced_member_keeps_its_status_and_label_and_loses_the_other_values_that_are_not_given()
    {
        var kept = Altered(Full, Full with { Tls = Tls.None, HealthCheckMonitor = null, Tenant = null });
        var shop = Given(new Created(Shop));
        shop.When(new ReplaceMembers([AskedPlain, BareFull])).Then(kept);
        shop.When(new ReplaceMembers([BareFull], AdditiveOnly: true)).Then(kept);
        shop.When(new ReplaceMembers([AskedPlain, BareFull with { Status = null, Label = null }])).Then(kept);
        shop.When(new Configure(new() { Members = new[] { AskedPlain, BareFull } })).Then(kept);
    }

    [Fact]
    public void A_status_or_label_that_is_given_replaces_the_current_one_and_an_empty_label_clears_it() =>
        Given(new Created(Shop))
            .When(new ReplaceMembers([AskedPlain, AskedFull.Again(92) with { Status = MemberStatus.Active, Label = "" }]))
            .Then(Altered(Full, Full with { Status = MemberStatus.Active, Label = "" }));

    [Fact]
    public void A_new_member_without_a_status_is_active() =>
        Given(new Created(Shop)).When(new ReplaceMembers([BareFull with { Port = 8444 }], AdditiveOnly: true))
            .Then(Added(Plain with { Id = The.Id(92), Endpoint = new(The.OtherBackend.Id, 8444) }));

    [Fact]
    public void An_empty_list_removes_all_members() =>
        Given(new Created(Shop)).When(new ReplaceMembers([])).Then(Removed(Plain, Full));

    [Fact]
    public void A_duplicate_member_is_rejected_in_any_notation()
    {
        var shop = Given(new Created(Shop));
        var again = AskedPlain.Again(91);
        foreach (var duplicate in new[] { again, again with { IpAddress = The.Backend.ByName }, again with { Label = "another" } })
            shop.When(new ReplaceMembers([AskedFull, AskedPlain, duplicate])).ThenRejected((FieldInvalid, "members[2]"))
                .Saying("members[1]");
        shop.When(new ReplaceMembers([AskedNew, AskedNew.Again(91)], AdditiveOnly: true)).ThenRejected((FieldInvalid, "members[1]"));
    }

    [Fact]
    public void All_violations_are_reported_at_once() =>
        Given(new Created(Shop))
            .When(new ReplaceMembers(
                [AskedPlain with { Port = null }, AskedFull with { Status = (MemberStatus)6, Tenant = The.Pool.ById }, new(The.Id(91))]))
            .ThenRejected(
                (FieldRequired, "members[0].port"), (FieldInvalid, "members[1].status"), (ReferenceNotFound, "members[1].tenant"),
                (FieldRequired, "members[2].ip_address"), (FieldRequired, "members[2].port"));

    [Fact]
    public void More_than_a_thousand_are_rejected()
    {
        var (asked, members) = Many(1001);
        Given(new Created(Shop)).When(new ReplaceMembers(asked)).ThenRejected((FieldInvalid, Field.Members)).Saying("1001", "1000");
        Given(new Created(Shop)).When(new ReplaceMembers(asked, AdditiveOnly: true)).ThenRejected((FieldInvalid, Field.Members));
        Given(new Created(Shop)).When(new ReplaceMembers(asked[..1000]))
            .Then(new Changed { Members = new([.. members[..1000]], [], [], [Plain, Full]) });
    }

    [Fact]
    public void Kept_members_count_toward_the_maximum()
    {
        var (asked, _) = Many(999);
        Given(new Created(Shop)).When(new ReplaceMembers(asked, AdditiveOnly: true)).ThenRejected((FieldInvalid, Field.Members))
            .Saying("1001", "1000");
        Given(new Created(Shop)).When(new ReplaceMembers([.. asked, AskedPlain], AdditiveOnly: true))
            .ThenRejected((FieldInvalid, Field.Members));
        Assert.IsType<Decision<Event<LoadBalancerPool>>.Accepted>(Given(new Created(Web.With(Plain)))
            .When(new ReplaceMembers([.. asked, AskedPlain], AdditiveOnly: true)).Decision);
    }

    [Fact]
    public void A_missing_pool_is_reported_together_with_malformed_fields()
    {
        Given(new Created(Shop), new Deleted()).When(new ReplaceMembers([])).ThenRejected((NotFound, ""));
        Given().When(new ReplaceMembers([AskedPlain, AskedFull with { Port = -1 }]))
            .ThenRejected((NotFound, ""), (FieldInvalid, "members[1].port"));
    }
}
