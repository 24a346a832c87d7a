using System.Text;
using System.Text.Json;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Monitors;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;
using VirtualServers.Service.Tests.Harness;
using Server = VirtualServers.Domain.VirtualServers.VirtualServer;

namespace VirtualServers.Service.Tests;

/// <summary>
/// Stored events are permanent: each has a golden file with its first stored JSON, which the service must still write and read.
/// </summary>
public sealed class GoldenTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly JsonSerializerOptions Indented = new(StoredJson.Options) { WriteIndented = true };

    private static readonly Guid[] Ids = [.. Enumerable.Range(1, 20).Select(number => Guid.Parse($"01930000-0000-7000-8000-{number:d12}"))];

    private static readonly Server FullServer = new()
    {
        Name = "web",
        Listener = new(Ids[0], 443, Protocol.Https),
        LoadBalancerType = LoadBalancerType.Layer7,
        Placement = new(Kind.DeviceRedundancyGroup, Ids[1]),
        Enabled = false,
        SourceNat = new(Ids[2], SourceNatType.Pool),
        Tls = new(true, [Ids[4], Ids[3]]),
        Tenant = Ids[5],
        HealthCheckMonitor = Ids[6],
        LoadBalancerPool = Ids[7],
        Labels = new([new("env", "prod"), new("app", "www")]),
        Description = "one\nand \"two\" ü",
    };

    private static readonly Server OtherServer = new()
    {
        Name = "web-2",
        Listener = new(Ids[8], null, null),
        LoadBalancerType = LoadBalancerType.Dns,
        Placement = new(Kind.CloudService, Ids[9]),
        Enabled = true,
    };

    // One member that stays, one that changes, and one that is removed.
    private static readonly Member KeptMember = new() { Id = Ids[10], Endpoint = new(Ids[0], 80) };

    private static readonly Member FullMember = new()
    {
        Id = Ids[11],
        Endpoint = new(Ids[0], 8443),
        Status = MemberStatus.Maintenance,
        Label = "rack 2",
        Tls = new(true, [Ids[4], Ids[3]]),
        HealthCheckMonitor = Ids[6],
        Tenant = Ids[5],
    };

    private static readonly Member GoingMember = new() { Id = Ids[12], Endpoint = new(Ids[8], 0), Status = MemberStatus.Decommissioning };

    private static readonly LoadBalancerPool FullPool = new()
    {
        Name = "web",
        Algorithm = LoadBalancingAlgorithm.SrcipDestipHash,
        HealthCheckMonitor = Ids[6],
        Tenant = Ids[5],
        Labels = new([new("env", "prod"), new("app", "www")]),
        Description = "one\nand \"two\" ü",
        Members = [KeptMember, FullMember, GoingMember],
    };

    private static readonly LoadBalancerPool OtherPool = new()
    {
        Name = "web-2",
        Algorithm = LoadBalancingAlgorithm.RoundRobin,
        Members =
        [
            KeptMember,
            new() { Id = FullMember.Id, Endpoint = new(Ids[8], 443) },
            new() { Id = Ids[13], Endpoint = new(Ids[9], 65535), Label = "new" },
        ],
    };

    private static readonly HealthCheckMonitor FullMonitor =
        new() { Name = "ping", Type = HealthCheckType.Ping, Schedule = new(10, 3, 2), Port = 0, Tenant = Ids[5] };

    private static readonly CertificateProfile FullProfile = new()
    {
        Name = "www",
        Type = CertificateType.MutualTls,
        Files = new("/etc/tls/www.crt", "/etc/tls/chain.crt", "/etc/tls/www.key"),
        Cipher = "TLS_AES_256_GCM_SHA384",
        ExpirationDate = new DateTimeOffset(2027, 1, 31, 23, 59, 59, TimeSpan.Zero),
        Tenant = Ids[5],
    };

    private static readonly Dictionary<string, object> Examples = new()
    {
        ["virtual_server.created"] = new Created<Server>(FullServer),
        ["virtual_server.changed"] = Domain.VirtualServers.Changed.Between(FullServer, OtherServer)!,
        ["virtual_server.enabled"] = new Enabled(),
        ["virtual_server.disabled"] = new Disabled(),
        ["virtual_server.deleted"] = new Deleted<Server>(),
        ["virtual_server.undeleted"] = new Undeleted<Server>(),
        ["virtual_server.condition_raised"] = new ConditionRaised(
            Ids[0], ConditionType.Conflicted, Ids[1], new(4711, Ids[14], "virtual_server.created", Ids[1])),
        ["virtual_server.condition_cleared"] = new ConditionCleared(Ids[0], ConditionType.CertificatesMissing, null, null),
        ["load_balancer_pool.created"] = new Created<LoadBalancerPool>(FullPool),
        ["load_balancer_pool.changed"] = Domain.Pools.Changed.Between(FullPool, OtherPool)!,
        ["load_balancer_pool.deleted"] = new Deleted<LoadBalancerPool>(),
        ["load_balancer_pool.undeleted"] = new Undeleted<LoadBalancerPool>(),
        ["health_check_monitor.created"] = new Created<HealthCheckMonitor>(FullMonitor),
        ["health_check_monitor.changed"] = Domain.Monitors.Changed.Between(
            FullMonitor,
            new() { Name = "tcp", Type = HealthCheckType.Tcp, Schedule = new(null, null, null) })!,
        ["health_check_monitor.deleted"] = new Deleted<HealthCheckMonitor>(),
        ["health_check_monitor.undeleted"] = new Undeleted<HealthCheckMonitor>(),
        ["certificate_profile.created"] = new Created<CertificateProfile>(FullProfile),
        ["certificate_profile.changed"] = Domain.Certificates.Changed.Between(
            FullProfile,
            new() { Name = "www-2", Files = new("", "", "") })!,
        ["certificate_profile.deleted"] = new Deleted<CertificateProfile>(),
        ["certificate_profile.undeleted"] = new Undeleted<CertificateProfile>(),
        ["inventory_object.registered"] = new Domain.Inventory.Registered(new(Kind.IpAddress, "2001:db8::10", "Global")),
        ["inventory_object.changed"] = new Domain.Inventory.Changed { Name = new("lb-1", "lb-2"), Namespace = new("Global", "Blue") },
        ["inventory_object.removed"] = new Domain.Inventory.Removed(),
    };

    private static IEnumerable<Service.Store.StoredEvent> Stored => StoredEvents.Told;

    public static TheoryData<string> Names => [.. Stored.Select(stored => stored.Name)];

    [Theory, MemberData(nameof(Names))]
    public void An_event_is_written_to_and_read_from_its_golden_JSON(string name)
    {
        var example = Examples[name];
        var golden = Golden(name);

        Assert.Equal(golden, JsonSerializer.Serialize(example, example.GetType(), Indented));
        Assert.Equal(
            example,
            JsonSerializer.Deserialize(golden, Stored.Single(stored => stored.Name == name).Type, StoredJson.Options));
    }

    [Theory, MemberData(nameof(Names))]
    public void The_store_of_the_running_service_writes_and_reads_the_same(string name)
    {
        var example = Examples[name];
        // Without the line breaks and the spaces of a file that people read.
        var golden = string.Concat(Golden(name).Split('\n').Select(line => line.Trim())).Replace("\": ", "\":", StringComparison.Ordinal);
        var serializer = fixture.Service.Services.GetRequiredService<IDocumentStore>().Options.Serializer();

        Assert.Equal(golden, serializer.ToJson(example));
        using var stored = new MemoryStream(Encoding.UTF8.GetBytes(golden));
        Assert.Equal(example, serializer.FromJson(example.GetType(), stored));
    }

    /// <summary>Every golden file of every earlier release: its folder, and the name of the event.</summary>
    public static TheoryData<string, string> Released
    {
        get
        {
            var released = new TheoryData<string, string>();
            foreach (var file in Directory.GetDirectories(GoldenFolder).SelectMany(Directory.GetFiles).Order(StringComparer.Ordinal))
                released.Add(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileNameWithoutExtension(file));
            return released;
        }
    }

    [Theory, MemberData(nameof(Released))]
    public void An_event_of_an_earlier_release_is_read_with_every_property_that_it_has(string release, string name)
    {
        var stored = Golden($"{release}/{name}");
        var type = Stored.Single(one => one.Name == name).Type;

        var read = JsonSerializer.Deserialize(stored, type, StoredJson.Options)!;

        // Today's spelling may have further properties; none of the stored ones is renamed, removed or changed.
        using var before = JsonDocument.Parse(stored);
        using var today = JsonDocument.Parse(JsonSerializer.Serialize(read, type, StoredJson.Options));
        Assert.Empty(Lost(before.RootElement, today.RootElement, name));
    }

    [Fact]
    public async Task Every_mutation_stores_only_events_with_permanent_names()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        foreach (string mutation in Mutations.All) await service.Send((await Mutations.Prepare(service, mutation)).Request);

        var stored = await service.Rows(
            """
            select distinct coalesce(stream.type, '') || ' ' || event.type
            from registry.mt_events event join registry.mt_streams stream on stream.id = event.stream_id
            where event.type <> 'tombstone' and event.type not like '%.condition_%'
            order by 1
            """,
            row => row.GetString(0));

        // Each event in a stream of the kind that its name begins with.
        Assert.Equal(
            StoredEvents.All.Select(known => $"{known.Name.Split('.')[0]} {known.Name}").Order(StringComparer.Ordinal),
            stored.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_event_of_the_domain_has_a_stored_name()
    {
        var stored = StoredEvents.All.Select(one => one.Type).ToHashSet();
        var domain = typeof(Server).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && !type.IsGenericTypeDefinition && IsEvent(type)).ToList();

        Assert.NotEmpty(domain);
        Assert.Empty(domain.Except(stored));
        // The events shared by all owned kinds are stored once per kind; inventory has its own.
        var owned = domain.Where(type => type.BaseType is { IsGenericType: true })
            .Select(type => type.BaseType!.GetGenericArguments()[0]).Distinct()
            .Except([typeof(Domain.Inventory.InventoryObject)]);
        foreach (var kind in owned)
            Assert.All(
                new[] { typeof(Created<>), typeof(Deleted<>), typeof(Undeleted<>) },
                shared => Assert.Contains(shared.MakeGenericType(kind), stored));
        Assert.Equal(stored.Count, StoredEvents.All.Select(one => one.Name).Distinct().Count());
    }

    private static string GoldenFolder => Path.Combine(Repository.Root, "tests", "VirtualServer.Service.Tests", "Golden");

    private static string Golden(string name) => File.ReadAllText(Path.Combine(GoldenFolder, $"{name}.json")).TrimEnd();

    private static IEnumerable<string> Lost(JsonElement before, JsonElement today, string path) => before.ValueKind switch
    {
        JsonValueKind.Object => before.EnumerateObject().SelectMany(property => today.TryGetProperty(property.Name, out var now)
            ? Lost(property.Value, now, $"{path}.{property.Name}")
            : [$"{path}.{property.Name}"]),
        JsonValueKind.Array when before.GetArrayLength() == today.GetArrayLength() =>
            before.EnumerateArray().Zip(today.EnumerateArray()).SelectMany(pair => Lost(pair.First, pair.Second, $"{path}[]")),
        _ => before.GetRawText() == today.GetRawText() ? [] : [path],
    };

    private static bool IsEvent(Type? type) =>
        type is not null && ((type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Event<>)) || IsEvent(type.BaseType));
}
