using Google.Protobuf.WellKnownTypes;
using VirtualServers.Benchmarks.Data;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Growth;

/// <summary>
/// Every kind of query, with arguments that match equally many objects in a registry of any size, unless they match a share.
/// </summary>
internal static class Queries
{
    // An object in the first thousand, which has no peculiarity.
    private const int Some = 322;

    private static readonly string[] Orders =
        ["name", "vip", "port", "protocol", "type", "create_time", "update_time", "name desc", "update_time desc", "type,port desc"];

    public static IReadOnlyList<Query> All =>
    [
        new("get by id", async place =>
            One(await place.Service.Servers.GetVirtualServerAsync(new() { Id = Numbered.ServerId(Some) }))),
        new("get by name", async place =>
            One(await place.Service.Servers.GetVirtualServerAsync(new() { Name = Numbered.Server(Some) }))),
        new("batch of 100 by id", place => Batch(place, null, n => new() { Id = Numbered.ServerId(n) })),
        new("batch of 100 by name", place => Batch(place, null, n => new() { Name = Numbered.Server(n) })),
        new("batch of 100 by id, as of T", place => Batch(place, place.Middle, n => new() { Id = Numbered.ServerId(n) })),
        new("batch of 100 by name, as of T", place => Batch(place, place.Middle, n => new() { Name = Numbered.Server(n - n % 10) })),
        .. List("by name, only names", _ => new() { ReadMask = new() { Paths = { "name" } } }),
        .. Orders.SelectMany(order => List($"by {order}", _ => new() { OrderBy = order })),
        .. Filters.SelectMany(filter => List(filter.Name, place => new() { Filter = filter.Of(place.Population) }, filter.Share)),
        .. List("enabled: false, by update_time", _ => new() { OrderBy = "update_time", Filter = new() { Enabled = false } }, Share.Many),
        .. List("label env=prod, by vip", _ => new() { OrderBy = "vip", Filter = new() { Labels = { Label("env", "prod") } } }, Share.Many),
        .. List("tenant, by port", _ => new() { OrderBy = "port", Filter = new() { Tenant = Named(Numbered.Tenant(0)) } }),
        new("total_size of all", place => Total(place, new()), Grows: true),
        new("total_size of label env=prod", place => Total(place, new() { Labels = { Label("env", "prod") } }), Grows: true),
        new("total_size of a pool", place => Total(place, new() { LoadBalancerPool = Named(Numbered.Pool(Some % 100)) })),
        new("unused pools", async place => (await place.Service.Pools.ListLoadBalancerPoolsAsync(
            new() { PageSize = Place.PageSize, Filter = new() { Used = false } })).LoadBalancerPools.Count),
        new("unused addresses", async place => (await place.Service.Inventory.ListInventoryObjectsAsync(new()
        {
            Kind = Kind.IpAddress, PageSize = Place.PageSize, Filter = new() { Used = false },
        })).InventoryObjects.Count),
        new("addresses in a CIDR", async place => (await place.Service.Inventory.ListInventoryObjectsAsync(new()
        {
            Kind = Kind.IpAddress, PageSize = Place.PageSize, Filter = new() { Cidrs = { new CidrFilter { Cidr = "10.0.1.0/26" } } },
        })).InventoryObjects.Count),
        .. Usages("an address", Kind.IpAddress, Numbered.Address(Some)),
        .. Usages("a pool", Kind.LoadBalancerPool, Numbered.Pool(Some % 100)),
        .. Usages("a device", Kind.Device, Numbered.Device(1)),
        .. Usages("a certificate profile", Kind.CertificateProfile, Numbered.Certificate(1)),
        .. Usages("a tenant", Kind.Tenant, Numbered.Tenant(0)),
        .. Usages("a prefix", Kind.Prefix, "10.0.1.0/24"),
        new("history of an object", async place => (await place.Service.History.ListVersionsAsync(
            new() { Target = new() { Id = Numbered.ServerId(Some) } })).Versions.Count),
        new("an object at a version", async place => One(await place.Service.History.GetVersionAsync(
            new() { Target = new() { Id = Numbered.ServerId(Some) }, At = new() { Version = 2 } }))),
        new("an object as of T", async place => One(await place.Service.History.GetVersionAsync(
            new() { Target = new() { Id = Numbered.ServerId(Some) }, At = new() { Time = place.Middle } }))),
        .. Audits.Select(audit => new Query($"audit log: {audit.Name}", async place => (await place.Service.History.ListAuditEntriesAsync(
            new() { PageSize = Place.PageSize, Filter = audit.Of(place) })).Entries.Count)),
        new("summary", async place => (int)(await place.Service.Servers.SummarizeVirtualServersAsync(new())).TotalCount, Grows: true),
    ];

