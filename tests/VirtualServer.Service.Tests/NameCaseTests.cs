using VirtualServers.Service.Tests.Harness;
using static VirtualServers.Service.Tests.Harness.ExpectedCondition;

namespace VirtualServers.Service.Tests;

/// <summary>NAME_DIFFERS_ONLY_BY_CASE: live virtual servers with names that differ only by case.</summary>
public sealed class NameCaseTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Theory]
    [InlineData("shop", "SHOP")]
    [InlineData("Shop 1.example.org", "sHOP 1.EXAMPLE.ORG")]
    [InlineData("äöü é ñ", "ÄÖÜ É Ñ")]
    [InlineData("ωμέγα", "ΩΜΈΓΑ")]
    [InlineData("дом", "ДОМ")]
    [InlineData("օձ", "ՕՁ")]
    [InlineData("\U00010428", "\U00010400")] // Deseret: each is two places in a .NET string
    [InlineData("ǆ", "ǅ")] // small and title case; there is a capital, too
    [InlineData("οδος", "ΟΔΟΣ")] // the capital of both small sigmas
    [InlineData("οδος", "οδοσ")]
    public async Task Names_that_differ_by_case_in_any_script_have_the_condition(string name, string other)
    {
        var one = await TestInventory.Create(service, name);
        await service.ShowsNone(one);
        var two = await TestInventory.Create(service, other);

        await service.Shows(one, Case(two));
        await service.Shows(two, Case(one));

        await service.Delete(one.Id);
        await service.ShowsNone(two);
        await service.Delete(two.Id);
    }

    [Theory]
    [InlineData("straße", "STRASSE")]
    [InlineData("ı", "i")]
    [InlineData("ä", "a")]
    [InlineData("web-1", "web_1")]
    public async Task Names_with_different_letters_do_not_have_the_condition(string name, string other) =>
        await service.ShowsNone(await TestInventory.Create(service, name), await TestInventory.Create(service, other));

    [Fact]
    public async Task A_rename_causes_and_fixes_the_condition_on_both_sides()
    {
        var (name, free) = (TestInventory.Unique("case"), TestInventory.Unique("free"));
        var one = await TestInventory.Create(service, name);
        var two = await TestInventory.Create(service, free);
        await service.ShowsNone(one, two);

        two = await service.Update(two.Id, new() { Name = name.ToUpperInvariant() });
        await service.Shows(one, Case(two));
        await service.Shows(two, Case(one));

        await service.Update(two.Id, new() { Name = free });
        await service.ShowsNone(one, two);

        two = await service.Update(two.Id, new() { Name = name.ToUpperInvariant() });
        one = await service.Update(one.Id, new() { Name = TestInventory.Unique("away") });
        await service.ShowsNone(one, two);
    }

    [Fact]
    public async Task A_rename_to_another_case_of_the_same_name_keeps_the_condition()
    {
        var name = TestInventory.Unique("case");
        var one = await TestInventory.Create(service, name);
        var two = await TestInventory.Create(service, name.ToUpperInvariant());
        two = await service.Update(two.Id, new() { Name = $"Case{name[4..]}" });
        await service.Shows(one, Case(two));
        await service.Shows(two, Case(one));
    }

    [Fact]
    public async Task A_rename_to_another_case_of_its_own_name_causes_no_condition()
    {
        var one = await TestInventory.Create(service, TestInventory.Unique("own"));
        one = await service.Update(one.Id, new() { Name = one.Name.ToUpperInvariant() });
        await service.ShowsNone(one);
    }

    [Fact]
    public async Task Delete_fixes_and_undelete_restores_the_condition_even_if_disabled_and_placed_elsewhere()
    {
        var name = TestInventory.Unique("case");
        var one = await service.Create(new(await TestInventory.Draft(service, name)) { Enabled = false });
        var two = await service.Create(new(await TestInventory.Draft(service, name.ToUpperInvariant()))
        {
            Enabled = false,
            CloudService = new() { Name = "cloud-1" },
        });
        foreach (var (gone, stays) in new[] { (one, two), (two, one) })
        {
            await service.Delete(gone.Id);
            await service.ShowsNone(stays);
            Assert.Empty((await service.Listed(showDeleted: true)).Single(listed => listed.Id == gone.Id).Conditions);
            await service.Undelete(gone.Id);
            await service.Shows(one, Case(two));
            await service.Shows(two, Case(one));
        }
    }

    [Fact]
    public async Task Three_virtual_servers_each_name_the_two_others_in_name_order()
    {
        var name = TestInventory.Unique("case");
        var lower = await TestInventory.Create(service, name);
        var title = await TestInventory.Create(service, $"Case{name[4..]}");
        var upper = await TestInventory.Create(service, name.ToUpperInvariant());
        await service.Shows(lower, Case(upper, title));
        await service.Shows(title, Case(upper, lower));
        await service.Shows(upper, Case(title, lower));

        await service.Delete(upper.Id);
        await service.Shows(lower, Case(title));
        await service.Shows(title, Case(lower));
    }

    [Fact]
    public async Task A_pool_of_the_same_name_does_not_count()
    {
        var name = TestInventory.Unique("case");
        await service.Pools.CreateLoadBalancerPoolAsync(
            new() { LoadBalancerPool = await TestInventory.Pool(service, name.ToUpperInvariant()) });
        await service.ShowsNone(await TestInventory.Create(service, name));
    }
}
