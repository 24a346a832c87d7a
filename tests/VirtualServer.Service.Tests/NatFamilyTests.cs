using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// NAT_FAMILY_MISMATCH: the source NAT pool is of another IP family than the VIP, whichever of the three objects changed.
/// </summary>
public sealed class NatFamilyTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_condition_is_shown_when_the_families_differ(bool vipIs6, bool prefixIs6)
    {
        var (vip, prefix) = (await Vip(vipIs6), await Prefix(prefixIs6));
        await service.Shows(await Create(vip, prefix), vipIs6 == prefixIs6 ? [] : [Mismatch(prefix)]);
    }

    [Fact]
    public async Task Another_prefix_or_none_changes_the_condition()
    {
        var (four, six) = (await Prefix(false), await Prefix(true));
        var server = await Create(await Vip(false), six);
        await service.Shows(server, Mismatch(six));

        await service.Update(server.Id, new() { SourceNatPool = four });
        await service.ShowsNone(server);
        await service.Update(server.Id, new() { SourceNatPool = six });
        await service.Shows(server, Mismatch(six));

        var another = await Prefix(true);
        await service.Update(server.Id, new() { SourceNatPool = another });
        await service.Shows(server, Mismatch(another));

        await service.Update(server.Id, new(), "source_nat_pool", "source_nat_type");
        await service.ShowsNone(server);
    }

    [Fact]
    public async Task Another_vip_changes_the_condition()
    {
        var prefix = await Prefix(true);
        var server = await Create(await Vip(false), prefix);
        await service.Update(server.Id, new() { Vip = await Vip(true) });
        await service.ShowsNone(server);
        await service.Update(server.Id, new() { Vip = await Vip(false) });
        await service.Shows(server, Mismatch(prefix));
    }

    [Fact]
    public async Task A_delete_removes_the_condition_and_a_disable_does_not()
    {
        var prefix = await Prefix(true);
        var server = await Create(await Vip(false), prefix);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        await service.Shows(server, Mismatch(prefix));

        await service.Delete(server.Id);
        Assert.Empty((await service.Listed(showDeleted: true)).Single(listed => listed.Id == server.Id).Conditions);
        await service.Undelete(server.Id);
        await service.Shows(server, Mismatch(prefix));
    }

    [Fact]
    public async Task An_address_that_changes_its_family_changes_the_condition()
    {
        var (vip, prefix) = (await Vip(false), await Prefix(true));
        var (one, two, bystander) = (await Create(vip, prefix), await Create(vip, prefix, 8443), await Create(await Vip(false), prefix));
        for (var i = 0; i < 2; i++)
        {
            await service.Upsert(new() { Id = vip.Id, IpAddress = new() { Address = Six() } });
            await service.ShowsNone(one, two);
            await service.Shows(bystander, Mismatch(prefix));

            await service.Upsert(new() { Id = vip.Id, IpAddress = new() { Address = TestInventory.UniqueAddress() } });
            foreach (var server in new[] { one, two, bystander }) await service.Shows(server, Mismatch(prefix));
        }
    }

    [Fact]
    public async Task A_prefix_that_changes_its_family_changes_the_condition()
    {
        var (vip, prefix) = (await Vip(false), await Prefix(false));
        var (one, two, bystander) = (
            await Create(vip, prefix),
            await Create(await Vip(false), prefix),
            await Create(vip, await Prefix(false), 8443));
        for (var i = 0; i < 2; i++)
        {
            var known = await service.Upsert(new() { Id = prefix.Id, Prefix = new() { Prefix_ = $"{Six()}/128" } });
            foreach (var server in new[] { one, two })
                await service.Shows(server, Mismatch(new() { Id = known.Id, Name = known.Prefix.Prefix_ }));
            await service.ShowsNone(bystander);

            await service.Upsert(new() { Id = prefix.Id, Prefix = new() { Prefix_ = $"{TestInventory.UniqueAddress()}/32" } });
            await service.ShowsNone(one, two, bystander);
        }
    }

    [Fact]
    public async Task Another_address_or_prefix_of_the_same_family_changes_only_the_name()
    {
        var (vip, prefix) = (await Vip(false), await Prefix(true));
        var server = await Create(vip, prefix);
        await service.Upsert(new() { Id = vip.Id, IpAddress = new() { Address = TestInventory.UniqueAddress() } });
        await service.Shows(server, Mismatch(prefix));
        var known = await service.Upsert(new() { Id = prefix.Id, Prefix = new() { Prefix_ = $"{Six()}/128" } });
        await service.Shows(server, Mismatch(new() { Id = known.Id, Name = known.Prefix.Prefix_ }));
    }

    [Fact]
    public async Task A_stream_of_upserts_changes_the_condition()
    {
        // Both change in one stream, so neither may be judged by the former state of the other.
        for (var round = 0; round < 10; round++)
        {
            var (vip, prefix) = (await Vip(false), await Prefix(true));
            var server = await Create(vip, prefix);
            using var call = service.Inventory.UpsertInventoryObjects();
            await call.RequestStream.WriteAsync(
                new() { Request = new() { InventoryObject = new() { Id = vip.Id, IpAddress = new() { Address = Six() } } } });
            await call.RequestStream.WriteAsync(
                new() { Request = new() { InventoryObject = new() { Id = prefix.Id, Prefix = new() { Prefix_ = $"{Six()}/128" } } } });
            await call.RequestStream.CompleteAsync();
            Assert.Equal(2, (await call).ChangedCount);
            await service.ShowsNone(server);
        }
    }

    private static ExpectedCondition Mismatch(Reference prefix) =>
        ExpectedCondition.With(ConditionType.NatFamilyMismatch, Kind.Prefix, prefix);

    private static string Six() => $"2001:db8::{TestInventory.UniqueAddress()}";

    private async Task<Reference> Vip(bool six)
    {
        var known = await service.Upsert(new() { IpAddress = new() { Address = six ? Six() : TestInventory.UniqueAddress() } });
        return new() { Id = known.Id, Name = known.IpAddress.Address };
    }

    private async Task<Reference> Prefix(bool six)
    {
        var known = await service.Upsert(
            new() { Prefix = new() { Prefix_ = six ? $"{Six()}/128" : $"{TestInventory.UniqueAddress()}/32" } });
        return new() { Id = known.Id, Name = known.Prefix.Prefix_ };
    }

    private async Task<V1.VirtualServer> Create(Reference vip, Reference prefix, int port = 443) =>
        await service.Create(new(await TestInventory.Draft(service))
        {
            Vip = vip,
            Port = port,
            SourceNatPool = prefix,
            SourceNatType = SourceNatType.Pool,
        });
}
