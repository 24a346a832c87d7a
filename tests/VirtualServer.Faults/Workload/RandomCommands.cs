using Google.Protobuf.WellKnownTypes;
using VirtualServers.V1;

namespace VirtualServers.Faults.Workload;

/// <summary>Draws commands of every kind. Their names are few, so that some are refused.</summary>
internal sealed class RandomCommands(KnownObjects known, Random random)
{
    private static readonly Protocol[] Protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Http, Protocol.Https, Protocol.Any];
    private static readonly int[] Ports = [0, 80, 443, 8080, 8443, 9443];
    private static readonly string[] Tiers = ["gold", "silver"];

    /// <summary>The next command.</summary>
    /// <param name="number">Its number, which makes texts unique.</param>
    public Drawn Next(int number) => random.Next(100) switch
    {
        < 22 => new(new CreateVirtualServerRequest { VirtualServer = Server() }, AlwaysChanges: true),
        < 44 => Update(number),
        < 50 => OfServer(one => new(new EnableVirtualServerRequest { Id = one.Id }, AlwaysChanges: false)),
        < 56 => OfServer(one => new(new DisableVirtualServerRequest { Id = one.Id }, AlwaysChanges: false)),
        < 65 => OfServer(one => new(new DeleteVirtualServerRequest { Id = one.Id }, AlwaysChanges: true)),
        < 69 => OfServer(one => new(new UndeleteVirtualServerRequest { Id = one.Id }, AlwaysChanges: false)),
        < 84 => OfPool(number),
        < 92 => OfProfile(number),
        _ => OfInventory(number),
    };

    private Drawn Update(int number) => OfServer(one =>
    {
        var (fields, server) = (new List<string> { "description" }, new V1.VirtualServer { Description = $"by command {number}" });
        if (Chance(30)) (server.Port, fields) = (Any(Ports), [.. fields, "port"]);
        if (Chance(20)) (server.SslOffload, fields) = (Chance(50), [.. fields, "ssl_offload"]);
        if (Chance(15)) fields.Add("tenant");
        if (fields.Contains("tenant") && Chance(70)) server.Tenant = Tenant();
        if (Chance(15)) fields.Add("labels");
        if (fields.Contains("labels") && Chance(70)) server.Labels["tier"] = Any(Tiers);
        if (Chance(15)) fields.Add("load_balancer_pool");
        if (fields.Contains("load_balancer_pool") && Chance(80)) server.LoadBalancerPool = Pool();
        if (Chance(15)) fields.Add("certificate_profiles");
        if (fields.Contains("certificate_profiles") && Chance(70)) server.CertificateProfiles.Add(Profile());
        var request = new UpdateVirtualServerRequest
        {
            Id = one.Id, VirtualServer = server, UpdateMask = FieldMask.FromStringEnumerable<V1.VirtualServer>(fields),
        };
        if (!Chance(30)) return new(request, AlwaysChanges: true);
        request.Etag = one.Etag;
        return new(request, AlwaysChanges: true, one.Version);
    });

    private Drawn OfPool(int number)
    {
        if (known.Any(Kind.LoadBalancerPool, random) is not { } pool || Chance(15))
        {
            return new(
                new CreateLoadBalancerPoolRequest
                {
                    LoadBalancerPool = new()
                    {
                        Name = $"pool-{random.Next(World.Pools)}",
                        LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
                        Members = { Enumerable.Range(0, random.Next(4)).Select(_ => Member()).DistinctBy(one => one.IpAddress.Name) },
                        Labels = { ["tier"] = Any(Tiers) },
                    },
                },
                AlwaysChanges: true);
        }

        return random.Next(100) switch
        {
            < 30 => new(new AddPoolMemberRequest { Id = pool.Id, Member = Member() }, AlwaysChanges: false),
            < 55 => new(
                new RemovePoolMemberRequest
                {
                    Id = pool.Id,
                    Endpoint = new() { IpAddress = new() { Name = World.Member(random.Next(World.Members)) }, Port = Any(Ports[1..3]) },
                },
                AlwaysChanges: true),
            < 70 => new(
                new ReplacePoolMembersRequest
                {
                    Id = pool.Id,
                    Members = { Enumerable.Range(0, random.Next(5)).Select(_ => Member()).DistinctBy(one => one.IpAddress.Name) },
                },
                AlwaysChanges: false),
            < 90 => new(
                new UpdateLoadBalancerPoolRequest
                {
                    Id = pool.Id,
                    LoadBalancerPool = new() { Description = $"by command {number}" },
                    UpdateMask = new() { Paths = { "description" } },
                },
                AlwaysChanges: true),
            < 95 => new(new DeleteLoadBalancerPoolRequest { Id = pool.Id }, AlwaysChanges: true),
            _ => new(new UndeleteLoadBalancerPoolRequest { Id = pool.Id }, AlwaysChanges: false),
        };
    }

    private Drawn OfProfile(int number)
    {
        if (known.Any(Kind.CertificateProfile, random) is not { } profile || Chance(30))
        {
            return new(
                new CreateCertificateProfileRequest
                {
                    CertificateProfile = new()
                    {
                        Name = $"profile-{random.Next(World.Profiles)}",
                        CertificateType = CertificateType.Server,
                        ExpirationDate = Expiration(),
                    },
                },
                AlwaysChanges: true);
        }

        return random.Next(100) switch
        {
            < 50 => new(
                new UpdateCertificateProfileRequest
                {
                    Id = profile.Id,
                    CertificateProfile = new() { Cipher = $"by command {number}", ExpirationDate = Expiration() },
                    UpdateMask = new() { Paths = { "cipher", "expiration_date" } },
                },
                AlwaysChanges: true),
            < 80 => new(new RotateCertificateProfileRequest { From = new() { Id = profile.Id }, To = Profile() }, AlwaysChanges: false),
            < 90 => new(new DeleteCertificateProfileRequest { Id = profile.Id }, AlwaysChanges: true),
            _ => new(new UndeleteCertificateProfileRequest { Id = profile.Id }, AlwaysChanges: false),
        };
    }

    private Drawn OfInventory(int number) => random.Next(4) switch
    {
        // Known already: it changes nothing.
        0 => new(
            new UpsertInventoryObjectRequest
            {
                InventoryObject = new() { Device = new() { Name = World.Device(random.Next(World.Devices)) } },
            },
            AlwaysChanges: false),
        1 => new(
            new UpsertInventoryObjectRequest { InventoryObject = new() { CloudService = new() { Name = $"cloud-{number}" } } },
            AlwaysChanges: true),
        2 => new(
            new RemoveInventoryObjectRequest { Name = new() { Kind = Kind.CloudService, Name = $"cloud-{random.Next(1, number + 1)}" } },
            AlwaysChanges: true),
        _ => new(
            new BatchUpsertInventoryObjectsRequest
            {
                Requests =
                {
                    Enumerable.Range(0, random.Next(1, 8)).Select(i => new UpsertInventoryObjectRequest
                    {
                        InventoryObject = new() { VirtualChassis = new() { Name = $"chassis-{number}-{i}" } },
                    }),
                },
            },
            AlwaysChanges: true),
    };

    private Drawn OfServer(Func<Result, Drawn> draw) =>
        known.Any(Kind.VirtualServer, random) is { } one
            ? draw(one) : new(new CreateVirtualServerRequest { VirtualServer = Server() }, AlwaysChanges: true);

    private V1.VirtualServer Server()
    {
        var server = new V1.VirtualServer
        {
            Name = $"server-{random.Next(World.Servers)}",
            Vip = new() { Name = World.Address(random.Next(World.Addresses)) },
            Port = Any(Ports),
            Protocol = Any(Protocols),
            LoadBalancerType = Chance(50) ? LoadBalancerType.Layer4 : LoadBalancerType.Layer7,
            Device = new() { Name = World.Device(random.Next(World.Devices)) },
        };
        if (Chance(60)) server.LoadBalancerPool = Pool();
        if (Chance(30)) server.CertificateProfiles.Add(Profile());
        if (Chance(30)) server.SslOffload = true;
        if (Chance(60)) server.Tenant = Tenant();
        if (Chance(50)) server.Labels["tier"] = Any(Tiers);
        return server;
    }

    private PoolMember Member() => new()
    {
        IpAddress = new() { Name = World.Member(random.Next(World.Members)) }, Port = Any(Ports[1..3]),
        Status = Chance(70) ? PoolMemberStatus.Active : PoolMemberStatus.Maintenance,
    };

    // Some come near, or pass, while the run goes on: conditions that begin without a command.
    private Timestamp? Expiration() => random.Next(4) switch
    {
        0 => null,
        1 => DateTime.UtcNow.AddDays(30).AddSeconds(random.Next(10, 300)).ToTimestamp(),
        2 => DateTime.UtcNow.AddSeconds(random.Next(10, 300)).ToTimestamp(),
        _ => DateTime.UtcNow.AddYears(1).ToTimestamp(),
    };

    private Reference Tenant() => new() { Name = World.Tenant(random.Next(World.Tenants)) };

    private Reference Pool() => new() { Name = $"pool-{random.Next(World.Pools)}" };

    private Reference Profile() => new() { Name = $"profile-{random.Next(World.Profiles)}" };

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Any<T>(IReadOnlyList<T> values) => values[random.Next(values.Count)];
}
