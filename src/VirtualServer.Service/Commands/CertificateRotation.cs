using Google.Protobuf;
using Marten;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using PoolCommand = VirtualServers.Domain.Pools.RotateCertificate;
using ServerCommand = VirtualServers.Domain.VirtualServers.RotateCertificate;

namespace VirtualServers.Service.Commands;

/// <summary>A requested rotation: one certificate profile replaces another, everywhere or on the named objects.</summary>
public sealed record Rotation(
    Reference? From, Reference? To, IReadOnlyList<Reference> Servers, IReadOnlyList<(Reference? Pool, string Member)> Members)
{
    /// <summary>Whether the rotation covers everything that uses the old profile.</summary>
    public bool IsEverywhere => Servers.Count == 0 && Members.Count == 0;

    /// <summary>Every reference of the request.</summary>
    public IEnumerable<FieldReference> References()
    {
        if (From is { } from) yield return new("from", Kind.CertificateProfile, from);
        if (To is { } to) yield return new("to", Kind.CertificateProfile, to);
        for (var i = 0; i < Servers.Count; i++) yield return new($"virtual_servers[{i}]", Kind.VirtualServer, Servers[i]);
        for (var i = 0; i < Members.Count; i++)
            if (Members[i].Pool is { } pool) yield return new($"pool_members[{i}].load_balancer_pool", Kind.LoadBalancerPool, pool);
    }
}

/// <summary>The objects that a rotation changed; of pools, the changed members.</summary>
public sealed record Rotated(
    IReadOnlyList<Named> Servers, IReadOnlyList<(Named Pool, IReadOnlyList<Guid> Members)> Pools, ConditionEffect Conditions);

