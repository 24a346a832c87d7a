using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Monitors;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using Changed = VirtualServers.Domain.VirtualServers.Changed;

namespace VirtualServers.Benchmarks.Data;

/// <summary>
/// The events of a registry of many objects, derived from their numbers: the objects that virtual servers refer to, in proportion to them,
/// then the virtual servers, each created and later changed twice. Selective queries match equally many objects in a population of any
/// size.
/// </summary>
/// <param name="Servers">The number of virtual servers: at least 1,000.</param>
/// <param name="Addresses">The number of IP addresses. The virtual servers listen on the first of them.</param>
internal sealed record Population(int Servers, int Addresses)
{
    /// <summary>So many virtual servers have no pool, in a population of any size.</summary>
    public const int WithoutPool = 200;

    /// <summary>One of so many has certificates that it does not use.</summary>
    public const int UnusedCertificates = 8;

    /// <summary>The time of the first event; a second passes until the next.</summary>
    public static readonly DateTimeOffset Begin = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const int MembersOfPool = 3, AddressesOfPrefix = 256, ExpiredProfile = 3, InactivePool = 9;

    private static readonly int[] EmptyPools = [5, 7];

    /// <summary>A population with addresses for members of pools, and some that nothing uses.</summary>
    public static Population Of(int servers) => new(servers, servers + servers / 4 + servers / 100);

    public int Pools => Servers / 10;

    public int UnusedPools => Servers / 1000;

    public int Devices => Servers / 100;

    public int Certificates => Servers / 100;

    public int Monitors => Servers / 100;

    public int Tenants => Servers / 1000;

    public int Prefixes => Addresses / AddressesOfPrefix;

    /// <summary>The number of events.</summary>
    public int Events => Referenced + 3 * Servers;

    /// <summary>The time at which ten of the virtual servers existed.</summary>
    public DateTimeOffset Early => TimeOf(Referenced + 10);

    /// <summary>The time at which half of the virtual servers had been changed once.</summary>
    public DateTimeOffset Middle => TimeOf(Referenced + Servers + Servers / 2);

    // The objects that have one event.
    private int Referenced => Tenants + Prefixes + Addresses + Devices + Monitors + Certificates + Pools + UnusedPools;

    /// <summary>
    /// Whether the last change disabled a virtual server. Those without a pool stay enabled, so that they have a condition.
    /// </summary>
    public bool IsDisabled(int n) => n % 4 == 1 && HasPool(n);

    public static DateTimeOffset TimeOf(long sequence) => Begin.AddSeconds(sequence);

    /// <summary>All events in the order in which they happened, starting with those of the referenced objects.</summary>
    public IEnumerable<PastEvent> All() =>
        Objects(KindOfId.Tenant, Tenants, n => Registered(Kind.Tenant, Numbered.Tenant(n)))
        .Concat(Objects(KindOfId.Prefix, Prefixes, n => Registered(Kind.Prefix, $"{Numbered.Address(n * AddressesOfPrefix)}/24")))
        .Concat(Objects(KindOfId.Address, Addresses, n => Registered(Kind.IpAddress, Numbered.Address(n))))
        .Concat(Objects(KindOfId.Device, Devices, n => Registered(Kind.Device, Numbered.Device(n))))
        .Concat(Objects(KindOfId.Monitor, Monitors, n => new Created<HealthCheckMonitor>(Monitor(n))))
        .Concat(Objects(KindOfId.Certificate, Certificates, n => new Created<CertificateProfile>(Certificate(n))))
        .Concat(Objects(KindOfId.Pool, Pools + UnusedPools, n => new Created<LoadBalancerPool>(Pool(n))))
        .Concat(Changes(version: 1, n => new Created<VirtualServer>(Server(n, version: 1))))
        .Concat(Changes(version: 2, n => Between(n, 1)))
        .Concat(Changes(version: 3, n => Between(n, 2)));

    private static Registered Registered(Kind kind, string name) =>
        new(new(kind, name, InventoryObject.HasNamespace(kind) ? InventoryObject.DefaultNamespace : ""));

    private static IEnumerable<PastEvent> Objects(KindOfId kind, int count, Func<int, object> happened) =>
        Enumerable.Range(0, count).Select(n => new PastEvent(Id(kind, n), 1, happened(n), "owner", ""));

    // A few of the last changes have an actor of their own, and every first change a reason of its own.
    private IEnumerable<PastEvent> Changes(int version, Func<int, object> happened) =>
        Enumerable.Range(0, Servers).Select(n => new PastEvent(
            Id(KindOfId.Server, n), version, happened(n),
            version == 3 && n % (Servers / 10) == 7 ? "auditor" : $"user-{n % 20:d2}",
            version == 2 ? $"ticket CHG-{n:d8}" : ""));

