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
    // Every field: an update of Shop, and the event with the one facet that differs.
    private static readonly Dictionary<string, (Draft Asked, Changed Expected)> Fields = new()
    {
        [Field.Name] = (new() { Name = "store" }, new() { Name = new("shop", "store") }),
        [Field.LoadBalancingAlgorithm] =
            (new() { LoadBalancingAlgorithm = LoadBalancingAlgorithm.UrlHash },
             new() { Algorithm = new(LoadBalancingAlgorithm.LeastConnections, LoadBalancingAlgorithm.UrlHash) }),
        [Field.HealthCheckMonitor] =
            (new() { HealthCheckMonitor = The.OtherMonitor.ById }, new() { HealthCheckMonitor = new(The.Monitor.Id, The.OtherMonitor.Id) }),
        [Field.Tenant] = (new() { Tenant = The.OtherTenant.ById }, new() { Tenant = new(The.Tenant.Id, The.OtherTenant.Id) }),
        [Field.Labels] =
            (new() { Labels = VirtualServerScenario.Pairs(("stage", "test")) },
             new() { Labels = new(Shop.Labels, new([new("stage", "test")])) }),
        [Field.Description] = (new() { Description = "Moved." }, new() { Description = new(Shop.Description, "Moved.") }),
        [Field.Members] = (new() { Members = new[] { AskedFull } }, Removed(Plain)),
    };

    public static TheoryData<string> FieldNames => [.. Fields.Keys];

    [Theory, MemberData(nameof(FieldNames))]
    public void A_field_that_is_not_in_the_mask_is_unchanged(string field) =>
        Given(new Created(Shop)).When(new Configure(Fields[field].Asked)).Then(Fields[field].Expected);

    [Fact]
    public void Every_field_of_a_pool_is_tested() =>
        Assert.Equal(typeof(Draft).GetProperties().Length, Fields.Count);

    // Every optional field: an update of Shop that clears it, and the resulting event.
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
    public void An_optional_field_given_without_a_value_is_cleared(string field) =>
        Given(new Created(Shop)).When(new Configure(Optional[field].Cleared)).Then(Optional[field].Expected);

    [Fact]
    public void A_required_field_cannot_be_cleared() =>
        Given(new Created(Shop)).When(new Configure(new() { Name = null, LoadBalancingAlgorithm = null }))
            .ThenRejected((FieldRequired, Field.Name), (FieldRequired, Field.LoadBalancingAlgorithm));

    [Fact]
    public void An_update_replaces_the_whole_set_of_members_and_keeps_the_ids_of_equal_endpoints() =>
        Given(new Created(Shop))
            .When(new Configure(new()
            {
                Description = "Moved.",
                Members = new[] { AskedPlain.Again(91) with { Label = "first rack" }, AskedPlain.Again(92) with { Port = 81 } },
            }))
            .Then(new Changed
            {
                Description = new(Shop.Description, "Moved."),
                Members = new(
                    Added: [Plain with { Id = The.Id(92), Endpoint = new(The.Backend.Id, 81) }],
                    Was: [Plain],
                    Is: [Plain with { Label = "first rack" }],
                    Removed: [Full]),
            });

    [Fact, Trait("case", "19")]
    public void Case_19_The_same_content_with_every_field_named_changes_nothing() =>
        Given(new Created(Shop)).When(new Configure(AskedShop with { Members = new[] { AskedFull.Again(91), AskedPlain.Again(92) } }))
            .ThenNothing();

    [Fact]
    public void An_empty_mask_changes_nothing() =>
        Given(new Created(Shop)).When(new Configure(new())).ThenNothing();

    [Fact, Trait("case", "7")]
    public void Case_7_A_rename_to_a_taken_name_is_rejected() =>
        Given(new Created(Web)).Beside(Shop).When(new Configure(new() { Name = "shop" })).ThenRejected((NameTaken, Field.Name))
            .Naming("shop");

    [Fact]
    public void One_invalid_member_rejects_the_whole_update() =>
        Given(new Created(Shop))
            .When(new Configure(new() { Name = "store", Members = new[] { AskedPlain, AskedFull with { Port = 65536 } } }))
            .ThenRejected((FieldInvalid, "members[1].port"));

    [Fact]
    public void A_missing_pool_is_not_found()
    {
        Given().When(new Configure(new() { Description = "Moved." })).ThenRejected((NotFound, ""));
        Given(new Created(Web), new Deleted()).When(new Configure(new() { Description = "Moved." })).ThenRejected((NotFound, ""));
    }

    [Fact]
    public void A_missing_pool_is_reported_together_with_malformed_fields() =>
        Given().When(new Configure(new() { Members = new[] { AskedPlain with { Port = -1 } } }))
            .ThenRejected((NotFound, ""), (FieldInvalid, "members[0].port"));
}
