using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;

namespace VirtualServers.Domain.Tests.Properties;

/// <summary>Two states of a virtual server: before and after.</summary>
public sealed record Became(VirtualServer Was, VirtualServer Is)
{
    public override string ToString() => $"\n  was {Readable.Of(Was)}\n  is  {Readable.Of(Is)}";
}

[Properties(Arbitrary = [typeof(ChangeProperties)], MaxTest = 500)]
public class ChangeProperties
{
    [Property]
    public void Applying_the_change_between_two_states_yields_the_second(Became became) =>
        Assert.Equal(new Lifecycle<VirtualServer>.Live(became.Is), Changed.Between(became.Was, became.Is) switch
        {
            { } happened => Owned<VirtualServer, Draft, Rules>.Evolve(new Lifecycle<VirtualServer>.Live(became.Was), happened),
            null => new Lifecycle<VirtualServer>.Live(became.Was),
        });

    [Property]
    public void A_change_exists_only_when_the_states_differ(Became became)
    {
        Assert.Equal(became.Was != became.Is, Changed.Between(became.Was, became.Is) is not null);
        Assert.Null(Changed.Between(became.Was, became.Was with { }));
    }

    [Property]
    public void A_change_holds_the_old_and_new_value_of_each_facet_that_differs(Became became)
    {
        if (Changed.Between(became.Was, became.Is) is not Changed changed) return;
        foreach (var facet in typeof(Changed).GetProperties())
        {
            var of = typeof(VirtualServer).GetProperty(facet.Name)!;
            var (was, now, change) = (of.GetValue(became.Was), of.GetValue(became.Is), facet.GetValue(changed));
            if (Equals(was, now)) Assert.Null(change);
            else Assert.Equal((was, now), (Get(change, "Was"), Get(change, "Is")));
        }
    }

    [Property]
    public void Enabled_and_Disabled_are_stored_only_when_nothing_else_differs(Became became)
    {
        var nothingElse = became.Was != became.Is && became.Was with { Enabled = became.Is.Enabled } == became.Is;
        var happened = Changed.Between(became.Was, became.Is);
        Assert.Equal(nothingElse && became.Is.Enabled, happened is Enabled);
        Assert.Equal(nothingElse && !became.Is.Enabled, happened is Disabled);
    }

    [Fact]
    public void Every_facet_of_a_virtual_server_is_part_of_a_change() =>
        Assert.Equal(Properties<VirtualServer>(), Properties<Changed>());

    public static Arbitrary<Became> Changes() => Arb.From(
        from basis in Gen.Elements(Web, Shop)
        from before in Edits().ArrayOf().Resize(12)
        from after in Edits().ArrayOf().Resize(5)
        let was = before.Aggregate(basis, (edited, edit) => edit(edited))
        select new Became(was, after.Aggregate(was, (edited, edit) => edit(edited))));

    private static Gen<Func<VirtualServer, VirtualServer>> Edits() => Gen.OneOf(
        Edit((server, value) => server with { Name = value }, "a", "A", "b"),
        Edit((server, value) => server with { Listener = server.Listener with { Vip = value } }, The.Vip.Id, The.OtherVip.Id),
        Edit<int?>((server, value) => server with { Listener = server.Listener with { Port = value } }, null, 0, 443),
        Edit<Protocol?>((server, value) => server with { Listener = server.Listener with { Protocol = value } },
            null, Protocol.Tcp, Protocol.Any),
        Edit((server, value) => server with { LoadBalancerType = value }, Enum.GetValues<LoadBalancerType>()),
        Edit((server, value) => server with { Placement = value },
            The.Device.Placement, The.Group.Placement, new(Kind.Device, The.Group.Id)),
        Edit((server, value) => server with { Enabled = value }, true, false),
        Edit((server, value) => server with { SourceNat = value },
            SourceNat.Unset, new(The.Prefix.Id, null), new(null, SourceNatType.Auto), new(The.Prefix.Id, SourceNatType.Pool)),
        Edit((server, value) => server with { Tls = value },
            Tls.None, new(true, []), new(true, [The.Certificate.Id]), new(false, [The.OtherCertificate.Id, The.Certificate.Id])),
        Edit<Guid?>((server, value) => server with { Tenant = value }, null, The.Tenant.Id, The.OtherTenant.Id),
        Edit<Guid?>((server, value) => server with { HealthCheckMonitor = value }, null, The.Monitor.Id),
        Edit<Guid?>((server, value) => server with { LoadBalancerPool = value }, null, The.Pool.Id, The.OtherPool.Id),
        Edit<(string, string)[]>((server, value) => server with { Labels = new(Pairs(value)) },
            [], [("a", "1")], [("a", "2")], [("a", "1"), ("b", "")]),
        Edit((server, value) => server with { Description = value }, "", "text"));

    private static Gen<Func<VirtualServer, VirtualServer>> Edit<T>(Func<VirtualServer, T, VirtualServer> edit, params T[] values) =>
        Gen.Elements(values).Select<T, Func<VirtualServer, VirtualServer>>(value => server => edit(server, value));

    private static IEnumerable<string> Properties<T>() => typeof(T).GetProperties().Select(property => property.Name).Order();

    private static object? Get(object? change, string name) => change?.GetType().GetProperty(name)?.GetValue(change);
}
