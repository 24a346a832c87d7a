using Google.Protobuf;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A mutating request and its object, with the etag if the object exists already.</summary>
internal sealed record Prepared(IMutation Request, string Id, string Etag)
{
    /// <summary>The request that is only validated.</summary>
    public IMutation Trial => With(request => request.ValidateOnly = true).Request;

    /// <summary>The request whose answer shows conditions, if it can.</summary>
    public IMutation ShowingConditions => With(request =>
    {
        if (request is IConditionRequest viewing) viewing.View = CommandView.WithConditions;
    }).Request;

    public Prepared With(Action<IMutation> set)
    {
        var request = (IMutation)Request.Descriptor.Parser.ParseFrom(Request.ToByteArray());
        set(request);
        return this with { Request = request };
    }
}

/// <summary>Every mutation with a request that has an effect, so that rules for every mutation are tested with every mutation.</summary>
internal static class Mutations
{
    private static readonly Dictionary<string, Func<TestService, Task<Prepared>>> Table = new(Owned.All.SelectMany(Shared))
    {
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
        ["AddPoolMember"] = async service =>
        {
            var known = await Pool(service);
            return new(
                new AddPoolMemberRequest { Id = known.Id, Member = new() { IpAddress = known.Members[0].IpAddress, Port = 81 } },
                known.Id,
                known.Etag);
        },
        ["UpdatePoolMember"] = async service =>
        {
            var known = await Pool(service);
            return new(
                new UpdatePoolMemberRequest
                {
                    Id = known.Id,
                    MemberId = known.Members[0].Id,
                    Member = new() { Status = PoolMemberStatus.Maintenance },
                },
                known.Id,
                known.Etag);
        },
        ["RemovePoolMember"] = async service =>
        {
            var known = await Pool(service);
            return new(
                new RemovePoolMemberRequest
                {
                    Name = known.Name,
                    Endpoint = new() { IpAddress = known.Members[0].IpAddress, Port = known.Members[0].Port },
                },
                known.Id,
                known.Etag);
        },
        ["ReplacePoolMembers"] = async service =>
        {
            var known = await Pool(service);
            return new(
                new ReplacePoolMembersRequest
                {
                    Id = known.Id,
                    Members = { new PoolMember { IpAddress = known.Members[0].IpAddress, Port = 81 } },
                },
                known.Id,
                known.Etag);
        },
        ["RevertObject"] = async service =>
        {
            var known = await TestInventory.Create(service);
            var moved = (await service.VirtualServers.UpdateVirtualServerAsync(new()
            {
                Id = known.Id, VirtualServer = new() { Port = 8443 }, UpdateMask = new() { Paths = { "port" } },
            })).VirtualServer;
            return new(new RevertObjectRequest { Target = new() { Id = known.Id }, To = new() { Version = 1 } }, known.Id, moved.Etag);
        },
        ["UpsertInventoryObject that registers"] = _ =>
        {
            var id = Guid.CreateVersion7().ToString();
            return Task.FromResult(new Prepared(
                new UpsertInventoryObjectRequest
                {
                    InventoryObject = new() { Id = id, Tenant = new() { Name = TestInventory.Unique("tenant") } },
                },
                id,
                ""));
        },
        ["UpsertInventoryObject that changes"] = async service =>
        {
            var known = await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } });
            return new(
                new UpsertInventoryObjectRequest
                {
                    InventoryObject = new() { Id = known.Id, Device = new() { Name = TestInventory.Unique("renamed") } },
                },
                known.Id,
                known.Etag);
        },
        ["RemoveInventoryObject"] = async service =>
        {
            var known = await service.Upsert(new() { CloudService = new() { Name = TestInventory.Unique("cloud") } });
            return new(
                new RemoveInventoryObjectRequest { Name = new() { Kind = Kind.CloudService, Name = known.CloudService.Name } },
                known.Id,
                known.Etag);
        },
    };

    public static TheoryData<string> All => [.. Table.Keys];

    /// <summary>The names of all of them.</summary>
    public static IEnumerable<string> Names => Table.Keys;

    /// <summary>The mutations of an existing object, which has an etag.</summary>
    public static TheoryData<string> OfKnownObjects =>
        [.. Table.Keys.Where(mutation =>
            !mutation.StartsWith("Create", StringComparison.Ordinal) && mutation != "UpsertInventoryObject that registers")];

    /// <summary>The mutations that change nothing when repeated; the others find no object then.</summary>
    public static TheoryData<string> Repeatable =>
        [.. Table.Keys.Where(mutation =>
            !mutation.StartsWith("Delete", StringComparison.Ordinal) && mutation is not ("RemoveInventoryObject" or "RemovePoolMember"))];

    /// <summary>The mutations that carry the object with its new values.</summary>
    public static TheoryData<string> WithBody =>
        [.. Owned.All.Select(owned => $"Update{owned.Name}"), "UpsertInventoryObject that changes"];

    public static Task<Prepared> Prepare(TestService service, string mutation) => Table[mutation](service);

    /// <summary>Changes an object of any kind, live or deleted.</summary>
    public static async Task Touch(TestService service, IMessage known)
    {
        IMessage request = Owned.All.SingleOrDefault(owned => owned.Name == known.Descriptor.Name) is not { } owned
            ? new UpsertInventoryObjectRequest { InventoryObject = Renamed((InventoryObject)known) }
            : known.Descriptor.FindFieldByName("delete_time").Accessor.GetValue(known) is null
                ? owned.Update("id", known.Text("id"), owned.With("name", TestInventory.Unique("touched")))
                : owned.Undelete("id", known.Text("id"));
        await service.Send(request);
    }

    // The mutations of every owned kind.
    private static IEnumerable<KeyValuePair<string, Func<TestService, Task<Prepared>>>> Shared(Owned owned) =>
    [
        new($"Create{owned.Name}", async service =>
        {
            var id = Guid.CreateVersion7().ToString();
            return new(owned.Create((await owned.Draft(service)).With("id", id)), id, "");
        }),
        new($"Update{owned.Name}", async service =>
            About(await owned.Existing(service), known => owned.Update("id", known.Text("id"), owned.Change()))),
        new($"Delete{owned.Name}", async service =>
            About(await owned.Existing(service), known => owned.Delete("name", known.Text("name")))),
        new($"Undelete{owned.Name}", async service =>
        {
            var known = await owned.Existing(service);
            var deleted = await service.Send(owned.Delete("id", known.Text("id")));
            return About(deleted.Carried<IMessage>()!, gone => owned.Undelete("id", gone.Text("id")));
        }),
    ];

    private static async Task<LoadBalancerPool> Pool(TestService service) =>
        (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = await TestInventory.Pool(service) })).LoadBalancerPool;

    private static Prepared About(IMessage known, Func<IMessage, IMutation> request) =>
        new(request(known), known.Text("id"), known.Text("etag"));

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
