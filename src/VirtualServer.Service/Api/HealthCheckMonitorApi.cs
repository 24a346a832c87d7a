using Grpc.Core;
using VirtualServers.Domain;
using VirtualServers.Domain.Monitors;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Monitors.Draft>;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Api;

/// <summary>HealthCheckMonitorService: each call names its command, and the registry carries it out.</summary>
public sealed class HealthCheckMonitorApi(Registry registry, Reader reader, Pages pages) : HealthCheckMonitorService.HealthCheckMonitorServiceBase
{
    public override Task<CreateHealthCheckMonitorResponse> CreateHealthCheckMonitor(CreateHealthCheckMonitorRequest request, ServerCallContext context)
    {
        var target = Requests.Chosen(request.HealthCheckMonitor?.Id ?? "", Kind.HealthCheckMonitor.Words, $"{HealthCheckMonitorWire.Prefix}id");
        var call = Requests.Read<Command<Draft>>(request, target, new Create(HealthCheckMonitorWire.ToDraft(request.HealthCheckMonitor)), HealthCheckMonitorWire.Prefix);
        return Execute(call, context, it => new CreateHealthCheckMonitorResponse { HealthCheckMonitor = it });
    }

    public override async Task<GetHealthCheckMonitorResponse> GetHealthCheckMonitor(GetHealthCheckMonitorRequest request, ServerCallContext context)
    {
        var entry = await reader.Live<Domain.Monitors.HealthCheckMonitor>(Target(request.Id, request.Name), context.CancellationToken);
        return new() { HealthCheckMonitor = HealthCheckMonitorWire.ToWire(entry.View!, entry.Names) };
    }

    public override async Task<ListHealthCheckMonitorsResponse> ListHealthCheckMonitors(ListHealthCheckMonitorsRequest request, ServerCallContext context)
    {
        var (entries, next) = await pages.Read<Domain.Monitors.HealthCheckMonitor>(
            Kind.HealthCheckMonitor, request.ShowDeleted, request.PageSize, request.PageToken, context.CancellationToken);
        return new() { HealthCheckMonitors = { entries.Select(entry => HealthCheckMonitorWire.ToWire(entry.View!, entry.Names)) }, NextPageToken = next };
    }

    public override Task<UpdateHealthCheckMonitorResponse> UpdateHealthCheckMonitor(UpdateHealthCheckMonitorRequest request, ServerCallContext context)
    {
        var draft = HealthCheckMonitorWire.ToDraft(request.HealthCheckMonitor, request.UpdateMask, out var malformed);
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Configure(draft), HealthCheckMonitorWire.Prefix, malformed);
        return Execute(call, context, it => new UpdateHealthCheckMonitorResponse { HealthCheckMonitor = it });
    }

    public override Task<DeleteHealthCheckMonitorResponse> DeleteHealthCheckMonitor(DeleteHealthCheckMonitorRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Delete(request.AllowMissing));
        return Execute(call, context, it => new DeleteHealthCheckMonitorResponse { HealthCheckMonitor = it });
    }

    public override Task<UndeleteHealthCheckMonitorResponse> UndeleteHealthCheckMonitor(UndeleteHealthCheckMonitorRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name, living: false), new Undelete());
        return Execute(call, context, it => new UndeleteHealthCheckMonitorResponse { HealthCheckMonitor = it });
    }

    private static Target Target(string id, string name, bool living = true) => Requests.Target(Kind.HealthCheckMonitor, id, name, scope: "", living);

    private Task<TAnswer> Execute<TAnswer>(Call<Command<Draft>> call, ServerCallContext context, Func<V1.HealthCheckMonitor?, TAnswer> answer)
        where TAnswer : Google.Protobuf.IMessage<TAnswer>, new() =>
        registry.Execute(Resources.HealthCheckMonitor, call, Caller.Of(context), done => answer(done.Object), context.CancellationToken);
}
