using VirtualServers.Domain.Inventory;
using static VirtualServers.Domain.Inventory.Command;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Inventory.InventoryScenario;

namespace VirtualServers.Domain.Tests.Inventory;

public class Upserting
{
    [Theory]
    [InlineData(Kind.IpAddress, "203.0.113.9", "Global")]
    [InlineData(Kind.Prefix, "203.0.113.0/24", "Global")]
    [InlineData(Kind.Device, "lb-9", "")]
    [InlineData(Kind.DeviceRedundancyGroup, "lb-9", "")]
    [InlineData(Kind.VirtualChassis, "lb-9", "")]
    [InlineData(Kind.CloudService, "lb-9", "")]
    [InlineData(Kind.Tenant, "lb-9", "")]
    public void An_object_of_another_system_is_registered(Kind kind, string text, string scope) =>
        Given().When(new Upsert(new(kind, text))).Then(new Registered(new(kind, text, scope)));

    [Theory]
    [InlineData(Kind.VirtualServer)]
    [InlineData(Kind.LoadBalancerPool)]
    [InlineData(Kind.HealthCheckMonitor)]
    [InlineData(Kind.CertificateProfile)]
    public void A_kind_owned_by_the_registry_is_rejected(Kind kind)
    {
        var decision = Given().When(new Upsert(new(kind, "mine"))).Decision;
        Assert.True(decision is Decision<Event<InventoryObject>>.Rejected, Readable.Of(decision));
    }

    [Fact]
    public void A_missing_kind_is_rejected() =>
        Given().When(new Upsert(new(null, "lb-9"))).ThenRejected([.. Draft.Fields.Select(field => (FieldRequired, field))])
            .Saying("ip_address", "prefix", "device", "device_redundancy_group", "virtual_chassis", "cloud_service", "tenant");

    [Fact]
    public void A_repeated_upsert_changes_nothing() =>
        Given(new Registered(Device)).When(new Upsert(new(Kind.Device, " lb-9 "))).ThenNothing();

    [Fact]
    public void A_different_name_is_a_change() =>
        Given(new Registered(Device)).When(new Upsert(new(Kind.Device, "lb-10"))).Then(new Changed { Name = new("lb-9", "lb-10") });

    [Fact]
    public void A_different_address_is_a_change() =>
        Given(new Registered(Address)).When(new Upsert(new(Kind.IpAddress, "203.0.113.10")))
            .Then(new Changed { Name = new("203.0.113.9", "203.0.113.10") });

    [Fact]
    public void A_different_namespace_is_a_change() =>
        Given(new Registered(Address)).When(new Upsert(new(Kind.IpAddress, "203.0.113.9", "red")))
            .Then(new Changed { Namespace = new("Global", "red") });

    [Fact]
    public void A_different_address_and_namespace_are_one_change() =>
        Given(new Registered(Address)).When(new Upsert(new(Kind.IpAddress, "203.0.113.10", "red")))
            .Then(new Changed { Name = new("203.0.113.9", "203.0.113.10"), Namespace = new("Global", "red") });

    [Theory]
    [InlineData(Kind.Device, "device.name")]
    [InlineData(Kind.DeviceRedundancyGroup, "device_redundancy_group.name")]
    [InlineData(Kind.VirtualChassis, "virtual_chassis.name")]
    [InlineData(Kind.CloudService, "cloud_service.name")]
    [InlineData(Kind.Tenant, "tenant.name")]
    [InlineData(Kind.IpAddress, "ip_address.address")]
    [InlineData(Kind.Prefix, "prefix.prefix")]
    public void A_name_is_required(Kind kind, string field)
    {
        Given().When(new Upsert(new(kind, ""))).ThenRejected((FieldRequired, field));
        Given().When(new Upsert(new(kind, " \t "))).ThenRejected((FieldRequired, field));
    }

    [Fact]
    public void A_name_has_up_to_255_characters()
    {
        var fox = string.Concat(Enumerable.Repeat("🦊", 255));
        Given().When(new Upsert(new(Kind.Tenant, $" {fox} "))).Then(new Registered(new(Kind.Tenant, fox, "")));
        Given().When(new Upsert(new(Kind.Tenant, $"{fox}🦊"))).ThenRejected((FieldInvalid, "tenant.name"));
    }