    private bool HasPool(int n) => n % (Servers / WithoutPool) != 0;

    private Alteration<VirtualServer> Between(int n, int version) => Changed.Between(Server(n, version), Server(n, version + 1))!;

    /// <summary>
    /// A virtual server as of a version: the first change renames, moves and describes, the second one moves or disables.
    /// </summary>
    private VirtualServer Server(int n, int version)
    {
        var (first, last) = (version == 1, version == 3);
        var isWeb = n % 5 < 3;
        var hasCertificate = n % 5 < 2 || n % UnusedCertificates == 1;
        var isDisabled = IsDisabled(n);
        int? port = n % 50 == 49 ? null : isWeb ? n % 5 < 2 ? 443 : 80 : 1024 + (int)(n * 7919L % 56_000);
        return new()
        {
            Name = first && n % 10 == 7 ? $"bench-old-{n:d8}" : Numbered.Server(n),
            Listener = new(
                Id(KindOfId.Address, n),
                last || isDisabled ? port : port + 8000,
                isWeb ? n % 5 < 2 ? Protocol.Https : Protocol.Http : n % 5 < 4 ? Protocol.Tcp : Protocol.Udp),
            LoadBalancerType = isWeb ? LoadBalancerType.Layer7 : LoadBalancerType.Layer4,
            Placement = new(Kind.Device, Id(KindOfId.Device, n % Devices)),
            Enabled = !(last && isDisabled),
            SourceNat = n % 20 == 3 ? new(Id(KindOfId.Prefix, n / AddressesOfPrefix), SourceNatType.Pool) : SourceNat.Unset,
            Tls = !hasCertificate ? Tls.None
                : new(Offload: n % 5 < 2 && n % UnusedCertificates != 1, [Id(KindOfId.Certificate, n % Certificates)]),
            Tenant = n % 10 == 9 ? null : Id(KindOfId.Tenant, n % Tenants),
            HealthCheckMonitor = n % 4 == 0 ? Id(KindOfId.Monitor, n % Monitors) : null,
            LoadBalancerPool = HasPool(n) ? Id(KindOfId.Pool, (n + (first && n % 10 == 3 ? 1 : 0)) % Pools) : null,
            Labels = new(new Dictionary<string, string>
            {
                ["app"] = $"app-{n % (Servers / 100):d5}",
                ["env"] = n % 2 == 0 ? "prod" : "test",
                ["team"] = $"team-{(n + (first ? 1 : 0)) % 50:d2}",
            }),
            Description = first ? "" : last && !isDisabled ? $"Reviewed front door {n}" : $"Front door {n}",
        };
    }

    private LoadBalancerPool Pool(int n) => new()
    {
        Name = Numbered.Pool(n),
        Algorithm = (LoadBalancingAlgorithm)(1 + n % Enum.GetValues<LoadBalancingAlgorithm>().Length),
        HealthCheckMonitor = Id(KindOfId.Monitor, n % Monitors),
        Tenant = Id(KindOfId.Tenant, n % Tenants),
        Labels = new(new Dictionary<string, string> { ["env"] = n % 2 == 0 ? "prod" : "test" }),
        Members = EmptyPools.Contains(n) ? [] : [.. Enumerable.Range(0, MembersOfPool).Select(i => Member(n, (n * MembersOfPool) + i))],
    };

    private Member Member(int pool, int n) => new()
    {
        Id = Id(KindOfId.Member, n),
        Endpoint = new(Id(KindOfId.Address, Servers + n % (Servers / 4)), 8080),
        Status = pool == InactivePool || n % 20 == 19 ? MemberStatus.Maintenance : MemberStatus.Active,
        Label = $"backend {n}",
    };

    private static HealthCheckMonitor Monitor(int n) => new()
    {
        Name = Numbered.Monitor(n), Type = HealthCheckType.Https, Schedule = new(Interval: 5, Timeout: 2, Retry: 3), Port = 8000 + n % 100,
    };

    private static CertificateProfile Certificate(int n) => new()
    {
        Name = Numbered.Certificate(n),
        Type = CertificateType.Server,
        Files = new($"/etc/tls/{n}.crt", "", $"/etc/tls/{n}.key"),
        ExpirationDate = n == ExpiredProfile ? Begin : Begin.AddYears(20).AddHours(n),
    };

    private static Guid Id(KindOfId kind, int number) => Guid.Parse(Numbered.Id(kind, number));
}

/// <summary>An event of a population.</summary>
/// <param name="Version">The version of the object that it leads to.</param>
internal sealed record PastEvent(Guid ObjectId, int Version, object Happened, string Actor, string Reason);
