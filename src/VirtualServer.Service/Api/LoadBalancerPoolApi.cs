using Grpc.Core;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using static VirtualServers.Domain.Command<VirtualServers.Domain.Pools.Draft>;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Api;

/// <summary>LoadBalancerPoolService: each call names its command, and the registry carries it out.</summary>
public sealed class LoadBalancerPoolApi(Registry registry, Reader reader, Pages pages) : LoadBalancerPoolService.LoadBalancerPoolServiceBase
{
    public override Task<CreateLoadBalancerPoolResponse> CreateLoadBalancerPool(CreateLoadBalancerPoolRequest request, ServerCallContext context)
    {
        var target = Requests.Chosen(request.LoadBalancerPool?.Id ?? "", Kind.LoadBalancerPool.Words, $"{LoadBalancerPoolWire.Prefix}id");
        var call = Requests.Read<Command<Draft>>(request, target, new Create(LoadBalancerPoolWire.ToDraft(request.LoadBalancerPool)), LoadBalancerPoolWire.Prefix);
        return Execute(call, context, done => new CreateLoadBalancerPoolResponse { LoadBalancerPool = done.Object });
    }

    public override async Task<GetLoadBalancerPoolResponse> GetLoadBalancerPool(GetLoadBalancerPoolRequest request, ServerCallContext context)
    {
        var entry = await reader.Live<Domain.Pools.LoadBalancerPool>(Target(request.Id, request.Name), context.CancellationToken);
        return new() { LoadBalancerPool = LoadBalancerPoolWire.ToWire(entry.View!, entry.Names) };
    }

    public override async Task<ListLoadBalancerPoolsResponse> ListLoadBalancerPools(ListLoadBalancerPoolsRequest request, ServerCallContext context)
    {
        var (entries, next) = await pages.Read<Domain.Pools.LoadBalancerPool>(
            Kind.LoadBalancerPool, request.ShowDeleted, request.PageSize, request.PageToken, context.CancellationToken);
        return new() { LoadBalancerPools = { entries.Select(entry => LoadBalancerPoolWire.ToWire(entry.View!, entry.Names)) }, NextPageToken = next };
    }

    public override Task<UpdateLoadBalancerPoolResponse> UpdateLoadBalancerPool(UpdateLoadBalancerPoolRequest request, ServerCallContext context)
    {
        var draft = LoadBalancerPoolWire.ToDraft(request.LoadBalancerPool, request.UpdateMask, out var malformed);
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Configure(draft), LoadBalancerPoolWire.Prefix, malformed);
        return Execute(call, context, done => new UpdateLoadBalancerPoolResponse { LoadBalancerPool = done.Object });
    }

    public override Task<DeleteLoadBalancerPoolResponse> DeleteLoadBalancerPool(DeleteLoadBalancerPoolRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new Delete(request.AllowMissing));
        return Execute(call, context, done => new DeleteLoadBalancerPoolResponse { LoadBalancerPool = done.Object });
    }

    public override Task<UndeleteLoadBalancerPoolResponse> UndeleteLoadBalancerPool(UndeleteLoadBalancerPoolRequest request, ServerCallContext context)
    {
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name, living: false), new Undelete());
        return Execute(call, context, done => new UndeleteLoadBalancerPoolResponse { LoadBalancerPool = done.Object });
    }

    public override Task<AddPoolMemberResponse> AddPoolMember(AddPoolMemberRequest request, ServerCallContext context)
    {
        var draft = LoadBalancerPoolWire.ToDraft(request.Member);
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new AddMember(draft));
        return Execute(call, context, done => new AddPoolMemberResponse { LoadBalancerPool = done.Object, Member = LoadBalancerPoolWire.One(done.Object, done.Happened, draft.Key) });
    }

    public override Task<UpdatePoolMemberResponse> UpdatePoolMember(UpdatePoolMemberRequest request, ServerCallContext context)
    {
        var key = LoadBalancerPoolWire.ToKey(request.MemberId, request.Endpoint, out var keyless);
        var draft = LoadBalancerPoolWire.ToDraft(request.Member, request.UpdateMask, out var malformed);
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new UpdateMember(key, draft), "", [.. keyless, .. malformed]);
        return Execute(call, context, done => new UpdatePoolMemberResponse { LoadBalancerPool = done.Object, Member = LoadBalancerPoolWire.One(done.Object, done.Happened, key) });
    }

    public override Task<RemovePoolMemberResponse> RemovePoolMember(RemovePoolMemberRequest request, ServerCallContext context)
    {
        var key = LoadBalancerPoolWire.ToKey(request.MemberId, request.Endpoint, out var keyless);
        var call = Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), new RemoveMember(key, request.AllowMissing), "", keyless);
        return Execute(call, context, done => new RemovePoolMemberResponse { LoadBalancerPool = done.Object, Member = Members(done, change => change.Removed).FirstOrDefault() });
    }

    public override Task<ReplacePoolMembersResponse> ReplacePoolMembers(ReplacePoolMembersRequest request, ServerCallContext context)
    {
        var command = new ReplaceMembers(LoadBalancerPoolWire.ToDrafts(request.Members), request.AdditiveOnly);
        return Execute(Requests.Read<Command<Draft>>(request, Target(request.Id, request.Name), command), context, done => new ReplacePoolMembersResponse
        {
            LoadBalancerPool = done.Object,
            Added = { Members(done, change => change.Added) },
            Changed = { Members(done, change => change.Is) },
            Removed = { Members(done, change => change.Removed) },
        });
    }

    private static IEnumerable<PoolMember> Members(Done<V1.LoadBalancerPool, Event<Domain.Pools.LoadBalancerPool>> done, Func<MembersChange, ValueSet<Member>> which) =>
        done.Happened is Changed { Members: { } change } ? LoadBalancerPoolWire.ToWire(which(change), done.Names) : [];

    private static Target Target(string id, string name, bool living = true) => Requests.Target(Kind.LoadBalancerPool, id, name, scope: "", living);

    private Task<TAnswer> Execute<TAnswer>(Call<Command<Draft>> call, ServerCallContext context, Func<Done<V1.LoadBalancerPool, Event<Domain.Pools.LoadBalancerPool>>, TAnswer> answer)
        where TAnswer : Google.Protobuf.IMessage<TAnswer>, new() =>
        registry.Execute(Resources.LoadBalancerPool, call, Caller.Of(context), answer, context.CancellationToken);
}
