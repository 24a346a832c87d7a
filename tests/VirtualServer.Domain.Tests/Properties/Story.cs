using FsCheck;
using FsCheck.Fluent;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Draft = VirtualServers.Domain.VirtualServers.Draft;
using InventoryCommand = VirtualServers.Domain.Inventory.Command;
using PoolCommand = VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using RotateCertificate = VirtualServers.Domain.Pools.RotateCertificate;

namespace VirtualServers.Domain.Tests.Properties;

/// <summary>A sequence of steps in a world so small that they conflict.</summary>
public sealed record Story(IReadOnlyList<Step> Steps)
{
    public override string ToString() => string.Concat(Steps.Select((step, index) => $"\n  {index + 1}. {step}"));
}

/// <summary>Generates stories, and shrinks those that fail.</summary>
public static class Stories
{
    private static readonly Guid[] Servers = [The.Id(1), The.Id(2), The.Id(3), The.Id(4)];

    public static Arbitrary<Story> Story() =>
        Arb.From(
            Steps().ArrayOf().Resize(40).Select(steps => new Story(steps)),
            story => Shorter([.. story.Steps]).Select(steps => new Story(steps)));

    private static Gen<Step> Steps() => Gen.Frequency(
        (6, ToServer(Drafts(Complete()).Select<Draft, Command<Draft>>(draft => new Create(draft)))),
        (6, ToServer(Drafts(Gen.Constant(new Draft())).Select<Draft, Command<Draft>>(draft => new Configure(draft)))),
        (5, ToServer(Gen.Elements<Command<Draft>>(
            new Enable(), new Disable(), new Delete(), new Delete(AllowMissing: true), new Undelete(), new Undelete()))),
        (4, ToPool()),
        (3, ToInventory()));

    private static Gen<Step> ToServer(Gen<Command<Draft>> commands) =>
        Gen.Elements(Servers).Zip(commands, (id, command) => new Step.ToServer(id, command) as Step);

    private static Gen<Step> ToPool() =>
        Gen.Elements(The.Pool.Id, The.OtherPool.Id, The.Id(5)).Zip(PoolCommands(), (id, command) => new Step.ToPool(id, command) as Step);

    private static Gen<PoolCommand> PoolCommands() => Gen.Frequency(
        (2, Members().ArrayOf().Resize(2).Select<MemberDraft[], PoolCommand>(members =>
            new PoolCommand.Create(new() { Name = "a", LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin, Members = members }))),
        (4, Members().Select<MemberDraft, PoolCommand>(member => new AddMember(member))),
        (3, Keys().Zip(Members(), (key, member) => new UpdateMember(key, member) as PoolCommand)),
        (2, Keys().Zip(Gen.Elements(true, false), (key, allowMissing) => new RemoveMember(key, allowMissing) as PoolCommand)),
        (3, Members().ArrayOf().Resize(3)
            .Zip(Gen.Elements(true, false), (members, additiveOnly) => new ReplaceMembers(members, additiveOnly) as PoolCommand)),
        (2, Gen.Elements<PoolCommand>(
            new RotateCertificate(The.Certificate.Id, The.OtherCertificate.Id),
            new RotateCertificate(The.OtherCertificate.Id, The.Certificate.Id),
            new PoolCommand.Configure(new() { Name = "a", Tenant = The.Tenant.ById }),
            new PoolCommand.Configure(new() { Name = The.Pool.Name, Members = Array.Empty<MemberDraft>() }))),
        (3, Gen.Elements<PoolCommand>(
            new PoolCommand.Delete(), new PoolCommand.Delete(AllowMissing: true), new PoolCommand.Undelete(), new PoolCommand.Undelete())));

    // Few addresses and ports, so that members conflict; every request assigns a new id.
    private static Gen<MemberDraft> Members() =>
        from id in Gen.Choose(0, int.MaxValue).Two()
        from address in Gen.Frequency(
            (9, Gen.Elements<Reference?>(The.Vip.ById, The.Vip.ByName, The.OtherVip.ByBoth)),
            (1, Gen.Elements<Reference?>(The.Device.ById, null)))
        from port in Gen.Frequency((9, Gen.Elements<int?>(80, 81)), (1, Gen.Elements<int?>(null, 65536)))
        from label in Gen.Elements("", "rack")
        from profiles in Gen.Elements<Named[]>([], [The.Certificate], [The.Certificate, The.OtherCertificate])
        from tenant in Gen.Elements<Reference?>(null, The.Tenant.ById)
        select new MemberDraft(NewId(id.Item1, id.Item2))
        {
            IpAddress = address, Port = port, Label = label, CertificateProfiles = ById(profiles), Tenant = tenant,
        };

    private static Guid NewId(int a, int b) =>
        new(a, 0, 0x7000, 0x80, 0, 0, 0, (byte)(b >> 24), (byte)(b >> 16), (byte)(b >> 8), (byte)b);

    private static Gen<MemberKey> Keys() =>
        from address in Gen.Elements(The.Vip.ById, The.OtherVip.ByName, The.Vip.ById with { Name = The.OtherVip.Name })
        from port in Gen.Elements(80, 81)
        select new MemberKey.ByEndpoint(address, port) as MemberKey;

