using Grpc.Core;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Api;

/// <summary>VirtualServerService: each call names its command, and the registry carries it out.</summary>
public sealed class VirtualServerApi(Registry registry, Reader reader, Pages pages, Summary summary) : VirtualServerService.VirtualServerServiceBase
{
    public override Task<CreateVirtualServerResponse> CreateVirtualServer(CreateVirtualServerRequest request, ServerCallContext context)
    {
        var target = Requests.Chosen(request.VirtualServer?.Id ?? "", Kind.VirtualServer.Words, $"{VirtualServerWire.Prefix}id");
        var call = Requests.Read<Command<Draft>>(request, target, new Create(VirtualServerWire.ToDraft(request.VirtualServer)), VirtualServerWire.Prefix);
        return Execute(call, context, server => new CreateVirtualServerResponse { VirtualServer = server });
    }

    public override async Task<GetVirtualServerResponse> GetVirtualServer(GetVirtualServerRequest request, ServerCallContext context)
    {
        var entry = await reader.Live<Domain.VirtualServers.VirtualServer>(Target(request.Id, request.Name), context.CancellationToken);
        return new() { VirtualServer = VirtualServerWire.ToWire(entry) };
    }

    public override async Task<ListVirtualServersResponse> ListVirtualServers(ListVirtualServersRequest request, ServerCallContext context)
    {
        var filter = ConditionWire.ToFilter(request.Filter, out var malformed);
        var (entries, next) = await pages.Read<Domain.VirtualServers.VirtualServer>(
            Kind.VirtualServer, request.ShowDeleted, request.PageSize, request.PageToken, context.CancellationToken, malformed, filter);
        return new() { VirtualServers = { entries.Select(VirtualServerWire.ToWire) }, NextPageToken = next };
    }

    public override async Task<SummarizeVirtualServersResponse> SummarizeVirtualServers(SummarizeVirtualServersRequest request, ServerCallContext context) =>
        ConditionWire.ToWire(await summary.Read(context.CancellationToken));

    public override Task<UpdateVirtualServerResponse> UpdateVirtualServer(UpdateVirtualServerRequest request, ServerCallContext context)
    {
        var draft = VirtualServerWire.ToDraft(request.VirtualServer, request.UpdateMask, out var malformed);
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Configure(draft), VirtualServerWire.Prefix, malformed);
        return Execute(call, context, server => new UpdateVirtualServerResponse { VirtualServer = server });
    }

    public override Task<DeleteVirtualServerResponse> DeleteVirtualServer(DeleteVirtualServerRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Delete(request.AllowMissing));
        return Execute(call, context, server => new DeleteVirtualServerResponse { VirtualServer = server });
    }

    public override Task<UndeleteVirtualServerResponse> UndeleteVirtualServer(UndeleteVirtualServerRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name, living: false), new Undelete());
        return Execute(call, context, server => new UndeleteVirtualServerResponse { VirtualServer = server });
    }

    public override Task<EnableVirtualServerResponse> EnableVirtualServer(EnableVirtualServerRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Enable());
        return Execute(call, context, server => new EnableVirtualServerResponse { VirtualServer = server });
    }

    public override Task<DisableVirtualServerResponse> DisableVirtualServer(DisableVirtualServerRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Disable());
        return Execute(call, context, server => new DisableVirtualServerResponse { VirtualServer = server });
    }

    private static Target Target(string id, string name, bool living = true) => Requests.Target(Kind.VirtualServer, id, name, scope: "", living);

    private Task<TAnswer> Execute<TAnswer>(Call<Command<Draft>> call, ServerCallContext context, Func<V1.VirtualServer?, TAnswer> answer)
        where TAnswer : Google.Protobuf.IMessage<TAnswer>, new() =>
        registry.Execute(Resources.VirtualServer, call, Caller.Of(context), done => answer(done.Object), context.CancellationToken);
}
