using Google.Protobuf;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A request that changes something, and the object that it is about: with its etag, if it exists already.</summary>
internal sealed record Prepared(IMutation Request, string Id, string Etag)
{
    public Prepared With(Action<IMutation> set)
    {
        var request = (IMutation)Request.Descriptor.Parser.ParseFrom(Request.ToByteArray());
        set(request);
        return this with { Request = request };
    }
}

/// <summary>Every way to change something, each with a request that does: what is said of every mutation is tried with every mutation.</summary>
internal static class Mutations
{
    private static readonly Dictionary<string, Func<TestService, Task<Prepared>>> Table = new()
    {
        ["CreateVirtualServer"] = async service =>
        {
            var draft = await TestInventory.Draft(service);
            draft.Id = Guid.CreateVersion7().ToString();
            draft.Labels.Add(new Dictionary<string, string> { ["stage"] = "test", ["team"] = "edge" });
            return new(new CreateVirtualServerRequest { VirtualServer = draft }, draft.Id, "");
        },
        ["UpdateVirtualServer"] = async service =>
        {
            var known = await TestInventory.Create(service);
            return new(new UpdateVirtualServerRequest { Id = known.Id, VirtualServer = new() { Description = "changed", Port = 8443 } }, known.Id, known.Etag);
        },
        ["DeleteVirtualServer"] = async service =>
        {
            var known = await TestInventory.Create(service);
            return new(new DeleteVirtualServerRequest { Name = known.Name }, known.Id, known.Etag);
        },
        ["UndeleteVirtualServer"] = async service =>
        {
            var known = await TestInventory.Create(service);
            var deleted = (await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = known.Id })).VirtualServer;
            return new(new UndeleteVirtualServerRequest { Id = known.Id }, known.Id, deleted.Etag);
        },
        ["EnableVirtualServer"] = async service =>
        {
            var known = await TestInventory.Create(service);
            var disabled = (await service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id })).VirtualServer;
            return new(new EnableVirtualServerRequest { Name = known.Name }, known.Id, disabled.Etag);
        },
        ["DisableVirtualServer"] = async service =>
        {
            var known = await TestInventory.Create(service);
            return new(new DisableVirtualServerRequest { Id = known.Id }, known.Id, known.Etag);
        },
        ["CreateLoadBalancerPool"] = async service =>
        {
            var draft = await TestInventory.Pool(service);
            draft.Id = Guid.CreateVersion7().ToString();
            draft.Labels.Add(new Dictionary<string, string> { ["stage"] = "test", ["team"] = "edge" });
            return new(new CreateLoadBalancerPoolRequest { LoadBalancerPool = draft }, draft.Id, "");
        },
        ["UpdateLoadBalancerPool"] = async service =>
        {
            var known = await Pool(service);
            return new(new UpdateLoadBalancerPoolRequest { Id = known.Id, LoadBalancerPool = new() { Description = "changed", LoadBalancingAlgorithm = LoadBalancingAlgorithm.UrlHash } }, known.Id, known.Etag);
        },
        ["DeleteLoadBalancerPool"] = async service =>
        {
            var known = await Pool(service);
            return new(new DeleteLoadBalancerPoolRequest { Name = known.Name }, known.Id, known.Etag);
        },
        ["UndeleteLoadBalancerPool"] = async service =>
        {
            var known = await Pool(service);
            var deleted = (await service.Pools.DeleteLoadBalancerPoolAsync(new() { Id = known.Id })).LoadBalancerPool;
            return new(new UndeleteLoadBalancerPoolRequest { Id = known.Id }, known.Id, deleted.Etag);
        },
        ["AddPoolMember"] = async service =>
        {
            var known = await Pool(service);
            return new(new AddPoolMemberRequest { Name = known.Name, Member = new() { IpAddress = known.Members[0].IpAddress, Port = 81 } }, known.Id, known.Etag);
        },
        ["UpdatePoolMember"] = async service =>
        {
            var known = await Pool(service);
            return new(new UpdatePoolMemberRequest { Id = known.Id, MemberId = known.Members[0].Id, Member = new() { Port = 8443, Label = "changed" } }, known.Id, known.Etag);
        },
        ["RemovePoolMember"] = async service =>
        {
            var known = await Pool(service);
            return new(new RemovePoolMemberRequest { Name = known.Name, Endpoint = new() { IpAddress = known.Members[0].IpAddress, Port = 80 } }, known.Id, known.Etag);
        },
        ["ReplacePoolMembers"] = async service =>
        {
            var known = await Pool(service);
            var more = await TestInventory.NewAddress(service);
            return new(
                new ReplacePoolMembersRequest { Id = known.Id, Members = { new PoolMember(known.Members[0]) { Label = "changed" }, new PoolMember { IpAddress = new() { Name = more }, Port = 0 } } },
                known.Id, known.Etag);
        },
        ["UpsertInventoryObject that registers"] = _ =>
        {
            var id = Guid.CreateVersion7().ToString();
            return Task.FromResult(new Prepared(new UpsertInventoryObjectRequest { InventoryObject = new() { Id = id, Tenant = new() { Name = TestInventory.Unique("tenant") } } }, id, ""));
        },
        ["UpsertInventoryObject that changes"] = async service =>
        {
            var known = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
            return new(new UpsertInventoryObjectRequest { InventoryObject = new() { Id = known.Id, Device = new() { Name = TestInventory.Unique("renamed") } } }, known.Id, known.Etag);
        },
        ["RemoveInventoryObject"] = async service =>
        {
            var known = await service.Upsert(new() { CloudService = new() { Name = TestInventory.Unique("cloud") } });
            return new(new RemoveInventoryObjectRequest { Name = new() { Kind = Kind.CloudService, Name = known.CloudService.Name } }, known.Id, known.Etag);
        },
    };

    public static TheoryData<string> All => [.. Table.Keys];

    /// <summary>Those about an object that exists already, and has an etag.</summary>
    public static TheoryData<string> OfKnownObjects => [.. Table.Keys.Except(["CreateVirtualServer", "CreateLoadBalancerPool", "UpsertInventoryObject that registers"])];

    public static Task<Prepared> Prepare(TestService service, string mutation) => Table[mutation](service);

    /// <summary>Changes an object once more, whatever it is and whatever state it is in.</summary>
    public static async Task Touch(TestService service, IMessage known)
    {
        IMessage request = known switch
        {
            V1.VirtualServer { DeleteTime: not null } deleted => new UndeleteVirtualServerRequest { Id = deleted.Id },
            V1.VirtualServer living => new UpdateVirtualServerRequest { Id = living.Id, VirtualServer = new() { Description = TestInventory.Unique("touched") } },
            LoadBalancerPool { DeleteTime: not null } deleted => new UndeleteLoadBalancerPoolRequest { Id = deleted.Id },
            LoadBalancerPool living => new UpdateLoadBalancerPoolRequest { Id = living.Id, LoadBalancerPool = new() { Description = TestInventory.Unique("touched") } },
            InventoryObject thing => new UpsertInventoryObjectRequest { InventoryObject = Renamed(thing) },
            _ => throw new ArgumentException(known.Descriptor.FullName, nameof(known)),
        };
        await service.Send(request);
    }

    private static async Task<LoadBalancerPool> Pool(TestService service) =>
        (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = await TestInventory.Pool(service) })).LoadBalancerPool;

    private static InventoryObject Renamed(InventoryObject thing)
    {
        var (renamed, name) = (new InventoryObject(thing), TestInventory.Unique("touched"));
        switch (thing.ObjectCase)
        {
            case InventoryObject.ObjectOneofCase.Device: renamed.Device.Name = name; break;
            case InventoryObject.ObjectOneofCase.CloudService: renamed.CloudService.Name = name; break;
            case InventoryObject.ObjectOneofCase.Tenant: renamed.Tenant.Name = name; break;
            default: throw new ArgumentException($"{thing.ObjectCase}", nameof(thing));
        }

        return renamed;
    }
}
