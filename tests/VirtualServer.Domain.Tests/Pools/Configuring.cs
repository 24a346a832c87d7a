using VirtualServers.Domain.Pools;
using VirtualServers.Domain.Tests.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.Pools.LoadBalancerPool>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.Pools.LoadBalancerPool>;

namespace VirtualServers.Domain.Tests.Pools;

public class Configuring
{
    // Every field: what is asked of Shop, and the one facet that differs then, with what it was and what it is.
    private static readonly Dictionary<string, (Draft Asked, Changed Expected)> Fields = new()
    {
        [Field.Name] = (new() { Name = "store" }, new() { Name = new("shop", "store") }),
        [Field.LoadBalancingAlgorithm] =
            (new() { LoadBalancingAlgorithm = LoadBalancingAlgorithm.UrlHash }, new() { Algorithm = new(LoadBalancingAlgorithm.LeastConnections, LoadBalancingAlgorithm.UrlHash) }),
        [Field.HealthCheckMonitor] = (new() { HealthCheckMonitor = The.OtherMonitor.ById }, new() { HealthCheckMonitor = new(The.Monitor.Id, The.OtherMonitor.Id) }),
        [Field.Tenant] = (new() { Tenant = The.OtherTenant.ById }, new() { Tenant = new(The.Tenant.Id, The.OtherTenant.Id) }),
        [Field.Labels] = (new() { Labels = VirtualServerScenario.Pairs(("stage", "test")) }, new() { Labels = new(Shop.Labels, new([new("stage", "test")])) }),
        [Field.Description] = (new() { Description = "Moved." }, new() { Description = new(Shop.Description, "Moved.") }),
        [Field.Members] = (new() { Members = new[] { AskedFull } }, Removed(Plain)),
    };

    public static TheoryData<string> FieldNames => [.. Fields.Keys];

    [Theory, MemberData(nameof(FieldNames))]
    public void What_the_mask_does_not_name_stays(string field) =>
        Given(new Created(Shop)).When(new Configure(Fields[field].Asked)).Then(Fields[field].Expected);

    [Fact]
    public void Every_field_of_a_pool_is_tried() =>
        Assert.Equal(typeof(Draft).GetProperties().Length, Fields.Count);

    // Every field that may be unset: how it is cleared, and what Shop is without it.
    private static readonly Dictionary<string, (Draft Cleared, Changed Expected)> Optional = new()
    {
        [Field.HealthCheckMonitor] = (new() { HealthCheckMonitor = null }, new() { HealthCheckMonitor = new(The.Monitor.Id, null) }),
        [Field.Tenant] = (new() { Tenant = null }, new() { Tenant = new(The.Tenant.Id, null) }),
        [Field.Labels] = (new() { Labels = VirtualServerScenario.Pairs() }, new() { Labels = new(Shop.Labels, Labels.None) }),
        [Field.Description] = (new() { Description = null }, new() { Description = new(Shop.Description, "") }),
        [Field.Members] = (new() { Members = Array.Empty<MemberDraft>() }, Removed(Plain, Full)),
    };

    public static TheoryData<string> OptionalNames => [.. Optional.Keys];

    [Theory, MemberData(nameof(OptionalNames))]
    public void Naming_an_optional_field_without_a_value_clears_it(string field) =>
        Given(new Created(Shop)).When(new Configure(Optional[field].Cleared)).Then(Optional[field].Expected);

    [Fact]
    public void A_required_field_can_not_be_cleared() =>
        Given(new Created(Shop)).When(new Configure(new() { Name = null, LoadBalancingAlgorithm = null })).ThenRejected((FieldRequired, Field.Name), (FieldRequired, Field.LoadBalancingAlgorithm));

    [Fact]
    public void The_members_that_an_update_names_are_the_whole_set_and_keep_their_ids_where_they_stay() =>
        Given(new Created(Shop)).When(new Configure(new() { Description = "Moved.", Members = new[] { AskedPlain.Again(91) with { Label = "first rack" }, AskedPlain.Again(92) with { Port = 81 } } }))
            .Then(new Changed
            {
                Description = new(Shop.Description, "Moved."),
                Members = new([Plain with { Id = The.Id(92), Endpoint = new(The.Backend.Id, 81) }], [Plain], [Plain with { Label = "first rack" }], [Full]),
            });

    [Fact, Trait("case", "19")]
    public void Case_19_The_same_content_with_every_field_named_changes_nothing() =>
        Given(new Created(Shop)).When(new Configure(AskedShop with { Members = new[] { AskedFull.Again(91), AskedPlain.Again(92) } })).ThenNothing();

    [Fact]
    public void A_mask_that_names_nothing_changes_nothing() =>
        Given(new Created(Shop)).When(new Configure(new())).ThenNothing();

    [Fact, Trait("case", "7")]
    public void Case_7_A_rename_to_a_taken_name_is_refused() =>
        Given(new Created(Web)).Beside(Shop).When(new Configure(new() { Name = "shop" })).ThenRejected((NameTaken, Field.Name)).Naming("shop");

    [Fact]
    public void One_bad_member_keeps_everything_out() =>
        Given(new Created(Shop)).When(new Configure(new() { Name = "store", Members = new[] { AskedPlain, AskedFull with { Port = 65536 } } })).ThenRejected((FieldInvalid, "members[1].port"));

    [Fact]
    public void A_pool_that_is_not_there_is_not_found()
    {
        Given().When(new Configure(new() { Description = "Moved." })).ThenRejected((NotFound, ""));
        Given(new Created(Web), new Deleted()).When(new Configure(new() { Description = "Moved." })).ThenRejected((NotFound, ""));
    }

    [Fact]
    public void What_is_malformed_is_told_though_there_is_no_pool() =>
        Given().When(new Configure(new() { Members = new[] { AskedPlain with { Port = -1 } } })).ThenRejected((NotFound, ""), (FieldInvalid, "members[0].port"));
}
