using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Tests.VirtualServers;
using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Inventory.Command;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Inventory.InventoryScenario;

namespace VirtualServers.Domain.Tests.Inventory;

public class Removing
{
    private static readonly VirtualServer User = VirtualServerScenario.Web with { Placement = new(Kind.Device, The.Id(1)) };

    [Fact]
    public void An_unreferenced_object_can_be_removed() =>
        Given(new Registered(Device)).Beside(VirtualServerScenario.Web).When(new Remove()).Then(new Removed(), again: NotFound);

    [Fact, Trait("case", "22")]
    public void Case_22_A_referenced_object_cannot_be_removed_and_its_user_is_named() =>
        Given(new Registered(Device)).Beside(User).When(new Remove()).ThenRejected((InUse, "")).Naming("web")
            .Saying("\"lb-9\"", "1 reference:", "as device");

    [Fact, Trait("case", "22")]
    public void Case_22_The_users_are_counted_and_the_first_are_named()
    {
        var given = Given(new Registered(Device));
        foreach (var number in Enumerable.Range(2, 5)) given = given.Beside(User.On(number) with { Name = $"web-{number}" }, number);
        given.When(new Remove()).ThenRejected((InUse, "")).Naming("web-2").Saying("5 references", "\"web-3\"", "\"web-4\"", "2 more");
    }

    [Fact, Trait("case", "22")]
    public void Case_22_A_referenced_object_cannot_be_removed_even_if_missing_is_allowed() =>
        Given(new Registered(Device)).Beside(User).When(new Remove(AllowMissing: true)).ThenRejected((InUse, ""));

    [Fact, Trait("case", "22")]
    public void Case_22_An_object_can_be_removed_once_it_is_unreferenced() =>
        Given(new Registered(Device)).Beside(User).Beside(User with { Placement = The.Device.Placement })
            .When(new Remove()).Then(new Removed(), again: NotFound);

    [Fact]
    public void A_second_removal_is_not_found() =>
        Given(new Registered(Device), new Removed()).When(new Remove()).ThenRejected((NotFound, "")).Saying("\"lb-9\"");

    [Fact]
    public void A_second_removal_succeeds_if_missing_is_allowed() =>
        Given(new Registered(Device)).When(new Remove(AllowMissing: true)).Then(new Removed());

    [Fact]
    public void A_removal_of_an_unknown_id_is_not_found_unless_missing_is_allowed()
    {
        Given().When(new Remove()).ThenRejected((NotFound, ""));
        Given().When(new Remove(AllowMissing: true)).ThenNothing();
    }

    [Fact]
    public void A_removed_object_can_be_registered_again() =>
        Given(new Registered(Device), new Removed()).When(new Upsert(new(Kind.Device, "lb-9"))).Then(new Registered(Device));

    [Fact]
    public void A_removed_object_can_be_registered_with_another_name() =>
        Given(new Registered(Device), new Removed()).When(new Upsert(new(Kind.Device, "lb-10")))
            .Then(new Registered(Device with { Name = "lb-10" }));

    [Fact]
    public void A_removed_object_cannot_be_registered_with_a_taken_name() =>
        Given(new Registered(Device), new Removed()).Beside(Device)
            .When(new Upsert(new(Kind.Device, "lb-9"))).ThenRejected((NameTaken, "device.name")).Naming("lb-9");

    [Fact]
    public void The_name_of_a_removed_object_is_free() =>
        Given(new Registered(Device)).When(new Remove()).Then(new Removed(), again: NotFound)
            .Next().When(new Upsert(new(Kind.Device, "lb-9"))).Then(new Registered(Device));
}
