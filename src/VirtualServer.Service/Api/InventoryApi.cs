using Grpc.Core;
using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Inventory.Command;

namespace VirtualServers.Service.Api;

/// <summary>InventoryService: what other systems own, written by upsert.</summary>
public sealed class InventoryApi(Registry registry, Reader reader, Pages pages) : InventoryService.InventoryServiceBase
{
    public override Task<UpsertInventoryObjectResponse> UpsertInventoryObject(UpsertInventoryObjectRequest request, ServerCallContext context) =>
        Upsert(request, context, _ => { });

    public override Task<UpsertInventoryObjectsResponse> UpsertInventoryObjects(IAsyncStreamReader<UpsertInventoryObjectsRequest> requestStream, ServerCallContext context) =>
        UpsertStream.Run(requestStream.ReadAllAsync(context.CancellationToken), async request =>
        {
            Event<Domain.Inventory.InventoryObject>? happened = null;
            await Upsert(request, context, outcome => happened = outcome);
            return happened;
        }, context.CancellationToken);

    public override async Task<GetInventoryObjectResponse> GetInventoryObject(GetInventoryObjectRequest request, ServerCallContext context)
    {
        var entry = await reader.Live<Domain.Inventory.InventoryObject>(InventoryWire.Target(request.Id, request.Name), context.CancellationToken);
        return new() { InventoryObject = InventoryWire.ToWire(entry.View!, entry.Names) };
    }

    public override async Task<ListInventoryObjectsResponse> ListInventoryObjects(ListInventoryObjectsRequest request, ServerCallContext context)
    {
        var malformed = InventoryWire.IsKind(request.Kind, "kind", out var kind);
        var (entries, next) = await pages.Read<Domain.Inventory.InventoryObject>(kind, withDeleted: false, request.PageSize, request.PageToken, context.CancellationToken, malformed is null ? [] : [malformed]);
        return new() { InventoryObjects = { entries.Select(entry => InventoryWire.ToWire(entry.View!, entry.Names)) }, NextPageToken = next };
    }

    public override Task<RemoveInventoryObjectResponse> RemoveInventoryObject(RemoveInventoryObjectRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command>(request, InventoryWire.Target(request.Id, request.Name), new Remove(request.AllowMissing));
        return Execute(call, context, done => new RemoveInventoryObjectResponse { InventoryObject = done.Object });
    }

    private Task<UpsertInventoryObjectResponse> Upsert(UpsertInventoryObjectRequest request, ServerCallContext context, Action<Event<Domain.Inventory.InventoryObject>?> outcome)
    {
        var draft = InventoryWire.ToDraft(request.InventoryObject);
        var call = Requests.Read<Command>(request, InventoryWire.Subject(request.InventoryObject, draft), new Upsert(draft), InventoryWire.Prefix);
        return Execute(call, context, done =>
        {
            outcome(done.Happened);
            return new UpsertInventoryObjectResponse { InventoryObject = done.Object };
        });
    }

    private Task<TAnswer> Execute<TAnswer>(Call<Command> call, ServerCallContext context, Func<Done<V1.InventoryObject, Event<Domain.Inventory.InventoryObject>>, TAnswer> answer)
        where TAnswer : Google.Protobuf.IMessage<TAnswer>, new() =>
        registry.Execute(Resources.InventoryObject, call, Caller.Of(context), answer, context.CancellationToken);
}
