using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Lists;

/// <summary>Random commands, one after the other, on a service and on the model.</summary>
internal sealed class RandomRegistry(TestService service, int seed)
{
    private static readonly string[] Names =
        ["web", "Web", "WEB shop", "größe-Ä", "api_v1", "100%", "a\\b", "edge", "日本", "443", "acme"];

    private readonly Random random = new(seed);

    public Model Model { get; } = new();

    /// <summary>Called after each command that changed something, with the versions that it led to.</summary>
    public Func<IReadOnlyList<Version>, Task> Changed { get; init; } = _ => Task.CompletedTask;

    public async Task Fill(int commands)
    {
        string[] scopes = ["Global", "Global", "Blue", "Green"];
        for (var i = 0; i < 24; i++)
        {
            var address = i % 4 == 3 ? $"2001:db8::{i:x}" : $"10.0.{i % 3}.{i}";
            await Send(Upsert(new() { IpAddress = new() { Address = address, Namespace = scopes[i % 4] } }));
            if (i % 6 == 0) await Send(Upsert(new() { IpAddress = new() { Address = address, Namespace = "Blue" } }));
        }

        foreach (var prefix in new[] { "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "2001:db8::/32" })
            await Send(Upsert(new() { Prefix = new() { Prefix_ = prefix, Namespace = One(scopes) } }));
        for (var i = 0; i < 3; i++)
        {
            await Send(Upsert(new() { Device = new() { Name = Name() } }));
            await Send(Upsert(new() { DeviceRedundancyGroup = new() { Name = Name() } }));
            await Send(Upsert(new() { VirtualChassis = new() { Name = Name() } }));
            await Send(Upsert(new() { CloudService = new() { Name = Name() } }));
            await Send(Upsert(new() { Tenant = new() { Name = Name() } }));
        }

        for (var i = 0; i < 6; i++)
        {
            await Create(Monitor());
            await Create(Profile());
            await Create(Pool());
        }

        for (var i = 0; i < 40; i++) await Create(Server());
        for (var i = 0; i < commands; i++) await Change();
    }

    /// <summary>One random command on a random object.</summary>
    public async Task Change()
    {
        var known = One([.. Model.At(null).All]);
        switch (known.Object)
        {
            case InventoryObject when random.Next(3) > 0: return;
            case InventoryObject inventory when random.Next(4) == 0:
                await Send(new RemoveInventoryObjectRequest { Id = inventory.Id });
                break;
            case InventoryObject inventory when random.Next(3) == 0:
                var others = Model.At(null).All.Where(one => one.Object is InventoryObject && one.Id != inventory.Id).ToList();
                await Send(new BatchUpsertInventoryObjectsRequest
                {
                    Requests = { Upsert(Renamed(new(inventory))), Upsert(Renamed(new((InventoryObject)One(others).Object))) },
                });
                break;
            case InventoryObject inventory: await Send(Upsert(Renamed(new(inventory)))); break;
            default: await ChangeOwned(known); break;
        }
    }

    private async Task ChangeOwned(Version known)
    {
        var owned = Owned.All.Single(one => one.Name == known.Object.Descriptor.Name);
        if (!known.IsLive) await Send(owned.Undelete("id", known.Id));
        else if (random.Next(6) == 0) await Send(owned.Delete("id", known.Id));
        else if (random.Next(8) == 0) await Send(Revert(known));
        else if (random.Next(3) == 0 && Special(known) is { } command) await Send(command);
        else
        {
            IMessage wanted = known.Object switch
            {
                V1.VirtualServer => Server(), LoadBalancerPool => Pool(), HealthCheckMonitor => Monitor(), _ => Profile(),
            };
            if (random.Next(2) == 0) wanted = wanted.With("name", known.Name);
            await Send(owned.Update("id", known.Id, wanted).With("update_mask", new FieldMask { Paths = { "*" } }));
        }
    }

    private RevertObjectRequest Revert(Version known) => new()
    {
        Target = new() { Id = known.Id }, To = new() { Version = random.Next(1, ((IRecord)known.Object).Version + 1) },
    };

    // A command that only objects of its kind have.
    private IMessage? Special(Version known) => known.Object switch
    {
        V1.VirtualServer { Enabled: true } => new DisableVirtualServerRequest { Id = known.Id },
        V1.VirtualServer => new EnableVirtualServerRequest { Id = known.Id },
        LoadBalancerPool pool => (random.Next(4), pool.Members.Count) switch
        {
            (0, > 0) => new RemovePoolMemberRequest { Id = known.Id, MemberId = One(pool.Members).Id },
            (1, > 0) => new UpdatePoolMemberRequest
            {
                Id = known.Id, MemberId = One(pool.Members).Id, Member = new() { Status = Some<PoolMemberStatus>() },
            },
            (2, _) => new ReplacePoolMembersRequest { Id = known.Id, Members = { Pool().Members } },
            _ => new AddPoolMemberRequest { Id = known.Id, Member = Member(random.Next(100)) },
        },
        CertificateProfile => new RotateCertificateProfileRequest
        {
            From = new() { Id = known.Id }, To = Live(Kind.CertificateProfile),
        },
        _ => null,
    };

    private InventoryObject Renamed(InventoryObject known)
    {
        switch (known.ObjectCase)
        {
            case InventoryObject.ObjectOneofCase.IpAddress when random.Next(2) == 0:
                known.IpAddress.Namespace = One<string>(["Global", "Blue"]);
                break;
            case InventoryObject.ObjectOneofCase.IpAddress: known.IpAddress.Address = $"10.0.{random.Next(3)}.{random.Next(250)}"; break;
            case InventoryObject.ObjectOneofCase.Prefix: known.Prefix.Prefix_ = $"10.{random.Next(250)}.0.0/16"; break;
            case InventoryObject.ObjectOneofCase.Device: known.Device.Name = Name(); break;
            case InventoryObject.ObjectOneofCase.DeviceRedundancyGroup: known.DeviceRedundancyGroup.Name = Name(); break;
            case InventoryObject.ObjectOneofCase.VirtualChassis: known.VirtualChassis.Name = Name(); break;
            case InventoryObject.ObjectOneofCase.CloudService: known.CloudService.Name = Name(); break;
            default: known.Tenant.Name = Name(); break;
        }

        return known;
    }

    private static UpsertInventoryObjectRequest Upsert(InventoryObject known) => new() { InventoryObject = known };

    private Task Create(IMessage wanted) => Send(Owned.All.Single(one => one.Name == wanted.Descriptor.Name).Create(wanted));

    // A command that the rules reject changes neither.
    private async Task Send(IMessage request)
    {
        var actor = One<string>(["ann", "bob", "Bob"]);
        try
        {
            var answer = await service.Send(request, new Metadata { { "x-actor", actor } });
            List<Version> changed = [];
            foreach (var answered in await Answered(answer))
                if (Model.Add(KindOf(answered), answered, actor) is { } version) changed.Add(version);
            if (changed.Count > 0) await Changed(changed);
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.AlreadyExists or StatusCode.FailedPrecondition
            or StatusCode.InvalidArgument or StatusCode.NotFound)
        {
        }
    }

    // A rotation names the objects that it changes, without their content.
    private async Task<IReadOnlyList<IMessage>> Answered(IMessage answer)
    {
        if (answer is BatchUpsertInventoryObjectsResponse set) return [.. set.Results.Select(result => result.InventoryObject)];
        if (answer is not RotateCertificateProfileResponse rotated) return [answer.Carried<IMessage>()!];
        List<IMessage> changed = [];
        foreach (var server in rotated.VirtualServers) changed.Add(await service.Get(server.Id));
        foreach (var pool in rotated.LoadBalancerPools)
            changed.Add((await service.Pools.GetLoadBalancerPoolAsync(new() { Id = pool.LoadBalancerPool.Id })).LoadBalancerPool);
        return changed;
    }

    private static Kind KindOf(IMessage known) => known switch
    {
        V1.VirtualServer => Kind.VirtualServer,
        LoadBalancerPool => Kind.LoadBalancerPool,
        HealthCheckMonitor => Kind.HealthCheckMonitor,
        CertificateProfile => Kind.CertificateProfile,
        InventoryObject inventory => inventory.ObjectCase switch
        {
            InventoryObject.ObjectOneofCase.IpAddress => Kind.IpAddress,
            InventoryObject.ObjectOneofCase.Prefix => Kind.Prefix,
            InventoryObject.ObjectOneofCase.Device => Kind.Device,
            InventoryObject.ObjectOneofCase.DeviceRedundancyGroup => Kind.DeviceRedundancyGroup,
            InventoryObject.ObjectOneofCase.VirtualChassis => Kind.VirtualChassis,
            InventoryObject.ObjectOneofCase.CloudService => Kind.CloudService,
            _ => Kind.Tenant,
        },
        _ => throw new ArgumentException($"{known.Descriptor.Name} is not an object", nameof(known)),
    };

    private V1.VirtualServer Server()
    {
        var server = new V1.VirtualServer
        {
            Name = Name(),
            // Often the same VIP and device, so that listeners overlap.
            Vip = random.Next(2) == 0 ? Live(Kind.IpAddress) : First(Kind.IpAddress),
            Protocol = Any<Protocol>(),
            LoadBalancerType = Some<LoadBalancerType>(),
            SourceNatType = Any<SourceNatType>(),
            SourceNatPool = Maybe(Kind.Prefix),
            Enabled = random.Next(3) > 0,
            SslOffload = random.Next(2) == 0,
            Tenant = Maybe(Kind.Tenant),
            HealthCheckMonitor = Maybe(Kind.HealthCheckMonitor),
            LoadBalancerPool = Maybe(Kind.LoadBalancerPool),
            CertificateProfiles = { Enumerable.Range(0, random.Next(3)).Select(_ => Live(Kind.CertificateProfile)) },
            Description = $"{random.Next(2)}",
        };
        if (random.Next(3) > 0) server.Port = Port();
        switch (random.Next(8))
        {
            case 0: server.DeviceRedundancyGroup = Live(Kind.DeviceRedundancyGroup); break;
            case 1: server.VirtualChassis = Live(Kind.VirtualChassis); break;
            case 2: server.CloudService = Live(Kind.CloudService); break;
            default: server.Device = Live(Kind.Device); break;
        }

        Label(server.Labels);
        return server;
    }

    private LoadBalancerPool Pool()
    {
        var pool = new LoadBalancerPool
        {
            Name = Name(),
            LoadBalancingAlgorithm = Some<LoadBalancingAlgorithm>(),
            HealthCheckMonitor = Maybe(Kind.HealthCheckMonitor),
            Tenant = Maybe(Kind.Tenant),
            Members = { Enumerable.Range(0, random.Next(3)).Select(Member) },
        };
        Label(pool.Labels);
        return pool;
    }

    private PoolMember Member(int number)
    {
        var member = new PoolMember
        {
            IpAddress = Live(Kind.IpAddress), Port = 80 + number, Status = Some<PoolMemberStatus>(), Tenant = Maybe(Kind.Tenant),
        };
        if (random.Next(4) == 0) member.CertificateProfiles.Add(Live(Kind.CertificateProfile));
        return member;
    }

    private HealthCheckMonitor Monitor()
    {
        var monitor = new HealthCheckMonitor { Name = Name(), HealthCheckType = Any<HealthCheckType>(), Tenant = Maybe(Kind.Tenant) };
        if (random.Next(2) == 0) monitor.Port = Port();
        return monitor;
    }

    private CertificateProfile Profile() => new()
    {
        Name = Name(),
        CertificateType = Any<CertificateType>(),
        ExpirationDate = random.Next(6) == 0 ? null : Expiration().ToTimestamp(),
        Tenant = Maybe(Kind.Tenant),
    };

    // Passed, near, or far away, so that the conditions of certificates do not change with the time of the run.
    private DateTimeOffset Expiration() =>
        new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero).AddDays(One<int>([-100, 10, 100]) + random.Next(10));

    private void Label(MapField<string, string> labels)
    {
        if (random.Next(2) == 0) labels["team"] = One<string>(["edge", "core", "Edge"]);
        if (random.Next(2) == 0) labels["stage"] = One<string>(["prod 1", "Prod", "%", ""]);
        if (random.Next(4) == 0) labels["Team"] = "edge";
    }

    private string Name() => $"{One(Names)}{(random.Next(4) == 0 ? "" : $" {random.Next(60)}")}";

    private int Port() => One<int>([0, 53, 80, 443, 8080, 8443, 65535]);

    private Reference Live(Kind kind) => new() { Id = One([.. Model.At(null).All.Where(one => one.Kind == kind && one.IsLive)]).Id };

    private Reference First(Kind kind) => new() { Id = Model.At(null).All.First(one => one.Kind == kind && one.IsLive).Id };

    private Reference? Maybe(Kind kind) =>
        random.Next(2) == 0 && Model.At(null).All.Any(one => one.Kind == kind && one.IsLive) ? Live(kind) : null;

    private T Some<T>() where T : struct, System.Enum => One([.. System.Enum.GetValues<T>().Skip(1)]);

    private T Any<T>() where T : struct, System.Enum => One(System.Enum.GetValues<T>());

    private T One<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
