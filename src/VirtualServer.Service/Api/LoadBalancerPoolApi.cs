using Grpc.Core;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using Content = VirtualServers.Domain.Pools.LoadBalancerPool;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Api;

/// <summary>LoadBalancerPoolService: each method names its command or query.</summary>
public sealed class LoadBalancerPoolApi(Registry registry, ObjectReader objects, ObjectBatches batches, Pages pages)
    : LoadBalancerPoolService.LoadBalancerPoolServiceBase
{
    public override Task<CreateLoadBalancerPoolResponse> CreateLoadBalancerPool(
        CreateLoadBalancerPoolRequest request, ServerCallContext context) => registry.Execute(
        Requests.Create(
            request,
            Resources.LoadBalancerPool,
            request.LoadBalancerPool?.Id,
            new Create(LoadBalancerPoolWire.ToDraft(request.LoadBalancerPool))),
        Caller.Of(context),
        done => new CreateLoadBalancerPoolResponse { LoadBalancerPool = LoadBalancerPoolWire.ToWire(done) }, context.CancellationToken);

    public override async Task<GetLoadBalancerPoolResponse> GetLoadBalancerPool(
        GetLoadBalancerPoolRequest request, ServerCallContext context)
    {
        var found = await objects.Get<Content>(Reads.ToQuery(request, Kind.LoadBalancerPool), context.CancellationToken);
        return new() { LoadBalancerPool = LoadBalancerPoolWire.ToWire(found) };
    }

    public override async Task<ListLoadBalancerPoolsResponse> ListLoadBalancerPools(
        ListLoadBalancerPoolsRequest request, ServerCallContext context)
    {
        var mask = new ReadMask(request.ReadMask, V1.LoadBalancerPool.Descriptor);
        var query = Reads.ToQuery(request, [Kind.LoadBalancerPool], FilterWire.Read(request.Filter), mask);
        var page = await pages.Read<Content, V1.LoadBalancerPool>(
            query, one => mask.Trimmed(LoadBalancerPoolWire.ToWire(one)), context.CancellationToken);
        return new ListLoadBalancerPoolsResponse { LoadBalancerPools = { page.Objects } }.Paged(page);
    }

    public override async Task<BatchGetLoadBalancerPoolsResponse> BatchGetLoadBalancerPools(
        BatchGetLoadBalancerPoolsRequest request, ServerCallContext context)
    {
        var targets = Reads.ToTargets(request.Targets, Kind.LoadBalancerPool);
        var mask = new ReadMask(request.ReadMask, V1.LoadBalancerPool.Descriptor);
        var query = Reads.ToQuery(request, [Kind.LoadBalancerPool], targets, mask);
        var found = await batches.Read<Content>(query, context.CancellationToken);
        return new()
        {
            LoadBalancerPools = { found.Objects.Select(one => mask.Trimmed(LoadBalancerPoolWire.ToWire(one))) },
            Missing = { Reads.ToWire(found.Missing) },
        };
    }

    public override Task<UpdateLoadBalancerPoolResponse> UpdateLoadBalancerPool(
        UpdateLoadBalancerPoolRequest request, ServerCallContext context)
    {
        var draft = LoadBalancerPoolWire.ToDraft(request.LoadBalancerPool, request.UpdateMask, out var malformed);
        return registry.Execute(
            Requests.Change(request, Resources.LoadBalancerPool, new Configure(draft), malformed, Resources.LoadBalancerPool.Prefix),
            Caller.Of(context),
            done => new UpdateLoadBalancerPoolResponse { LoadBalancerPool = LoadBalancerPoolWire.ToWire(done) }.Showing(done.Conditions),
            context.CancellationToken);
    }

    public override Task<DeleteLoadBalancerPoolResponse> DeleteLoadBalancerPool(
        DeleteLoadBalancerPoolRequest request, ServerCallContext context) => registry.Execute(
        Requests.Change(request, Resources.LoadBalancerPool, new Delete(request.AllowMissing)), Caller.Of(context),
        done => new DeleteLoadBalancerPoolResponse { LoadBalancerPool = LoadBalancerPoolWire.ToWire(done) }, context.CancellationToken);

    public override Task<UndeleteLoadBalancerPoolResponse> UndeleteLoadBalancerPool(
        UndeleteLoadBalancerPoolRequest request, ServerCallContext context) => registry.Execute(
        Requests.Change(request, Resources.LoadBalancerPool, new Undelete(), onlyLive: false), Caller.Of(context),
        done => new UndeleteLoadBalancerPoolResponse { LoadBalancerPool = LoadBalancerPoolWire.ToWire(done) }, context.CancellationToken);

    public override Task<AddPoolMemberResponse> AddPoolMember(AddPoolMemberRequest request, ServerCallContext context)
    {
        var draft = LoadBalancerPoolWire.ToDraft(request.Member);
        return registry.Execute(
            Requests.Change(request, Resources.LoadBalancerPool, new AddMember(draft)), Caller.Of(context),
            done => new AddPoolMemberResponse
            {
                LoadBalancerPool = LoadBalancerPoolWire.ToWire(done), Member = LoadBalancerPoolWire.Member(done, draft.Key),
            }.Showing(done.Conditions),
            context.CancellationToken);
    }

    public override Task<UpdatePoolMemberResponse> UpdatePoolMember(UpdatePoolMemberRequest request, ServerCallContext context)
    {
        var key = LoadBalancerPoolWire.ToKey(request.MemberId, request.Endpoint, out var keyless);
        var draft = LoadBalancerPoolWire.ToDraft(request.Member, request.UpdateMask, out var malformed);
        return registry.Execute(
            Requests.Change(request, Resources.LoadBalancerPool, new UpdateMember(key, draft), [.. keyless, .. malformed]),
            Caller.Of(context),
            done => new UpdatePoolMemberResponse
            {
                LoadBalancerPool = LoadBalancerPoolWire.ToWire(done), Member = LoadBalancerPoolWire.Member(done, key),
            }.Showing(done.Conditions),
            context.CancellationToken);
    }

    public override Task<RemovePoolMemberResponse> RemovePoolMember(RemovePoolMemberRequest request, ServerCallContext context)
    {
        var key = LoadBalancerPoolWire.ToKey(request.MemberId, request.Endpoint, out var keyless);
        return registry.Execute(
            Requests.Change(request, Resources.LoadBalancerPool, new RemoveMember(key, request.AllowMissing), keyless), Caller.Of(context),
            done => new RemovePoolMemberResponse
            {
                LoadBalancerPool = LoadBalancerPoolWire.ToWire(done),
                Member = LoadBalancerPoolWire.Members(done, change => change.Removed).FirstOrDefault(),
            }.Showing(done.Conditions),
            context.CancellationToken);
    }

    public override Task<ReplacePoolMembersResponse> ReplacePoolMembers(ReplacePoolMembersRequest request, ServerCallContext context) =>
        registry.Execute(
            Requests.Change(
                request,
                Resources.LoadBalancerPool,
                new ReplaceMembers(LoadBalancerPoolWire.ToDrafts(request.Members), request.AdditiveOnly)),
            Caller.Of(context),
            done => new ReplacePoolMembersResponse
            {
                LoadBalancerPool = LoadBalancerPoolWire.ToWire(done),
                Added = { LoadBalancerPoolWire.Members(done, change => change.Added) },
                Changed = { LoadBalancerPoolWire.Members(done, change => change.Is) },
                Removed = { LoadBalancerPoolWire.Members(done, change => change.Removed) },
            }.Showing(done.Conditions),
            context.CancellationToken);
}
