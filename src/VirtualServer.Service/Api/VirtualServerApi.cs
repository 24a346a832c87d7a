using Grpc.Core;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using Content = VirtualServers.Domain.VirtualServers.VirtualServer;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Api;

/// <summary>VirtualServerService: each method names its command or query.</summary>
public sealed class VirtualServerApi(Registry registry, ObjectReader objects, ObjectBatches batches, Pages pages, Summary summary)
    : VirtualServerService.VirtualServerServiceBase
{
    public override Task<CreateVirtualServerResponse> CreateVirtualServer(
        CreateVirtualServerRequest request, ServerCallContext context) => registry.Execute(
        Requests.Create(
            request, Resources.VirtualServer, request.VirtualServer?.Id, new Create(VirtualServerWire.ToDraft(request.VirtualServer))),
        Caller.Of(context),
        done => new CreateVirtualServerResponse { VirtualServer = VirtualServerWire.ToWire(done) }.Showing(done.Conditions),
        context.CancellationToken);

    public override async Task<GetVirtualServerResponse> GetVirtualServer(GetVirtualServerRequest request, ServerCallContext context)
    {
        var found = await objects.Get<Content>(Reads.ToQuery(request, Kind.VirtualServer), context.CancellationToken);
        return new() { VirtualServer = VirtualServerWire.ToWire(found) };
    }

    public override async Task<ListVirtualServersResponse> ListVirtualServers(ListVirtualServersRequest request, ServerCallContext context)
    {
        var mask = new ReadMask(request.ReadMask, V1.VirtualServer.Descriptor);
        var query = Reads.ToQuery(request, [Kind.VirtualServer], FilterWire.Read(request), mask);
        var page = await pages.Read<Content, V1.VirtualServer>(
            query, one => mask.Trimmed(VirtualServerWire.ToWire(one)), context.CancellationToken);
        return new ListVirtualServersResponse { VirtualServers = { page.Objects } }.Paged(page);
    }

    public override async Task<BatchGetVirtualServersResponse> BatchGetVirtualServers(
        BatchGetVirtualServersRequest request, ServerCallContext context)
    {
        var targets = Reads.ToTargets(request.Targets, Kind.VirtualServer);
        var mask = new ReadMask(request.ReadMask, V1.VirtualServer.Descriptor);
        var query = Reads.ToQuery(request, [Kind.VirtualServer], targets, mask);
        var found = await batches.Read<Content>(query, context.CancellationToken);
        return new()
        {
            VirtualServers = { found.Objects.Select(one => mask.Trimmed(VirtualServerWire.ToWire(one))) },
            Missing = { Reads.ToWire(found.Missing) },
        };
    }

    public override async Task<SummarizeVirtualServersResponse> SummarizeVirtualServers(
        SummarizeVirtualServersRequest request, ServerCallContext context) =>
        ConditionWire.ToWire(await summary.Read(context.CancellationToken));

    public override Task<UpdateVirtualServerResponse> UpdateVirtualServer(UpdateVirtualServerRequest request, ServerCallContext context)
    {
        var draft = VirtualServerWire.ToDraft(request.VirtualServer, request.UpdateMask, out var malformed);
        return registry.Execute(
            Requests.Change(request, Resources.VirtualServer, new Configure(draft), malformed, Resources.VirtualServer.Prefix),
            Caller.Of(context),
            done => new UpdateVirtualServerResponse { VirtualServer = VirtualServerWire.ToWire(done) }.Showing(done.Conditions),
            context.CancellationToken);
    }

    public override Task<DeleteVirtualServerResponse> DeleteVirtualServer(
        DeleteVirtualServerRequest request, ServerCallContext context) => registry.Execute(
        Requests.Change(request, Resources.VirtualServer, new Delete(request.AllowMissing)), Caller.Of(context),
        done => new DeleteVirtualServerResponse { VirtualServer = VirtualServerWire.ToWire(done) }.Showing(done.Conditions),
        context.CancellationToken);

    public override Task<UndeleteVirtualServerResponse> UndeleteVirtualServer(
        UndeleteVirtualServerRequest request, ServerCallContext context) => registry.Execute(
        Requests.Change(request, Resources.VirtualServer, new Undelete(), onlyLive: false), Caller.Of(context),
        done => new UndeleteVirtualServerResponse { VirtualServer = VirtualServerWire.ToWire(done) }.Showing(done.Conditions),
        context.CancellationToken);

    public override Task<EnableVirtualServerResponse> EnableVirtualServer(EnableVirtualServerRequest request, ServerCallContext context) =>
        registry.Execute(
            Requests.Change(request, Resources.VirtualServer, new Enable()), Caller.Of(context),
            done => new EnableVirtualServerResponse { VirtualServer = VirtualServerWire.ToWire(done) }.Showing(done.Conditions),
            context.CancellationToken);

    public override Task<DisableVirtualServerResponse> DisableVirtualServer(
        DisableVirtualServerRequest request, ServerCallContext context) =>
        registry.Execute(
            Requests.Change(request, Resources.VirtualServer, new Disable()), Caller.Of(context),
            done => new DisableVirtualServerResponse { VirtualServer = VirtualServerWire.ToWire(done) }.Showing(done.Conditions),
            context.CancellationToken);
}