/// <summary>
/// Replaces one certificate profile by another on many objects in one transaction. Each object is decided separately, as for every command,
/// and gets its own event.
/// </summary>
public sealed class CertificateRotation(
    FactReader facts, ObjectReader objects, ConditionPreview preview, Commits commits, RetryLoop loop)
{
    /// <summary>Executes the rotation and answers with the changed objects; throws <see cref="Refused"/> when it is rejected.</summary>
    public Task<TAnswer> Execute<TAnswer>(
        Rotation rotation, CallOptions options, Caller caller, Func<Rotated, TAnswer> answer, CancellationToken cancellation)
        where TAnswer : IMessage<TAnswer>, new() =>
        loop.Run("the set of objects that use the certificate profile", async () =>
        {
            var (found, stored) = await facts.Gather(
                [.. rotation.References()], options.RequestId, caller.Reads, cancellation);
            if (stored is not null) return RetryLoop.Repeat<TAnswer>(stored, options, caller);

            var check = new Check(found);
            var wanted = Resolve(rotation, check);
            if (options.Malformed.Count > 0 || check.Violations.Count > 0) throw new Refused([.. options.Malformed, .. check.Violations]);

            var servers = await objects.Several<Domain.VirtualServers.VirtualServer>(
                wanted.From, Domain.VirtualServers.Field.CertificateProfiles, wanted.Servers, caller.Reads, cancellation);
            var pools = await objects.Several<LoadBalancerPool>(
                wanted.From, $"{Field.Members}.{Field.CertificateProfiles}", wanted.Members?.Select(one => one.Pool), caller.Reads,
                cancellation);
            if (wanted.Members is { } named) CheckMembers(named, pools, check);
            if (check.Violations.Count > 0) throw new Refused(check.Violations);

            // One time, so that no past time shows a part of the rotation.
            var written = await commits.Now(
                servers.Select(server => server.View?.UpdateTime).Concat(pools.Select(pool => pool.View?.UpdateTime)).Max(), cancellation);
            List<PendingEvent> events =
            [
                .. servers.Select(server => Decide(
                        Resources.VirtualServer, new ServerCommand(wanted.From, wanted.To), server.View!, written))
                    .OfType<PendingEvent>(),
                .. pools.Select(pool => Decide(
                        Resources.LoadBalancerPool,
                        new PoolCommand(wanted.From, wanted.To, MembersOf(pool.Named.Id, wanted.Members)),
                        pool.View!,
                        written))
                    .OfType<PendingEvent>(),
            ];
            var effect = options.ShowsConditions ? await preview.Read(null, events, caller.Reads, cancellation) : ConditionEffect.None;
            if (effect is null) return null;
            var result = answer(new(
                [.. servers.Select(server => server.Named).Where(server => events.Exists(pending => pending.Id == server.Id))],
                [.. pools.Select(pool => (pool.Named, ChangedMembers(pool.Named.Id, events))).Where(pool => pool.Item2.Count > 0)],
                effect));
            var commit = Registry.Commit(options, caller, result, events, effect);
            return new Attempt<TAnswer>(result, rotation.IsEverywhere && caller.Reads.AreAll && events.Count > 0 && commit is not null
                ? commit with { Last = commit.Last + (operations => ExpectUnused(operations, wanted.From)) }
                : commit);
        }, cancellation);

    private static Wanted Resolve(Rotation rotation, Check check)
    {
        var references = rotation.References().ToList();
        var from = check.Required("from", Kind.CertificateProfile, rotation.From, null);
        var to = check.Required("to", Kind.CertificateProfile, rotation.To, null);
        if (from != default && from == to)
            check.Add(Reason.FieldInvalid, "to", "to is the same certificate profile as from: give another one");

        var servers = references.Where(reference => reference.Kind == Kind.VirtualServer).Select(check.Find).ToList();
        var members = rotation.Members.Select((one, index) =>
        {
            var pool = check.Required($"pool_members[{index}].load_balancer_pool", Kind.LoadBalancerPool, one.Pool, null);
            if (Reference.ParseUuid(one.Member) is not { } member)
            {
                check.Add(
                    Reason.FieldInvalid, $"pool_members[{index}].member_id",
                    $"pool_members[{index}].member_id {one.Member.InQuotes} is not a UUID: give the id of a member of the pool");
                return (pool, default, index);
            }

            return (pool, member, index);
        }).ToList();
        return rotation.IsEverywhere ? new(from, to, null, null) : new(from, to, servers, members);
    }

    private static void CheckMembers(
        IReadOnlyList<(Guid Pool, Guid Member, int Index)> named, IReadOnlyList<Loaded<LoadBalancerPool>> pools, Check check)
    {
        foreach (var (poolId, member, index) in named)
        {
            var pool = pools.FirstOrDefault(one => one.Named.Id == poolId);
            if (pool is { View: { } view } && view.Content.Members.All(one => one.Id != member))
                check.Add(Reason.NotFound, $"pool_members[{index}].member_id", $"pool member {member} does not exist in {pool.Named}");
        }
    }

    private static ValueSet<Guid>? MembersOf(Guid pool, IReadOnlyList<(Guid Pool, Guid Member, int Index)>? named) =>
        named is null ? null : [.. named.Where(one => one.Pool == pool).Select(one => one.Member)];

    private static PendingEvent? Decide<T, TDraft>(
        Resource<T, Command<TDraft>> resource, Command<TDraft> command, View<T> before, Written written)
        where T : class, IRegistered
        where TDraft : IDraft =>
        resource.Decide(command, before.State, new Facts()) is Decision<Event<T>>.Accepted { Event: { } happened }
            ? PendingEvent.Of(before, resource.Aggregate.Next(before, before.Id, happened, written), happened)
            : null;

    private static IReadOnlyList<Guid> ChangedMembers(Guid pool, List<PendingEvent> events) =>
        events.FirstOrDefault(pending => pending.Id == pool)?.Happened is Changed { Members: { } members }
            ? [.. members.Is.Select(member => member.Id)]
            : [];

    // An object may have begun to use the profile since the lookup. A referenced row cannot stop being live, not even for a moment, and no
    // transaction can add a reference to it before this one ends.
    private static void ExpectUnused(IDocumentOperations operations, Guid profile)
    {
        Sql.Of($"update {DirectoryTable.Name} set living = false where id = {profile}").Queue(operations);
        Sql.Of($"update {DirectoryTable.Name} set living = true where id = {profile}").Queue(operations);
    }

    private sealed record Wanted(
        Guid From, Guid To, IReadOnlyList<Guid>? Servers, IReadOnlyList<(Guid Pool, Guid Member, int Index)>? Members);
}
