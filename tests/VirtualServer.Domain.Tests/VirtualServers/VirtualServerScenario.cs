using VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Domain.Tests.VirtualServers;

/// <summary>The starting points of the tests of virtual servers, with their virtual servers.</summary>
public static class VirtualServerScenario
{
    public static readonly Aggregate<Command<Draft>, Event<VirtualServer>, VirtualServer> Aggregate =
        new(Owned<VirtualServer, Draft, Rules>.Needs, Decider.Decide, Owned<VirtualServer, Draft, Rules>.Evolve);

    /// <summary>The events of the virtual server, in a world in which all objects of <see cref="The"/> are live.</summary>
    public static Scenario<Command<Draft>, Event<VirtualServer>, VirtualServer> Given(
        params IReadOnlyList<Event<VirtualServer>> history) =>
        new(Aggregate, The.Id(1), The.World, history);

    /// <summary>The draft with the required fields only, and the resulting virtual server.</summary>
    public static readonly Draft AskedWeb = new()
    {
        Name = "web",
        Vip = The.Vip.ById,
        LoadBalancerType = LoadBalancerType.Layer7,
        Placement = The.Device.Placed,
    };

    public static readonly VirtualServer Web = new()
    {
        Name = "web",
        Listener = new(The.Vip.Id, null, null),
        LoadBalancerType = LoadBalancerType.Layer7,
        Placement = The.Device.Placement,
        Enabled = true,
        SourceNat = new(null, null),
        Tls = new(false, []),
        Tenant = null,
        HealthCheckMonitor = null,
        LoadBalancerPool = null,
        Labels = new([]),
        Description = "",
    };

    /// <summary>The violations of a command without a placement: one for each field that could hold it.</summary>
    public static IReadOnlyList<(Reason, string)> WithoutPlacement =>
        [.. Field.Placements.Select(path => (Reason.FieldRequired, path))];

    /// <summary>The draft with all fields, and the resulting virtual server.</summary>
    public static readonly Draft AskedShop = new()
    {
        Name = "shop",
        Vip = The.OtherVip.ById,
        Port = 443,
        Protocol = Protocol.Https,
        LoadBalancerType = LoadBalancerType.Layer7,
        Placement = The.Group.Placed,
        Enabled = false,
        SourceNatPool = The.Prefix.ById,
        SourceNatType = SourceNatType.Pool,
        SslOffload = true,
        CertificateProfiles = ById(The.Certificate, The.OtherCertificate),
        Tenant = The.Tenant.ById,
        HealthCheckMonitor = The.Monitor.ById,
        LoadBalancerPool = The.Pool.ById,
        Labels = Pairs(("stage", "production"), ("team", "")),
        Description = "The shop's front door.",
    };

    public static readonly VirtualServer Shop = new()
    {
        Name = "shop",
        Listener = new(The.OtherVip.Id, 443, Protocol.Https),
        LoadBalancerType = LoadBalancerType.Layer7,
        Placement = The.Group.Placement,
        Enabled = false,
        SourceNat = new(The.Prefix.Id, SourceNatType.Pool),
        Tls = new(true, [The.Certificate.Id, The.OtherCertificate.Id]),
        Tenant = The.Tenant.Id,
        HealthCheckMonitor = The.Monitor.Id,
        LoadBalancerPool = The.Pool.Id,
        Labels = new([new("stage", "production"), new("team", "")]),
        Description = "The shop's front door.",
    };

    /// <summary>The virtual server with another port and protocol.</summary>
    public static VirtualServer On(this VirtualServer server, int? port, Protocol? protocol = null) =>
        server with { Listener = server.Listener with { Port = port, Protocol = protocol } };

    public static Reference[] ById(params IEnumerable<Named> objects) => [.. objects.Select(one => one.ById)];

    public static Dictionary<string, string> Pairs(params IEnumerable<(string Key, string Value)> pairs) =>
        pairs.ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>A text of characters that each take two chars in a .NET string.</summary>
    public static string Emoji(int count) => string.Concat(Enumerable.Repeat("🦊", count));
}
