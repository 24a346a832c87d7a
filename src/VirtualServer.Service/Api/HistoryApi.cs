using Grpc.Core;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Api;

/// <summary>HistoryService: the past of objects, the audit log, and the way back.</summary>
public sealed class HistoryApi(History history, PastObjects objects, AuditLog audit, Reverts reverts) : HistoryService.HistoryServiceBase
{
    public override async Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, ServerCallContext context)
    {
        var page = await history.Page(
            HistoryWire.Target(request.Target), request.PageSize, request.PageToken, HistoryWire.ToWire, context.CancellationToken);
        return new() { Versions = { page.Objects }, NextPageToken = page.NextPageToken };
    }

    public override async Task<GetVersionResponse> GetVersion(GetVersionRequest request, ServerCallContext context)
    {
        var past = (await history.At(HistoryWire.ToQuery(request), context.CancellationToken))[0];
        var conditions = await objects.Conditions(past.View, past.Time, context.CancellationToken);
        return new() { Object = HistoryWire.ToWire(past with { Conditions = conditions }) };
    }

    public override async Task<DiffVersionsResponse> DiffVersions(DiffVersionsRequest request, ServerCallContext context)
    {
        var past = await history.At(HistoryWire.ToQuery(request), context.CancellationToken);
        return HistoryWire.ToWire(from: past[0], to: past[1]);
    }

    public override async Task<ListAuditEntriesResponse> ListAuditEntries(ListAuditEntriesRequest request, ServerCallContext context)
    {
        var page = await audit.Page(HistoryWire.ToQuery(request), HistoryWire.ToWire, context.CancellationToken);
        return new() { Entries = { page.Objects }, NextPageToken = page.NextPageToken };
    }

    public override Task<RevertObjectResponse> RevertObject(RevertObjectRequest request, ServerCallContext context) =>
        reverts.Execute(
            HistoryWire.ToQuery(request), Requests.Options(request), Caller.Of(context), HistoryWire.ToWire, context.CancellationToken);
}
