using Grpc.Core;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using Content = VirtualServers.Domain.Inventory.InventoryObject;

namespace VirtualServers.Service.Api;

/// <summary>InventoryService: each method names its command or query.</summary>
public sealed class InventoryApi(Registry registry, BatchUpsert sets, ObjectReader objects, ObjectBatches batches, Pages pages)
    : InventoryService.InventoryServiceBase
{
    public override Task<UpsertInventoryObjectResponse> UpsertInventoryObject(
        UpsertInventoryObjectRequest request, ServerCallContext context) => registry.Execute(
        InventoryWire.ToCall(request), Caller.Of(context),
        done => new UpsertInventoryObjectResponse { InventoryObject = InventoryWire.ToWire(done) }.Showing(done.Conditions),
        context.CancellationToken);

    public override Task<BatchUpsertInventoryObjectsResponse> BatchUpsertInventoryObjects(
        BatchUpsertInventoryObjectsRequest request, ServerCallContext context)
    {
        var upserts = InventoryWire.ToCalls(request, out var malformed);
        return sets.Execute(
            upserts, Requests.Options(request, malformed: malformed), Caller.Of(context), InventoryWire.ToWire, context.CancellationToken);
    }

    public override Task<UpsertInventoryObjectsResponse> UpsertInventoryObjects(
        IAsyncStreamReader<UpsertInventoryObjectsRequest> requestStream, ServerCallContext context) =>
        new UpsertStream(registry, sets, Caller.Of(context))
            .Execute(requestStream.ReadAllAsync(context.CancellationToken), context.CancellationToken);

    public override async Task<GetInventoryObjectResponse> GetInventoryObject(GetInventoryObjectRequest request, ServerCallContext context)
    {
        var query = Reads.ToQuery(InventoryWire.Target(request.Id, request.Name), [.. Content.Kinds], request.ReadTime);
        var found = await objects.Get<Content>(query, context.CancellationToken);
        return new() { InventoryObject = InventoryWire.ToWire(found) };
    }

    public override async Task<ListInventoryObjectsResponse> ListInventoryObjects(
        ListInventoryObjectsRequest request, ServerCallContext context)
    {
        var filter = FilterWire.Read(request, out var kinds);
        var mask = new ReadMask(request.ReadMask, V1.InventoryObject.Descriptor);
        var query = Reads.ToQuery(request, kinds, filter, mask);
        var page = await pages.Read<Content, V1.InventoryObject>(
            query, one => mask.Trimmed(InventoryWire.ToWire(one)), context.CancellationToken);
        return new ListInventoryObjectsResponse { InventoryObjects = { page.Objects } }.Paged(page);
    }

    public override async Task<BatchGetInventoryObjectsResponse> BatchGetInventoryObjects(
        BatchGetInventoryObjectsRequest request, ServerCallContext context)
    {
        var targets = request.Targets.Select(target => InventoryWire.Target(target.Id, target.Name)).ToList();
        var mask = new ReadMask(request.ReadMask, V1.InventoryObject.Descriptor);
        var query = Reads.ToQuery(request, [.. Content.Kinds], targets, mask);
        var found = await batches.Read<Content>(query, context.CancellationToken);
        return new()
        {
            InventoryObjects = { found.Objects.Select(one => mask.Trimmed(InventoryWire.ToWire(one))) },
            Missing = { Reads.ToWire(found.Missing) },
        };
    }

    public override Task<RemoveInventoryObjectResponse> RemoveInventoryObject(
        RemoveInventoryObjectRequest request, ServerCallContext context) => registry.Execute(
        InventoryWire.ToCall(request), Caller.Of(context),
        done => new RemoveInventoryObjectResponse { InventoryObject = InventoryWire.ToWire(done) }, context.CancellationToken);
}
