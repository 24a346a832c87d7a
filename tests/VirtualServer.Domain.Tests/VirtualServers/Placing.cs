using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class Placing
{
    [Fact, Trait("case", "10")]
    public void Case_10_A_placement_change_to_another_kind_is_one_event_and_clears_the_former() =>
        Given(new Created(Web))
            .When(new Configure(new() { Placement = The.Group.Placed })).Then(Moved(The.Device, The.Group))
            .When(new Configure(new() { Placement = The.CloudService.Placed })).Then(Moved(The.Group, The.CloudService))
            .When(new Configure(new() { Placement = The.Chassis.Placed })).Then(Moved(The.CloudService, The.Chassis))
            .When(new Configure(new() { Placement = The.Device.Placed })).Then(Moved(The.Chassis, The.Device));

    [Fact]
    public void A_placement_change_within_a_kind_is_one_event() =>
        Given(new Created(Web)).When(new Configure(new() { Placement = The.OtherDevice.Placed })).Then(Moved(The.Device, The.OtherDevice));

    [Fact]
    public void The_same_placement_by_name_changes_nothing() =>
        Given(new Created(Web)).When(new Configure(new() { Placement = new PlacementReference(Kind.Device, The.Device.ByName) }))
            .ThenNothing();

    [Theory]
    [InlineData(Kind.Device, "device")]
    [InlineData(Kind.DeviceRedundancyGroup, "device_redundancy_group")]
    [InlineData(Kind.VirtualChassis, "virtual_chassis")]
    [InlineData(Kind.CloudService, "cloud_service")]
    public void An_unregistered_placement_is_rejected_with_the_field_of_its_kind(Kind kind, string field) =>
        Given(new Created(Web)).When(new Configure(new() { Placement = new PlacementReference(kind, new(null, "nowhere")) }))
            .ThenRejected((ReferenceNotFound, field));

    [Fact]
    public void A_placement_cannot_be_cleared() =>
        Given(new Created(Web)).When(new Configure(new() { Placement = null })).ThenRejected(WithoutPlacement);

    private static Changed Moved(Named from, Named to) => new() { Placement = new(from.Placement, to.Placement) };
}
