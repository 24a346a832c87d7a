using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.Tests.VirtualServers;
using static VirtualServers.Domain.Tests.Pools.PoolScenario;

namespace VirtualServers.Domain.Tests.Properties;

/// <summary>Two states of a pool: before and after.</summary>
public sealed record PoolBecame(LoadBalancerPool Was, LoadBalancerPool Is)
{
    public override string ToString() => $"\n  was {Readable.Of(Was)}\n  is  {Readable.Of(Is)}";
}

[Properties(Arbitrary = [typeof(PoolChangeProperties)], MaxTest = 500)]
public class PoolChangeProperties
{
    [Property]
    public void Applying_the_change_between_two_states_yields_the_second(PoolBecame became) =>
        Assert.Equal(new Lifecycle<LoadBalancerPool>.Live(became.Is), Changed.Between(became.Was, became.Is) switch
        {
            { } happened => Owned<LoadBalancerPool, Draft, Rules>.Evolve(new Lifecycle<LoadBalancerPool>.Live(became.Was), happened),
            null => new Lifecycle<LoadBalancerPool>.Live(became.Was),
        });

    [Property]
    public void A_change_exists_only_when_the_states_differ(PoolBecame became)
    {
        Assert.Equal(became.Was != became.Is, Changed.Between(became.Was, became.Is) is not null);
        Assert.Null(Changed.Between(became.Was, became.Was with { Members = [.. became.Was.Members.Reverse()] }));
    }

    [Property]
    public void A_change_holds_the_old_and_new_value_of_each_facet_that_differs(PoolBecame became)
    {
        if (Changed.Between(became.Was, became.Is) is not { } changed) return;
        foreach (var facet in typeof(Changed).GetProperties().Where(facet => facet.Name != nameof(Changed.Members)))
        {
            var of = typeof(LoadBalancerPool).GetProperty(facet.Name)!;
            var (was, now, change) = (of.GetValue(became.Was), of.GetValue(became.Is), facet.GetValue(changed));
            if (Equals(was, now)) Assert.Null(change);
            else Assert.Equal((was, now), (Get(change, "Was"), Get(change, "Is")));
        }
    }

    [Property]
    public void A_change_of_members_holds_only_the_added_changed_and_removed_ones(PoolBecame became)
    {
        if (MembersChange.Between(became.Was.Members, became.Is.Members) is not { } change)
        {
            Assert.Equal(became.Was.Members, became.Is.Members);
            return;
        }

        Assert.Equal(became.Is.Members.ExceptBy(Ids(became.Was.Members), member => member.Id), change.Added);
        Assert.Equal(became.Was.Members.ExceptBy(Ids(became.Is.Members), member => member.Id), change.Removed);
        Assert.Equal(became.Is.Members.Except(became.Was.Members).Except(change.Added), change.Is);
        Assert.Equal(became.Was.Members.Except(became.Is.Members).Except(change.Removed), change.Was);
        Assert.Equal(Ids(change.Was), Ids(change.Is));
    }

    [Fact]
    public void Every_facet_of_a_pool_is_part_of_a_change() =>
        Assert.Equal(Properties<LoadBalancerPool>(), Properties<Changed>());

    public static Arbitrary<PoolBecame> Changes() => Arb.From(
        from basis in Gen.Elements(Web, Shop)
        from before in Edits().ArrayOf().Resize(12)
        from after in Edits().ArrayOf().Resize(5)
        let was = before.Aggregate(basis, (edited, edit) => edit(edited))
        select new PoolBecame(was, after.Aggregate(was, (edited, edit) => edit(edited))));

    private static Gen<Func<LoadBalancerPool, LoadBalancerPool>> Edits() => Gen.OneOf(
        Edit((pool, value) => pool with { Name = value }, "a", "A", "b"),
        Edit((pool, value) => pool with { Algorithm = value }, Enum.GetValues<LoadBalancingAlgorithm>()),
        Edit<Guid?>((pool, value) => pool with { HealthCheckMonitor = value }, null, The.Monitor.Id),
        Edit<Guid?>((pool, value) => pool with { Tenant = value }, null, The.Tenant.Id, The.OtherTenant.Id),
        Edit<(string, string)[]>((pool, value) => pool with { Labels = new(VirtualServerScenario.Pairs(value)) },
            [], [("a", "1")], [("a", "2")], [("a", "1"), ("b", "")]),
        Edit((pool, value) => pool with { Description = value }, "", "text"),
        Edit((pool, value) => pool.With(pool.Members.Where(member => member.Id != value)), Ids([Plain, Full])),
        // A member is added or changed.
        Edit((pool, value) => pool.With(pool.Members.Where(member => member.Id != value.Id).Append(value)),
            Plain, Full, Plain with { Endpoint = new(The.Vip.Id, 0) }, Full with { Status = MemberStatus.Failed },
            Full with { Label = "text" }, Plain with { Tls = new(true, [The.Certificate.Id]) },
            Full with { HealthCheckMonitor = null }, Plain with { Tenant = The.Tenant.Id },
            Plain with { Id = The.Id(83), Endpoint = new(The.Vip.Id, 443) }));

    private static Gen<Func<LoadBalancerPool, LoadBalancerPool>> Edit<T>(
        Func<LoadBalancerPool, T, LoadBalancerPool> edit, params T[] values) =>
        Gen.Elements(values).Select<T, Func<LoadBalancerPool, LoadBalancerPool>>(value => pool => edit(pool, value));

    private static Guid[] Ids(IEnumerable<Member> members) => [.. members.Select(member => member.Id)];

    private static IEnumerable<string> Properties<T>() => typeof(T).GetProperties().Select(property => property.Name).Order();

    private static object? Get(object? change, string name) => change?.GetType().GetProperty(name)?.GetValue(change);
}
