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
    public void What_nobody_refers_to_can_be_removed() =>
        Given(new Registered(Device)).Beside(VirtualServerScenario.Web).When(new Remove()).Then(new Removed(), again: NotFound);

    [Fact, Trait("case", "22")]
    public void Case_22_What_is_in_use_stays_and_its_user_is_named() =>
        Given(new Registered(Device)).Beside(User).When(new Remove()).ThenRejected((InUse, "")).Naming("web").Saying("\"lb-9\"", "1 reference:", "as device");

    [Fact, Trait("case", "22")]
    public void Case_22_Its_users_are_counted_and_the_first_of_them_named()
    {
        var given = Given(new Registered(Device));
        foreach (var number in Enumerable.Range(2, 5)) given = given.Beside(User.On(number) with { Name = $"web-{number}" }, number);
        given.When(new Remove()).ThenRejected((InUse, "")).Naming("web-2").Saying("5 references", "\"web-3\"", "\"web-4\"", "2 more");
    }

    [Fact, Trait("case", "22")]
    public void Case_22_Allowing_for_it_to_be_missing_does_not_allow_for_it_to_be_in_use() =>
        Given(new Registered(Device)).Beside(User).When(new Remove(AllowMissing: true)).ThenRejected((InUse, ""));

    [Fact, Trait("case", "22")]
    public void Case_22_After_its_users_let_go_it_can_be_removed() =>
        Given(new Registered(Device)).Beside(User).Beside(User with { Placement = The.Device.Placement })
            .When(new Remove()).Then(new Removed(), again: NotFound);

    [Fact]
    public void Removed_twice_it_is_not_found() =>
        Given(new Registered(Device), new Removed()).When(new Remove()).ThenRejected((NotFound, "")).Saying("\"lb-9\"");

    [Fact]
    public void Removed_twice_it_may_be_missing() =>
        Given(new Registered(Device)).When(new Remove(AllowMissing: true)).Then(new Removed());

    [Fact]
    public void What_never_was_is_not_found_or_may_be_missing()
    {
        Given().When(new Remove()).ThenRejected((NotFound, ""));
        Given().When(new Remove(AllowMissing: true)).ThenNothing();
    }

    [Fact]
    public void After_its_removal_it_can_be_registered_again() =>
        Given(new Registered(Device), new Removed()).When(new Upsert(new(Kind.Device, "lb-9"))).Then(new Registered(Device));

    [Fact]
    public void Registered_again_it_may_have_another_name() =>
        Given(new Registered(Device), new Removed()).When(new Upsert(new(Kind.Device, "lb-10"))).Then(new Registered(Device with { Name = "lb-10" }));

    [Fact]
    public void Registered_again_its_name_may_be_taken_by_now() =>
        Given(new Registered(Device), new Removed()).Beside(Device)
            .When(new Upsert(new(Kind.Device, "lb-9"))).ThenRejected((NameTaken, "device.name")).Naming("lb-9");

    [Fact]
    public void After_its_removal_its_name_is_free() =>
        Given(new Registered(Device)).When(new Remove()).Then(new Removed(), again: NotFound)
            .Next().When(new Upsert(new(Kind.Device, "lb-9"))).Then(new Registered(Device));
}
