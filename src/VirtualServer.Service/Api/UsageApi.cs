using Grpc.Core;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Api;

/// <summary>UsageService: where objects are used.</summary>
public sealed class UsageApi(Usages usages) : UsageService.UsageServiceBase
{
    public override async Task<ListUsagesResponse> ListUsages(ListUsagesRequest request, ServerCallContext context)
    {
        var (address, violations) = UsageWire.Target(request.Id, request.Name);
        return UsageWire.ToWire(await usages.Read(
            address, request.Fields, request.PageSize, request.PageToken, [.. violations, .. UsageWire.Unknown(request.Fields)], context.CancellationToken));
    }
}