    private static IReadOnlyList<(string Name, Share Share, Func<Population, VirtualServerFilter> Of)> Filters =>
    [
        ("ids", Share.Few, _ => new() { Ids = { Numbered.ServerId(1), Numbered.ServerId(2) } }),
        ("names", Share.Few, _ => new() { Names = { Numbered.Server(1), Numbered.Server(2) } }),
        ("name prefix", Share.Few, _ => new() { NamePrefixes = { "bench-0000012" } }),
        ("name contains", Share.Few, _ => new() { NameContains = { "0000012" } }),
        ("vip", Share.Few, _ => new() { Vips = { new AddressFilter { Address = Numbered.Address(Some) } } }),
        ("vip in a CIDR of 16", Share.Few, _ => new() { VipCidrs = { new CidrFilter { Cidr = "10.0.1.0/28" } } }),
        ("vip in a CIDR of 256", Share.Few, _ => new() { VipCidrs = { new CidrFilter { Cidr = "10.0.1.0/24" } } }),
        ("vip in a CIDR of all", Share.Many, _ => new() { VipCidrs = { new CidrFilter { Cidr = "10.0.0.0/8" } } }),
        ("port", Share.Many, _ => new() { Port = new() { Ports = { 443, 8443 } } }),
        ("port range", Share.Few, p => new()
        {
            Port = new() { Ranges = { new PortRange { First = 30_000, Last = 30_000 + 1400 * 1000 / p.Servers } } },
        }),
        ("port unset", Share.Many, _ => new() { Port = new() { Unset = true } }),
        ("enabled: false", Share.Many, _ => new() { Enabled = false }),
        ("ssl_offload: true", Share.Many, _ => new() { SslOffload = true }),
        ("protocol", Share.Many, _ => new() { Protocols = { Protocol.Udp } }),
        ("load balancer type", Share.Many, _ => new() { LoadBalancerTypes = { LoadBalancerType.Layer4 } }),
        ("source NAT type", Share.Many, _ => new() { SourceNatTypes = { SourceNatType.Pool } }),
        ("pool", Share.Few, _ => new() { LoadBalancerPool = Named(Numbered.Pool(Some % 100)) }),
        ("pool unset", Share.Few, _ => new() { LoadBalancerPool = new() { Unset = true } }),
        ("member address", Share.Few, p => new()
        {
            MemberAddresses = { new AddressFilter { Address = Numbered.Address(p.Servers + 3 * (Some % 50)) } },
        }),
        ("device", Share.Few, _ => new() { Placements = { new Reference { Name = Numbered.Device(1) } } }),
        ("certificate profile", Share.Few, _ => new() { CertificateProfiles = Named(Numbered.Certificate(1)) }),
        ("health check monitor", Share.Few, _ => new() { HealthCheckMonitor = Named(Numbered.Monitor(4)) }),
        ("source NAT pool", Share.Few, _ => new() { SourceNatPool = Named("10.0.1.0/24") }),
        ("tenant", Share.Few, _ => new() { Tenant = Named(Numbered.Tenant(0)) }),
        ("tenant unset", Share.Many, _ => new() { Tenant = new() { Unset = true } }),
        ("label app of 100", Share.Few, _ => new() { Labels = { Label("app", "app-00007") } }),
        ("label env=prod", Share.Many, _ => new() { Labels = { Label("env", "prod") } }),
        ("label not env=prod", Share.Many, _ => new() { Labels = { new LabelFilter { Key = "env", Values = { "prod" }, Negate = true } } }),
        ("condition of 200", Share.NowFew, _ => new() { Conditions = { ConditionType.PoolUnset } }),
        ("condition of an eighth", Share.NowMany, _ => new() { Conditions = { ConditionType.CertificatesUnused } }),
        ("condition of an expired certificate", Share.NowFew, _ => new() { Conditions = { ConditionType.CertificateExpired } }),
        ("no conditions", Share.NowMany, _ => new() { HasConditions = false }),
        ("created between", Share.Few, p => new()
        {
            CreateTime = new()
            {
                From = p.Early.ToTimestamp(), Until = p.Early.AddSeconds(50).ToTimestamp(),
            },
        }),
        ("updated between", Share.Few, p => new() { UpdateTime = new() { From = Population.TimeOf(p.Events - 50).ToTimestamp() } }),
        ("actor of 10", Share.Few, _ => new() { Actors = { "auditor" } }),
        ("actor of a twentieth", Share.Many, _ => new() { Actors = { "user-04" } }),
        ("q: one name", Share.Few, _ => new() { Q = Numbered.Server(Some) }),
        ("q: a pool", Share.Few, _ => new() { Q = Numbered.Pool(Some % 100) }),
        ("q: a port", Share.Few, _ => new() { Q = "31177" }),
        ("q: nothing", Share.None, _ => new() { Q = "no such text" }),
        ("q: everything", Share.All, _ => new() { Q = "bench" }),
        ("q: everything, two letters", Share.All, _ => new() { Q = "be" }),
        ("q and many others", Share.Few, _ => new() { Q = "app-00007", Enabled = true, Labels = { Label("env", "test") } }),
    ];

