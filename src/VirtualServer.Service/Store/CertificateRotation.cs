using Google.Protobuf;
using Marten;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Views;
using PoolCommand = VirtualServers.Domain.Pools.RotateCertificate;
using ServerCommand = VirtualServers.Domain.VirtualServers.RotateCertificate;

namespace VirtualServers.Service.Store;

/// <summary>What a caller asks to be rotated: one certificate profile for another, everywhere or on those named.</summary>
public sealed record Rotation(Reference? From, Reference? To, IReadOnlyList<Reference> Servers, IReadOnlyList<(Reference? Pool, string Member)> Members)
{
    /// <summary>Whether everything that uses the old profile is meant.</summary>
    public bool IsEverywhere => Servers.Count == 0 && Members.Count == 0;

    /// <summary>Every reference that it makes.</summary>
    public IEnumerable<FieldReference> References()
    {
        if (From is { } from) yield return new("from", Kind.CertificateProfile, from);
        if (To is { } to) yield return new("to", Kind.CertificateProfile, to);
        for (var i = 0; i < Servers.Count; i++) yield return new($"virtual_servers[{i}]", Kind.VirtualServer, Servers[i]);
        for (var i = 0; i < Members.Count; i++)
            if (Members[i].Pool is { } pool) yield return new($"pool_members[{i}].load_balancer_pool", Kind.LoadBalancerPool, pool);
    }
}

/// <summary>What a rotation led to: who changed, and in pools which members.</summary>
public sealed record Rotated(IReadOnlyList<Named> Servers, IReadOnlyList<(Named Pool, IReadOnlyList<Guid> Members)> Pools);

/// <summary>
/// Puts one certificate profile in the place of another on many objects, all of it in one transaction: each object decides for itself, as for
/// every command, and gets an event of its own.
/// </summary>
public sealed class CertificateRotation(Reader reader, Commits commits, Instruments instruments)
{
    private const int Attempts = 40;

    /// <summary>Carries it out and answers with who changed, or throws <see cref="Refused"/>.</summary>
    public async Task<TAnswer> Execute<TAnswer>(Call<Rotation> call, Caller caller, Func<Rotated, TAnswer> answer, CancellationToken cancellation) where TAnswer : IMessage<TAnswer>, new()
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var (facts, first) = await reader.Facts([.. call.Command.References()], call.RequestId, cancellation);
            if (first is not null) return Registry.Repeat<TAnswer>(first, call.RequestId, call.Fingerprint);

            var check = new Check(facts);
            var asked = Resolve(call.Command, check);
            if (call.Malformed.Count > 0 || check.Violations.Count > 0) throw new Refused([.. call.Malformed, .. check.Violations]);

            var servers = await reader.Several<Domain.VirtualServers.VirtualServer>(asked.From, Domain.VirtualServers.Field.CertificateProfiles, asked.Servers, cancellation);
            var pools = await reader.Several<LoadBalancerPool>(asked.From, $"{Domain.Pools.Field.Members}.{Domain.Pools.Field.CertificateProfiles}", asked.Members?.Select(one => one.Pool), cancellation);
            if (asked.Members is { } named) Exist(named, pools, check);
            if (check.Violations.Count > 0) throw new Refused(check.Violations);

            List<Outcome> outcomes =
            [
                .. servers.Select(server => Decide(Resources.VirtualServer, new ServerCommand(asked.From, asked.To), server.View!)).OfType<Outcome>(),
                .. pools.Select(pool => Decide(Resources.LoadBalancerPool, new PoolCommand(asked.From, asked.To, MembersOf(pool.Named.Id, asked.Members)), pool.View!)).OfType<Outcome>(),
            ];
            var result = answer(new(
                [.. servers.Select(server => server.Named).Where(server => outcomes.Exists(outcome => outcome.Id == server.Id))],
                [.. pools.Select(pool => (pool.Named, Changed(pool.Named.Id, outcomes))).Where(pool => pool.Item2.Count > 0)]));
            if (call.ValidateOnly) return result;