    [Theory]
    [InlineData("sh\0op")]
    [InlineData("sh\top")]
    [InlineData("sh\nop")]
    public void A_name_has_no_control_characters(string name) =>
        Given().When(new Upsert(new(Kind.Tenant, name))).ThenRejected((FieldInvalid, "tenant.name"));

    [Fact]
    public void A_taken_name_is_rejected_and_the_holder_is_named() =>
        Given().When(new Upsert(new(Kind.Device, " lb-1"))).ThenRejected((NameTaken, "device.name")).Naming("lb-1");

    [Fact]
    public void A_change_to_a_taken_name_is_rejected() =>
        Given(new Registered(Device)).When(new Upsert(new(Kind.Device, "lb-1"))).ThenRejected((NameTaken, "device.name")).Naming("lb-1");

    [Fact]
    public void The_name_of_an_object_of_another_kind_is_free() =>
        Given().When(new Upsert(new(Kind.Tenant, "lb-1"))).Then(new Registered(new(Kind.Tenant, "lb-1", "")));

    [Fact]
    public void An_address_is_taken_in_any_notation() =>
        Given().When(new Upsert(new(Kind.IpAddress, "2001:DB8::0:10"))).ThenRejected((NameTaken, "ip_address.address"))
            .Naming("2001:db8::10");

    [Fact]
    public void The_same_address_in_another_notation_changes_nothing() =>
        Given(new Registered(new(Kind.IpAddress, "2001:db8::9", "Global"))).When(new Upsert(new(Kind.IpAddress, "2001:0db8:0:0:0:0:0:9")))
            .ThenNothing();

    [Fact]
    public void The_same_text_in_two_namespaces_is_two_addresses() =>
        Given().When(new Upsert(new(Kind.IpAddress, "10.0.0.1", "green"))).Then(new Registered(new(Kind.IpAddress, "10.0.0.1", "green")));

    [Fact]
    public void An_address_cannot_move_to_a_namespace_that_has_it() =>
        Given(new Registered(new(Kind.IpAddress, "10.0.0.1", "green"))).When(new Upsert(new(Kind.IpAddress, "10.0.0.1", "red")))
            .ThenRejected((NameTaken, "ip_address.address"));

    [Theory]
    [InlineData("", "Global")]
    [InlineData("  ", "Global")]
    [InlineData("Global", "Global")]
    [InlineData(" red ", "red")]
    [InlineData("global", "global")]
    public void The_default_namespace_is_Global(string given, string expected)
    {
        Given().When(new Upsert(new(Kind.IpAddress, "203.0.113.9", given))).Then(new Registered(Address with { Scope = expected }));
        Given().When(new Upsert(new(Kind.Prefix, "203.0.113.0/24", given)))
            .Then(new Registered(new(Kind.Prefix, "203.0.113.0/24", expected)));
    }

    [Fact]
    public void A_namespace_has_up_to_255_characters()
    {
        Given().When(new Upsert(new(Kind.IpAddress, "203.0.113.9", new('n', 255))))
            .Then(new Registered(Address with { Scope = new('n', 255) }));
        Given().When(new Upsert(new(Kind.IpAddress, "203.0.113.9", new('n', 256)))).ThenRejected((FieldInvalid, "ip_address.namespace"));
        Given().When(new Upsert(new(Kind.Prefix, "203.0.113.0/24", "\0"))).ThenRejected((FieldInvalid, "prefix.namespace"));
    }

    [Fact]
    public void All_violations_are_reported_at_once() =>
        Given(new Registered(Device)).When(new Upsert(new(Kind.IpAddress, "nowhere", "\0")))
            .ThenRejected((IdTaken, "id"), (FieldInvalid, "ip_address.address"), (FieldInvalid, "ip_address.namespace"));

    [Fact]
    public void A_kind_never_changes()
    {
        Given(new Registered(Device)).When(new Upsert(new(Kind.Tenant, "lb-9"))).ThenRejected((IdTaken, "id")).Naming("lb-9")
            .Saying("device \"lb-9\"", "tenant");
        Given(new Registered(Device), new Removed()).When(new Upsert(new(Kind.Tenant, "lb-9"))).ThenRejected((IdTaken, "id"));
    }

    [Fact]
    public void The_id_of_an_object_of_another_kind_is_rejected() =>
        Given().WithId(The.Pool.Id).When(new Upsert(new(Kind.Device, "lb-9"))).ThenRejected((IdTaken, "id")).Naming(The.Pool.Name);
}