    private static IReadOnlyList<(string Name, Func<Place, AuditFilter?> Of)> Audits =>
    [
        ("all", _ => null),
        ("actor of 10", _ => new() { Actors = { "auditor" } }),
        ("actor of a twentieth", _ => new() { Actors = { "user-04" } }),
        ("old period", place => new() { StartTime = Population.Begin.ToTimestamp(), EndTime = place.Early }),
        ("kind of most", _ => new() { Kinds = { Kind.VirtualServer } }),
        ("kind of few", _ => new() { Kinds = { Kind.Tenant } }),
        ("type of most", _ => new() { Types_ = { "virtual_server.changed" } }),
        ("type of old ones", _ => new() { Types_ = { "load_balancer_pool.created" } }),
        ("type of none", _ => new() { Types_ = { "virtual_server.undeleted" } }),
        ("reason of one", _ => new() { ReasonContains = $"CHG-{Some:d8}" }),
        ("reason of a third", _ => new() { ReasonContains = "ticket" }),
        ("reason of none", _ => new() { ReasonContains = "no such reason" }),
        ("correlation id", _ => new() { CorrelationId = "bench-500" }),
        ("object", _ => new() { ObjectIds = { Numbered.ServerId(Some) } }),
        ("actor of 10 and kind", _ => new() { Actors = { "auditor" }, Kinds = { Kind.VirtualServer } }),
    ];

    // A list now and as of T: the first page, and the last where there are several.
    private static IEnumerable<Query> List(
        string name, Func<Place, ListVirtualServersRequest> request, Share share = Share.Many)
    {
        yield return new($"list {name}", place => place.FirstPage(Paged(place, null)), share == Share.All);
        if (share is Share.Many or Share.NowMany or Share.All)
            yield return new($"list {name}, last page", place => place.LastPage(Paged(place, null)), share == Share.All);
        if (share is Share.NowFew or Share.NowMany) yield break;
        yield return new($"list {name}, as of T", place => place.FirstPage(Paged(place, place.Middle)), share == Share.All);
        if (share is Share.Many or Share.All)
            yield return new($"list {name}, as of T, last page", place => place.LastPage(Paged(place, place.Middle)), share == Share.All);
        yield return new($"list {name}, as of T of ten", place => place.FirstPage(Paged(place, place.Early)), share == Share.All);

        ListVirtualServersRequest Paged(Place place, Timestamp? time) =>
            new(request(place)) { PageSize = Place.PageSize, ReadTime = time };
    }

    private static IEnumerable<Query> Usages(string what, Kind kind, string name)
    {
        yield return new($"where used: {what}", async place => (await place.Service.Usages.ListUsagesAsync(new()
        {
            Name = new() { Kind = kind, Name = name }, PageSize = Place.PageSize,
        })).Usages.Count);
    }

    private static async Task<int> Batch(Place place, Timestamp? time, Func<int, BatchTarget> target)
    {
        var request = new BatchGetVirtualServersRequest { ReadTime = time };
        request.Targets.Add(Enumerable.Range(0, 100).Select(i => target(Some + (i * 5))));
        return (await place.Service.Servers.BatchGetVirtualServersAsync(request)).VirtualServers.Count;
    }

    private static async Task<int> Total(Place place, VirtualServerFilter filter) =>
        (await place.Service.Servers.ListVirtualServersAsync(new() { PageSize = 1, WithTotalSize = true, Filter = filter })).TotalSize;

    private static int One(object _) => 1;

    private static ReferenceFilter Named(string name) => new() { AnyOf = { new Reference { Name = name } } };

    private static LabelFilter Label(string key, string value) => new() { Key = key, Values = { value } };

    /// <summary>How many objects a list matches.</summary>
    private enum Share
    {
        /// <summary>None.</summary>
        None,

        /// <summary>A number that does not grow with the registry.</summary>
        Few,

        /// <summary>A share of all.</summary>
        Many,

        /// <summary>All, found by free text.</summary>
        All,

        /// <summary>A few; not asked as of a past time.</summary>
        NowFew,

        /// <summary>A share; not asked as of a past time.</summary>
        NowMany,
    }
}
