using Grpc.Core;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Api;

/// <summary>UsageService: references to objects.</summary>
public sealed class UsageApi(Usages usages) : UsageService.UsageServiceBase
{
    public override async Task<ListUsagesResponse> ListUsages(ListUsagesRequest request, ServerCallContext context) =>
        UsageWire.ToWire(await usages.Read(UsageWire.ToQuery(request), Caller.Of(context).Reads, context.CancellationToken));
}
