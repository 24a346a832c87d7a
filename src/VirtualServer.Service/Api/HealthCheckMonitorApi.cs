using Grpc.Core;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Monitors.Draft>;
using Content = VirtualServers.Domain.Monitors.HealthCheckMonitor;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Api;

/// <summary>HealthCheckMonitorService: each method names its command or query.</summary>
public sealed class HealthCheckMonitorApi(Registry registry, ObjectReader objects, ObjectBatches batches, Pages pages)
    : HealthCheckMonitorService.HealthCheckMonitorServiceBase
{
    public override Task<CreateHealthCheckMonitorResponse> CreateHealthCheckMonitor(
        CreateHealthCheckMonitorRequest request, ServerCallContext context) => registry.Execute(
        Requests.Create(
            request,
            Resources.HealthCheckMonitor,
            request.HealthCheckMonitor?.Id,
            new Create(HealthCheckMonitorWire.ToDraft(request.HealthCheckMonitor))),
        Caller.Of(context),
        done => new CreateHealthCheckMonitorResponse { HealthCheckMonitor = HealthCheckMonitorWire.ToWire(done) },
        context.CancellationToken);

    public override async Task<GetHealthCheckMonitorResponse> GetHealthCheckMonitor(
        GetHealthCheckMonitorRequest request, ServerCallContext context)
    {
        var found = await objects.Get<Content>(Reads.ToQuery(request, Kind.HealthCheckMonitor), context.CancellationToken);
        return new() { HealthCheckMonitor = HealthCheckMonitorWire.ToWire(found) };
    }

    public override async Task<ListHealthCheckMonitorsResponse> ListHealthCheckMonitors(
        ListHealthCheckMonitorsRequest request, ServerCallContext context)
    {
        var mask = new ReadMask(request.ReadMask, V1.HealthCheckMonitor.Descriptor);
        var query = Reads.ToQuery(request, [Kind.HealthCheckMonitor], FilterWire.Read(request.Filter), mask);
        var page = await pages.Read<Content, V1.HealthCheckMonitor>(
            query, one => mask.Trimmed(HealthCheckMonitorWire.ToWire(one)), context.CancellationToken);
        return new ListHealthCheckMonitorsResponse { HealthCheckMonitors = { page.Objects } }.Paged(page);
    }

    public override async Task<BatchGetHealthCheckMonitorsResponse> BatchGetHealthCheckMonitors(
        BatchGetHealthCheckMonitorsRequest request, ServerCallContext context)
    {
        var targets = Reads.ToTargets(request.Targets, Kind.HealthCheckMonitor);
        var mask = new ReadMask(request.ReadMask, V1.HealthCheckMonitor.Descriptor);
        var query = Reads.ToQuery(request, [Kind.HealthCheckMonitor], targets, mask);
        var found = await batches.Read<Content>(query, context.CancellationToken);
        return new()
        {
            HealthCheckMonitors = { found.Objects.Select(one => mask.Trimmed(HealthCheckMonitorWire.ToWire(one))) },
            Missing = { Reads.ToWire(found.Missing) },
        };
    }

    public override Task<UpdateHealthCheckMonitorResponse> UpdateHealthCheckMonitor(
        UpdateHealthCheckMonitorRequest request, ServerCallContext context)
    {
        var draft = HealthCheckMonitorWire.ToDraft(request.HealthCheckMonitor, request.UpdateMask, out var malformed);
        return registry.Execute(
            Requests.Change(request, Resources.HealthCheckMonitor, new Configure(draft), malformed, Resources.HealthCheckMonitor.Prefix),
            Caller.Of(context),
            done => new UpdateHealthCheckMonitorResponse { HealthCheckMonitor = HealthCheckMonitorWire.ToWire(done) },
            context.CancellationToken);
    }

    public override Task<DeleteHealthCheckMonitorResponse> DeleteHealthCheckMonitor(
        DeleteHealthCheckMonitorRequest request, ServerCallContext context) => registry.Execute(
        Requests.Change(request, Resources.HealthCheckMonitor, new Delete(request.AllowMissing)), Caller.Of(context),
        done => new DeleteHealthCheckMonitorResponse { HealthCheckMonitor = HealthCheckMonitorWire.ToWire(done) },
        context.CancellationToken);

    public override Task<UndeleteHealthCheckMonitorResponse> UndeleteHealthCheckMonitor(
        UndeleteHealthCheckMonitorRequest request, ServerCallContext context) => registry.Execute(
        Requests.Change(request, Resources.HealthCheckMonitor, new Undelete(), onlyLive: false), Caller.Of(context),
        done => new UndeleteHealthCheckMonitorResponse { HealthCheckMonitor = HealthCheckMonitorWire.ToWire(done) },
        context.CancellationToken);
}