            Action<IDocumentOperations>? last = call.Command.IsEverywhere && outcomes.Count > 0 ? operations => NobodyUses(operations, asked.From) : null;
            if (outcomes.Count == 0 && call.RequestId is null) return result;
            if (await commits.Try(new(caller, call.Reason, outcomes, call.RequestId is { } id ? new(id, call.Fingerprint, result) : null) { Last = last })) return result;
            instruments.RaceLost();
            await Task.Delay(Random.Shared.Next(1, 2 + attempt), cancellation);
        }

        throw new Refused(new Violation(Reason.Contended, "", "others kept changing what uses the certificate profile: try again"));
    }

    private static (Guid From, Guid To, IReadOnlyList<Guid>? Servers, IReadOnlyList<(Guid Pool, Guid Member, int Index)>? Members) Resolve(Rotation rotation, Check check)
    {
        var mentions = rotation.References().ToList();
        var from = check.Required("from", Kind.CertificateProfile, rotation.From, null);
        var to = check.Required("to", Kind.CertificateProfile, rotation.To, null);
        if (from != default && from == to) check.Add(Reason.FieldInvalid, "to", "to is the same certificate profile as from: give another one");

        var servers = mentions.Where(mention => mention.Kind == Kind.VirtualServer).Select(check.Find).ToList();
        var members = rotation.Members.Select((one, index) =>
        {
            var pool = check.Required($"pool_members[{index}].load_balancer_pool", Kind.LoadBalancerPool, one.Pool, null);
            if (Reference.ParseUuid(one.Member) is not { } member)
            {
                check.Add(Reason.FieldInvalid, $"pool_members[{index}].member_id", $"pool_members[{index}].member_id {one.Member.InQuotes} is not a UUID: give the id of a member of the pool");
                return (pool, default, index);
            }

            return (pool, member, index);
        }).ToList();
        return rotation.IsEverywhere ? (from, to, null, null) : (from, to, servers, members);
    }

    private static void Exist(IReadOnlyList<(Guid Pool, Guid Member, int Index)> named, IReadOnlyList<Entry<LoadBalancerPool>> pools, Check check)
    {
        foreach (var (poolId, member, index) in named)
        {
            if (pools.FirstOrDefault(pool => pool.Named.Id == poolId) is { View: { } view, Named: var pool } && view.Content.Members.All(one => one.Id != member))
                check.Add(Reason.NotFound, $"pool_members[{index}].member_id", $"pool member {member} does not exist in {pool}");
        }
    }

    private static ValueSet<Guid>? MembersOf(Guid pool, IReadOnlyList<(Guid Pool, Guid Member, int Index)>? named) =>
        named is null ? null : [.. named.Where(one => one.Pool == pool).Select(one => one.Member)];

    private Outcome.Of<T>? Decide<T, TDraft, TWire>(Resource<T, Command<TDraft>, Event<T>, TWire> resource, Command<TDraft> command, View<T> before)
        where T : class, IRegistered
        where TDraft : IDraft
        where TWire : class, IMessage =>
        resource.Decide(command, before.State, new Facts()) is Decision<Event<T>>.Accepted { Event: { } happened }
            ? new Outcome.Of<T>(before, resource.Next(before, before.Id, happened, commits.Now(before.UpdateTime)), happened)
            : null;

    private static IReadOnlyList<Guid> Changed(Guid pool, List<Outcome> outcomes) =>
        outcomes.FirstOrDefault(outcome => outcome.Id == pool) is Outcome.Of<LoadBalancerPool> { Happened: Domain.Pools.Changed { Members: { } members } } ? [.. members.Is.Select(member => member.Id)] : [];

    // What came to use it since it was looked up: a row that others refer to can't stop living, not even for a moment, and nobody can begin
    // to refer to it before this transaction ends.
    private static void NobodyUses(IDocumentOperations operations, Guid profile)
    {
        operations.QueueSqlCommand($"update {EventStore.Schema}.directory set living = false where id = ?", profile);
        operations.QueueSqlCommand($"update {EventStore.Schema}.directory set living = true where id = ?", profile);
    }
}
