using Grpc.Core;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Security;
using VirtualServers.V1;

namespace VirtualServers.Service.Api;

/// <summary>ChangeService: watches, lists and replays of changes, and the changes that wait to be announced.</summary>
public sealed class ChangeApi(Watches watches, ChangeLists lists, Replays replays, ParkedLists parked) : ChangeService.ChangeServiceBase
{
    public override Task WatchChanges(
        WatchChangesRequest request, IServerStreamWriter<WatchChangesResponse> responseStream, ServerCallContext context) =>
        watches.Send(
            ChangeRequests.ToQuery(request), Caller.Of(context), responseStream.WriteAsync, context.GetHttpContext().Abort,
            context.CancellationToken);

    public override async Task<ListChangesResponse> ListChanges(ListChangesRequest request, ServerCallContext context)
    {
        var page = await lists.Page(ChangeRequests.ToQuery(request), Caller.Of(context).Reads, context.CancellationToken);
        return new() { Changes = { page.Changes }, NextPageToken = page.NextPageToken, WatchToken = page.WatchToken };
    }

    public override Task ReplayChanges(
        ReplayChangesRequest request, IServerStreamWriter<ReplayChangesResponse> responseStream, ServerCallContext context) =>
        replays.Publish(ReplayRequests.ToQuery(request), responseStream.WriteAsync, context.CancellationToken);

    public override async Task<ListParkedChangesResponse> ListParkedChanges(ListParkedChangesRequest request, ServerCallContext context)
    {
        var (changes, next) = await parked.Page(request.PageSize, request.PageToken, context.CancellationToken);
        return new() { Changes = { changes.Select(ChangeRequests.ToWire) }, NextPageToken = next };
    }

    public override async Task<RetryParkedChangesResponse> RetryParkedChanges(RetryParkedChangesRequest request, ServerCallContext context)
    {
        await parked.Retry(request.ObjectId, context.CancellationToken);
        return new();
    }

    public override async Task<SkipParkedChangeResponse> SkipParkedChange(SkipParkedChangeRequest request, ServerCallContext context) =>
        new() { Change = ChangeRequests.ToWire(await parked.Skip(request.Sequence, context.CancellationToken)) };
}
