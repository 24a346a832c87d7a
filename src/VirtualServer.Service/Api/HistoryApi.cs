using Grpc.Core;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Faults;
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
        var (changes, next) = await history.Page(
            HistoryWire.Target(request.Target), request.PageSize, request.PageToken, context.CancellationToken);
        return new() { Versions = { changes.Select(change => HistoryWire.ToWire(change)) }, NextPageToken = next };
    }

    public override async Task<GetVersionResponse> GetVersion(GetVersionRequest request, ServerCallContext context)
    {
        var past = await At(request.Target, request.At, "at", context.CancellationToken);
        var conditions = await objects.Conditions(past.View, past.Time, context.CancellationToken);
        return new() { Object = HistoryWire.ToWire(past with { Conditions = conditions }) };
    }

    public override async Task<DiffVersionsResponse> DiffVersions(DiffVersionsRequest request, ServerCallContext context)
    {
        var from = await At(request.Target, request.From, "from", context.CancellationToken);
        var to = request.To is null
            ? await history.At(HistoryWire.Target(request.Target), new PointInHistory.Latest(), context.CancellationToken)
            : await At(request.Target, request.To, "to", context.CancellationToken);
        return HistoryWire.ToWire(from, to);
    }

    public override async Task<ListAuditEntriesResponse> ListAuditEntries(ListAuditEntriesRequest request, ServerCallContext context)
    {
        var (changes, next) = await audit.Page(HistoryWire.ToQuery(request), context.CancellationToken);
        return new() { Entries = { changes.Select(change => HistoryWire.ToWire(change, request.WithChanges)) }, NextPageToken = next };
    }

    public override Task<RevertObjectResponse> RevertObject(RevertObjectRequest request, ServerCallContext context)
    {
        var point = HistoryWire.Point(request.To, "to", out var malformed);
        return reverts.Execute(
            HistoryWire.Target(request.Target), point, Requests.Options(request, "", malformed), Caller.Of(context), HistoryWire.ToWire,
            context.CancellationToken);
    }

    private Task<PastView> At(HistoryTarget target, VersionSelector selector, string field, CancellationToken cancellation)
    {
        var point = HistoryWire.Point(selector, field, out var malformed);
        var of = HistoryWire.Target(target);
        return malformed.Count > 0 ? throw new Refused([.. of.Violations, .. malformed]) : history.At(of, point, cancellation);
    }
}