    private static Gen<Step> ToInventory() =>
        from one in Gen.Elements<Named>(Registry.Inventory)
        from kind in Gen.Frequency((9, Gen.Constant<Kind?>(one.Kind)), (1, Gen.Elements<Kind?>(null, Kind.Tenant, Kind.IpAddress)))
        from text in Gen.Frequency(
            (4, Gen.Constant(one.Name)),
            (3, Gen.Elements("192.0.2.10", "2001:DB8::0:10", "198.51.100.0/24", "lb-1", " lb-2")),
            (1, Gen.Constant(" ")))
        from scope in Gen.Elements("", "Global", "red")
        from command in Gen.Elements<InventoryCommand>(
            new InventoryCommand.Upsert(new(kind, text, scope)), new InventoryCommand.Remove(),
            new InventoryCommand.Remove(AllowMissing: true))
        select new Step.ToInventory(one.Id, command) as Step;

    // A draft with all required fields.
    private static Gen<Draft> Complete() =>
        from name in Gen.Elements("a", "b", "c", "d")
        from vip in Gen.Elements(The.Vip, The.OtherVip)
        from port in Gen.Elements<int?>(null, 0, 443)
        from place in Gen.Elements(The.Device, The.OtherDevice, The.Group)
        select new Draft { Name = name, Vip = vip.ById, Port = port, LoadBalancerType = LoadBalancerType.Layer4, Placement = place.Placed };

    // A draft with a few edited fields: mostly valid, sometimes not.
    private static Gen<Draft> Drafts(Gen<Draft> basis) =>
        basis.Zip(Edits().ArrayOf().Resize(4), (draft, edits) => edits.Aggregate(draft, (edited, edit) => edit(edited)));

    private static Gen<Func<Draft, Draft>> Edits() => Gen.OneOf(
        Edit((draft, value) => draft with { Name = value }, "a", "b", " c ", "A", "", null),
        Edit<Reference?>((draft, value) => draft with { Vip = value },
            The.Vip.ById, The.Vip.ByName, The.OtherVip.ByBoth, new(null, "192.0.2.99"), null),
        Edit<int?>((draft, value) => draft with { Port = value }, null, 0, 80, 443, 65536),
        Edit<Protocol?>((draft, value) => draft with { Protocol = value }, null, Protocol.Tcp, Protocol.Any, (Protocol)12),
        Edit<Reference?>((draft, value) => draft with { SourceNatPool = value }, The.Prefix.ById, The.Prefix.ByName, null),
        Edit<SourceNatType?>((draft, value) => draft with { SourceNatType = value },
            SourceNatType.Pool, SourceNatType.Auto, (SourceNatType)4, null),
        Edit<LoadBalancerType?>((draft, value) => draft with { LoadBalancerType = value },
            LoadBalancerType.Layer2, (LoadBalancerType)5, null),
        Edit<bool?>((draft, value) => draft with { Enabled = value }, true, false, null),
        Edit((draft, value) => draft with { SslOffload = value }, true, false),
        Edit<PlacementReference?>((draft, value) => draft with { Placement = value },
            The.Device.Placed, The.Group.Placed, new(Kind.VirtualChassis, The.Device.ById), null),
        Edit<Reference?>((draft, value) => draft with { Tenant = value }, The.Tenant.ById, The.Tenant.ByName, new("?", null), null),
        Edit<Reference?>((draft, value) => draft with { HealthCheckMonitor = value }, The.Monitor.ByName, The.Pool.ById, null),
        Edit<Named[]>((draft, value) => draft with { CertificateProfiles = ById(value) },
            [], [The.Certificate], [The.OtherCertificate, The.Certificate, The.Certificate]),
        Edit<Reference?>((draft, value) => draft with { LoadBalancerPool = value },
            The.Pool.ById, The.OtherPool.ByName, The.Pool.ByName with { Id = The.OtherPool.Id.ToString() }, null),
        Edit<(string, string)[]>((draft, value) => draft with { Labels = Pairs(value) }, [], [("stage", "test")], [("", "")]),
        Edit((draft, value) => draft with { Description = value }, "moved", "", null));

    private static Gen<Func<Draft, Draft>> Edit<T>(Func<Draft, T, Draft> edit, params T[] values) =>
        Gen.Elements(values).Select<T, Func<Draft, Draft>>(value => draft => edit(draft, value));

    // First without a half, a quarter, … then without a single step, then with simpler steps.
    private static IEnumerable<Step[]> Shorter(Step[] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
            for (var start = 0; start + length <= steps.Length; start += length)
                yield return [.. steps[..start], .. steps[(start + length)..]];
        for (var index = 0; index < steps.Length; index++)
            foreach (var simpler in Simpler(steps[index]))
                yield return [.. steps[..index], simpler, .. steps[(index + 1)..]];
    }

    private static IEnumerable<Step> Simpler(Step step) => step switch
    {
        Step.ToServer(var id, Create(var draft)) => Simpler(draft).Select(simpler => new Step.ToServer(id, new Create(simpler))),
        Step.ToServer(var id, Configure(var draft)) => Simpler(draft).Select(simpler => new Step.ToServer(id, new Configure(simpler))),
        _ => [],
    };

    // The draft without one of its fields.
    private static IEnumerable<Draft> Simpler(Draft draft)
    {
        foreach (var field in typeof(Draft).GetProperties().Where(property => property.CanWrite))
        {
            var simpler = draft with { };
            field.SetValue(simpler, Activator.CreateInstance(field.PropertyType));
            if (simpler != draft) yield return simpler;
        }
    }
}
