using System.Net;
using Google.Protobuf;
using Google.Protobuf.Collections;
using VirtualServers.Faults.Workload;
using VirtualServers.V1;

namespace VirtualServers.Faults.Observers;

/// <summary>A filter of changes, and the same decided here, from the states of the object that a change carries.</summary>
internal sealed record Scope(string Name, ChangeFilter Filter, Func<IMessage, bool> Matches, Func<string, bool> HasType)
{
    private static readonly string[] Types =
        ["virtual_server.condition_raised", "virtual_server.condition_cleared", "virtual_server.deleted"];

    private static readonly IPNetwork Network = IPNetwork.Parse("10.0.0.0/28");

    public static readonly Scope Everything = new("everything", new(), _ => true, _ => true);

    public static readonly Scope Servers = new(
        "virtual servers", new() { Kinds = { Kind.VirtualServer } }, one => one is V1.VirtualServer, _ => true);

    public static readonly Scope Tenant = new(
        "one tenant", new() { Tenant = new() { AnyOf = { new Reference { Name = World.Tenant(1) } } } },
        one => Field(one, "tenant") is Reference { Name: var name } && name == World.Tenant(1), _ => true);

    public static readonly Scope Label = new(
        "one label", new() { Labels = { new LabelFilter { Key = "tier", Values = { "gold" } } } },
        one => Field(one, "labels") is MapField<string, string> labels && labels.TryGetValue("tier", out var tier) && tier == "gold",
        _ => true);

    public static readonly Scope Vips = new(
        "one network", new() { VipIn = { new CidrFilter { Cidr = Network.ToString() } } },
        one => one is V1.VirtualServer server && Network.Contains(IPAddress.Parse(server.Vip.Name)), _ => true);

    public static readonly Scope Conditions = new(
        "conditions and deletions", new() { Types_ = { Types } }, _ => true, Types.Contains);

    /// <summary>The scopes of filtered observers; the position is the bit.</summary>
    public static readonly IReadOnlyList<Scope> All = [Everything, Servers, Tenant, Label, Vips, Conditions];

    /// <summary>The bit of the scope.</summary>
    public int Bit => 1 << All.Index().First(one => one.Item.Name == Name).Index;

    /// <summary>The scopes that a change matches, as bits.</summary>
    public static int Matching(Change change) =>
        All.Where(scope => scope.Effect(change) is not ChangeEffect.Unspecified).Sum(scope => scope.Bit);

    /// <summary>The object within its wrapper.</summary>
    public static IMessage? Content(RegistryObject? one) => one is null
        ? null : RegistryObject.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(one)?.Accessor.GetValue(one) as IMessage;

    /// <summary>What a change means for a follower of this scope; unspecified if nothing.</summary>
    public ChangeEffect Effect(Change change)
    {
        if (!HasType(change.Type)) return ChangeEffect.Unspecified;
        if (change.Condition is not null)
            return Content(change.After) is { } concerned && Matches(concerned) ? ChangeEffect.Changed : ChangeEffect.Unspecified;
        return (MatchesLive(change.Before), MatchesLive(change.After)) switch
        {
            (true, true) => ChangeEffect.Changed,
            (false, true) => ChangeEffect.Entered,
            (true, false) => ChangeEffect.Left,
            _ => ChangeEffect.Unspecified,
        };
    }

    /// <summary>Whether a live object matches.</summary>
    public bool MatchesLive(RegistryObject? one) =>
        Content(one) is { } content && ((IRecord)content).DeleteTime is null && Matches(content);

    private static object? Field(IMessage one, string name) => one.Descriptor.FindFieldByName(name)?.Accessor.GetValue(one);
}
