using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class EnablingAndDisabling
{
    [Fact, Trait("case", "20")]
    public void Case_20_A_repeated_disable_stores_one_event() =>
        Given(new Created(Web)).When(new Disable()).Then(new Disabled()).When(new Disable()).ThenNothing();

    [Fact]
    public void Enable_stores_Enabled() =>
        Given(new Created(Web), new Disabled()).When(new Enable()).Then(new Enabled());

    [Fact]
    public void Enable_of_an_enabled_virtual_server_changes_nothing() =>
        Given(new Created(Web)).When(new Enable()).ThenNothing();

    [Fact]
    public void An_update_that_only_disables_stores_Disabled() =>
        Given(new Created(Web)).When(new Configure(new() { Enabled = false })).Then(new Disabled());

    [Fact]
    public void An_update_that_only_enables_stores_Enabled() =>
        Given(new Created(Shop)).When(new Configure(AskedShop with { Enabled = true })).Then(new Enabled());

    [Fact]
    public void An_update_of_several_fields_is_a_change() =>
        Given(new Created(Web)).When(new Configure(new() { Enabled = false, Port = 80 }))
            .Then(new Changed { Enabled = new(true, false), Listener = new(Web.Listener, Web.Listener with { Port = 80 }) });

    [Fact]
    public void A_virtual_server_may_be_created_disabled() =>
        Given().When(new Create(AskedWeb with { Enabled = false })).Then(new Created(Web with { Enabled = false }));

    [Fact]
    public void A_create_without_enabled_creates_it_enabled() =>
        Given().When(new Create(AskedWeb with { Enabled = null })).Then(new Created(Web));

    [Fact]
    public void An_update_that_gives_enabled_without_a_value_enables_it() =>
        Given(new Created(Shop)).When(new Configure(new() { Enabled = null })).Then(new Enabled());

    [Fact]
    public void An_update_that_does_not_give_enabled_keeps_it() =>
        Given(new Created(Shop)).When(new Configure(new() { Port = 443 })).ThenNothing();

    public static TheoryData<Command<Draft>> Switches => [new Enable(), new Disable()];

    [Theory, MemberData(nameof(Switches))]
    public void A_missing_virtual_server_is_not_found(Command<Draft> command) =>
        Given().When(command).ThenRejected((NotFound, ""));

    [Theory, MemberData(nameof(Switches))]
    public void A_deleted_virtual_server_is_not_found(Command<Draft> command) =>
        Given(new Created(Web), new Deleted()).When(command).ThenRejected((NotFound, ""));
}
