using VirtualServers.Domain.Pools;
using VirtualServers.Domain.Tests.VirtualServers;

namespace VirtualServers.Domain.Tests.Pools;

/// <summary>The starting points of the tests of pools, with their pools and members.</summary>
public static class PoolScenario
{
    public static readonly Aggregate<Command<Draft>, Event<LoadBalancerPool>, LoadBalancerPool> Aggregate =
        new(Decider.Needs, Decider.Decide, Owned<LoadBalancerPool, Draft, Rules>.Evolve);

    /// <summary>The events of the pool, in a world in which all objects of <see cref="The"/> are live.</summary>
    public static Scenario<Command<Draft>, Event<LoadBalancerPool>, LoadBalancerPool> Given(
        params IReadOnlyList<Event<LoadBalancerPool>> history) =>
        new(Aggregate, The.Id(1), The.World, history);

    /// <summary>The draft of a member with the required fields only, and the resulting member.</summary>
    public static readonly MemberDraft AskedPlain = new(The.Id(81)) { IpAddress = The.Backend.ById, Port = 80 };

    public static readonly Member Plain = new()
    {
        Id = The.Id(81),
        Endpoint = new(The.Backend.Id, 80),
        Status = MemberStatus.Active,
        Label = "",
        Tls = new(false, []),
        HealthCheckMonitor = null,
        Tenant = null,
    };

    /// <summary>The draft of a member with all fields, and the resulting member.</summary>
    public static readonly MemberDraft AskedFull = new(The.Id(82))
    {
        IpAddress = The.OtherBackend.ById,
        Port = 8443,
        Status = MemberStatus.Maintenance,
        Label = "second rack",
        SslOffload = true,
        CertificateProfiles = VirtualServerScenario.ById(The.Certificate, The.OtherCertificate),
        HealthCheckMonitor = The.OtherMonitor.ById,
        Tenant = The.OtherTenant.ById,
    };

    public static readonly Member Full = new()
    {
        Id = The.Id(82),
        Endpoint = new(The.OtherBackend.Id, 8443),
        Status = MemberStatus.Maintenance,
        Label = "second rack",
        Tls = new(true, [The.Certificate.Id, The.OtherCertificate.Id]),
        HealthCheckMonitor = The.OtherMonitor.Id,
        Tenant = The.OtherTenant.Id,
    };

    /// <summary>The draft of a pool with the required fields only, and the resulting pool.</summary>
    public static readonly Draft AskedWeb = new() { Name = "web", LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin };

    public static readonly LoadBalancerPool Web = new()
    {
        Name = "web",
        Algorithm = LoadBalancingAlgorithm.RoundRobin,
        HealthCheckMonitor = null,
        Tenant = null,
        Labels = new([]),
        Description = "",
        Members = [],
    };

    /// <summary>The draft of a pool with all fields, and the resulting pool.</summary>
    public static readonly Draft AskedShop = new()
    {
        Name = "shop",
        LoadBalancingAlgorithm = LoadBalancingAlgorithm.LeastConnections,
        HealthCheckMonitor = The.Monitor.ById,
        Tenant = The.Tenant.ById,
        Labels = VirtualServerScenario.Pairs(("stage", "production"), ("team", "")),
        Description = "Behind the shop's front door.",
        Members = new[] { AskedPlain, AskedFull },
    };

    public static readonly LoadBalancerPool Shop = new()
    {
        Name = "shop",
        Algorithm = LoadBalancingAlgorithm.LeastConnections,
        HealthCheckMonitor = The.Monitor.Id,
        Tenant = The.Tenant.Id,
        Labels = new([new("stage", "production"), new("team", "")]),
        Description = "Behind the shop's front door.",
        Members = [Plain, Full],
    };

    /// <summary>The pool with other members.</summary>
    public static LoadBalancerPool With(this LoadBalancerPool pool, params IEnumerable<Member> members) =>
        pool with { Members = [.. members] };

    /// <summary>The key of a member at an address and port.</summary>
    public static MemberKey At(Named address, int port) => new MemberKey.ByEndpoint(address.ById, port);

    /// <summary>The same draft in a new request, which assigns a new id.</summary>
    public static MemberDraft Again(this MemberDraft draft, int number) => draft with { NewId = The.Id(number) };

    /// <summary>Drafts of many members on one address, and the resulting members.</summary>
    public static (MemberDraft[] Asked, Member[] Members) Many(int count)
    {
        MemberDraft[] asked =
            [.. Enumerable.Range(1, count).Select(port => new MemberDraft(Numbered(port)) { IpAddress = The.Vip.ById, Port = port })];
        return (asked, [.. asked.Select(draft => new Member { Id = draft.NewId, Endpoint = new(The.Vip.Id, draft.Port.Value!.Value) })]);
    }

    /// <summary>The event of added members.</summary>
    public static Changed Added(params ReadOnlySpan<Member> members) => new() { Members = new(ValueSet.Of(members), [], [], []) };

    /// <summary>The event of one changed member.</summary>
    public static Changed Altered(Member was, Member now) => new() { Members = new([], [was], [now], []) };

    /// <summary>The event of removed members.</summary>
    public static Changed Removed(params ReadOnlySpan<Member> members) => new() { Members = new([], [], [], ValueSet.Of(members)) };

    private static Guid Numbered(int number) => new($"00000000-0000-7000-8000-1000000{number:D5}");
}
