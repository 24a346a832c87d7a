using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The table of conditions is complete.</summary>
public sealed class ConditionRuleTests
{
    [Fact]
    public void Every_condition_has_one_rule_and_an_expectation()
    {
        Assert.Equal(Enum.GetValues<ConditionType>(), ConditionRules.All.Select(rule => rule.Type).Order());
        Assert.Equal(
            Enum.GetValues<ConditionType>(), ExpectedCondition.All.Select(type => (ConditionType)type).Order());
    }

    [Fact]
    public void The_domain_decides_exactly_the_conditions_whose_rule_says_so()
    {
        var decided = new HashSet<ConditionType>();
        foreach (var server in Combinations()) decided.UnionWith(Conditions.Of(server));

        Assert.Equal(ConditionRules.All.OfType<ConditionRule.Own>().Select(rule => rule.Type).Order(), decided.Order());
    }

    // The severities of stored conditions need no look at whether the virtual server is enabled.
    [Fact]
    public void The_severity_depends_on_enabled_only_where_the_rule_is_evaluated_on_read()
    {
        var dependent = Enum.GetValues<ConditionType>()
            .Where(type => Conditions.SeverityOf(type, enabled: true) != Conditions.SeverityOf(type, enabled: false)).ToList();
        Assert.Equal([ConditionType.PoolEmpty, ConditionType.PoolInactive], dependent);
        Assert.Subset(ConditionRules.ReadRules.Select(rule => rule.Type).ToHashSet(), dependent.ToHashSet());
    }

    private static IEnumerable<VirtualServer> Combinations() =>
        from protocol in Enum.GetValues<Protocol>().Cast<Protocol?>().Append(null)
        from type in Enum.GetValues<LoadBalancerType>()
        from port in new int?[] { null, 443 }
        from nat in Enum.GetValues<SourceNatType>().Cast<SourceNatType?>().Append(null)
        from natPool in new Guid?[] { null, new Guid(1, 0, 0, new byte[8]) }
        from offload in new[] { false, true }
        from profiles in new ValueSet<Guid>[] { [], [new Guid(2, 0, 0, new byte[8])] }
        select new VirtualServer
        {
            Name = "web",
            Listener = new(Guid.Empty, port, protocol),
            LoadBalancerType = type,
            Placement = new(Kind.Device, Guid.Empty),
            SourceNat = new(natPool, nat),
            Tls = new(offload, profiles),
        };
}
