using VirtualServers.Domain;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Queries;

/// <summary>All that a command is decided on.</summary>
/// <param name="View">The view of its object; null when there is none.</param>
/// <param name="Names">The names of the objects that the view and the command refer to.</param>
/// <param name="Answer">The stored answer to its request id; null when the id is new.</param>
public sealed record CommandContext<T>(View<T>? View, Names Names, StoredAnswer? Answer, Facts Facts) where T : class, IRegistered;

/// <summary>Gathers the facts that commands need, each time in one round trip.</summary>
public sealed class FactReader(Lookups lookups, Namesakes namesakes)
{
    private const int MaxUsers = 10; // named; the others are counted
    private const int MaxOtherScopes = 6; // named, if the given one does not have a name

    private static readonly Column<Guid> RequestId = new();

    private static readonly Lookup Answers = new(
        $"select r.id, r.fingerprint, r.answer, a.n from a join {RequestsTable.Name} r on r.id = {RequestId}");

    private static readonly Column<string> ReferenceKind = new();
    private static readonly Column<Guid?> ReferenceId = new();
    private static readonly Column<string?> ReferenceName = new();
    private static readonly Column<string?> ReferenceScope = new();

    private static readonly Lookup References = new(
        $"""
        select d.id, d.kind, d.scope, d.name, d.tenant, {FormerNames.Had("d", ReferenceName, ReferenceScope)}, a.n
        from a join {DirectoryTable.Name} d on d.id = {ReferenceId}
        where d.living and d.kind = {ReferenceKind}
        union all
        select d.id, d.kind, d.scope, d.name, d.tenant, false, a.n
        from a join {DirectoryTable.Name} d
            on d.kind = {ReferenceKind} and d.scope = {ReferenceScope} and d.name collate "C" = {ReferenceName}
        where d.living and {ReferenceId} is null
        union all
        select o.id, o.kind, o.scope, o.name, o.tenant, false, a.n
        from a cross join lateral (
            select id, kind, scope, name, tenant from {DirectoryTable.Name}
            where living and kind = {ReferenceKind} and name collate "C" = {ReferenceName} and scope <> {ReferenceScope}
            limit {Sql.Text($"{MaxOtherScopes}")}) o
        where {ReferenceId} is null and {ReferenceScope} <> ''
        """);

    private static readonly Column<string> OfKind = new();
    private static readonly Column<string> InScope = new();
    private static readonly Column<string?> NewName = new();

    private static readonly Lookup NameHolders = new(
        $"""
        select h.id, h.kind, h.scope, h.name, h.tenant, a.n
        from a cross join lateral (
            select * from {DirectoryTable.Name}
            where living and kind = {OfKind} and scope = {InScope}
                and name collate "C" = coalesce({NewName}, (select name from {DirectoryTable.Name} where id = {AddressSql.AskedId}))
            limit 2) h
        """);

    private static readonly Column<bool> HasVip = new();
    private static readonly Column<Guid?> VipId = new();
    private static readonly Column<string?> VipName = new();
    private static readonly Column<string?> VipScope = new();
    private static readonly Column<bool> HasPort = new();
    private static readonly Column<int> Port = new();
    private static readonly Column<bool> HasProtocol = new();
    private static readonly Column<string> Protocol = new();

    // The parts of the listener that the command does not name are read from the view of the object.
    private static readonly Lookup ListenerHolders = new(
        $$"""
        select d.id, d.kind, d.scope, d.name, d.tenant, a.n
        from a
        left join lateral (
            select (v.data #>> '{content,listener,vip}')::uuid as vip,
                coalesce((v.data #>> '{content,listener,port}')::integer, {{Sql.Text($"{ListenerRow.NoPort}")}}) as port,
                coalesce(v.data #>> '{content,listener,protocol}', '') as protocol
            from {{ReadModels.ViewTable<Servers.VirtualServer>()}} v where v.id = {{AddressSql.AskedId}}) now on true
        join {{VirtualServersTable.Name}} v
            on v.vip = case when {{HasVip}} then coalesce({{VipId}}, (
                    select id from {{DirectoryTable.Name}}
                    where living and kind = 'ip_address' and scope = {{VipScope}} and name collate "C" = {{VipName}}))
                else now.vip end
            and v.port = case when {{HasPort}} then {{Port}} else now.port end
            and v.protocol = case when {{HasProtocol}} then {{Protocol}} else now.protocol end
        join {{DirectoryTable.Name}} d on d.id = v.id
        """);

    private static readonly Lookup FirstUsers = new(
        $"""
        select d.id, d.kind, d.scope, d.name, d.tenant, u.field, (select count(*) from {UsesTable.Name} where target = t.id and living), t.n
        from (select a.n, {AddressSql.AskedId} as id from a offset 0) t
        cross join lateral (
            select source, field from {UsesTable.Name} where target = t.id and living limit {Sql.Text($"{MaxUsers}")}) u
        join {DirectoryTable.Name} d on d.id = u.source
        """);

    /// <summary>The object of a command, the facts that its aggregate needs, and the stored answer to its request id.</summary>
    /// <param name="readable">What the caller may read: no fact names another object, and no reference finds it.</param>
    public async Task<CommandContext<T>> Gather<T>(
        Address address, FactsNeeded needed, Guid? requestId, Tenants readable, CancellationToken cancellation)
        where T : class, IRegistered
    {
        var batch = new LookupBatch();
        var read = Ask<T>(batch, address, needed, requestId, readable, cancellation);
        await lookups.Answer(batch, cancellation);
        return await read();
    }

    /// <summary>The same for commands that are decided together, and the stored answer to their request id.</summary>
    public async Task<(IReadOnlyList<CommandContext<T>> Contexts, StoredAnswer? Answer)> Gather<T>(
        IReadOnlyList<(Address Address, FactsNeeded Needed)> commands, Guid? requestId, Tenants readable, CancellationToken cancellation)
        where T : class, IRegistered
    {
        var batch = new LookupBatch();
        var answers = AskAnswer(batch, requestId);
        var reads = commands.Select(command => Ask<T>(batch, command.Address, command.Needed, null, readable, cancellation)).ToList();
        await lookups.Answer(batch, cancellation);
        var contexts = new List<CommandContext<T>>(reads.Count);
        foreach (var read in reads) contexts.Add(await read());
        return (contexts, answers.Count == 0 ? null : answers[0]);
    }

    // Asks for everything that one command needs; the result reads it when the batch is answered.
    private Func<Task<CommandContext<T>>> Ask<T>(
        LookupBatch batch, Address address, FactsNeeded needed, Guid? requestId, Tenants readable, CancellationToken cancellation)
        where T : class, IRegistered
    {
        var answers = AskAnswer(batch, requestId);
        var objects = address is Address.ToBe ? [] : ObjectLookups<T>.Ask(batch, address, readable);
        var references = AskReferences(batch, needed.References, readable);
        var nameHolders = AskNameHolders(batch, address, needed, readable);
        var listenerHolders = needed.Listener is { } listener ? AskListenerHolders(batch, address, listener, readable) : [];
        var users = needed.Users
            ? batch.Ask(
                FirstUsers,
                rows => (User: new User(Row.Named(rows, 0, readable), rows.GetString(5)), Count: rows.GetInt64(6)),
                AddressSql.Values(address, readable))
            : [];
        return Read;

        async Task<CommandContext<T>> Read()
        {
            // A live object of the name comes before deleted ones.
            var subjects = objects.Any(one => one.View is { IsLive: true })
                ? [.. objects.Where(one => one.View is not { IsLive: false })]
                : objects;
            if (subjects.Count > 1 && answers.Count == 0) throw await namesakes.Refusal(address, subjects[0].Named, readable, cancellation);

            var subject = subjects.Count == 0 ? null : subjects[0];
            var matches = Matches(references);
            var names = new Names(
            [
                .. matches.Values.SelectMany(found => found),
                .. subject?.References.Select(reference => reference.Target) ?? [],
            ]);
            return new(subject?.View, names, answers.Count == 0 ? null : answers[0], new Facts
            {
                Subject = address.ToString(),
                Matches = matches,
                Outdated = Outdated(references),
                Dangling = [
                    .. (subject?.References ?? [])
                        .Where(reference => !reference.IsLive)
                        .Select(reference => new User(reference.Target, reference.Field)),
                ],
                NameHolder = nameHolders.FirstOrDefault(holder => holder.Id != subject?.Named.Id),
                ListenerHolder = listenerHolders.FirstOrDefault(holder => holder.Id != subject?.Named.Id),
                IdHolder = subject?.Named,
                Users = users.Count == 0 ? Users.None : new(users[0].Count, [.. users.Select(one => one.User)]),
            });
        }
    }

    /// <summary>The objects that references refer to, and the stored answer to a request id.</summary>
    public async Task<(Facts Facts, StoredAnswer? Answer)> Gather(
        IReadOnlyList<FieldReference> references, Guid? requestId, Tenants readable, CancellationToken cancellation)
    {
        var batch = new LookupBatch();
        var answers = AskAnswer(batch, requestId);
        var found = AskReferences(batch, references, readable);
        await lookups.Answer(batch, cancellation);
        return (new() { Matches = Matches(found), Outdated = Outdated(found) }, answers.Count == 0 ? null : answers[0]);
    }

    private static IReadOnlyList<StoredAnswer> AskAnswer(LookupBatch batch, Guid? requestId) => requestId is not { } id ? [] :
        batch.Ask(
            Answers,
            rows => new StoredAnswer(rows.GetGuid(0), rows.GetFieldValue<byte[]>(1), rows.GetFieldValue<byte[]>(2)),
            RequestId.Is(id));

    private static List<(FieldReference Reference, IReadOnlyList<(Named Object, bool IsOutdated)> Matches)> AskReferences(
        LookupBatch batch, IEnumerable<FieldReference> references, Tenants readable) =>
    [
        .. references.Distinct().Where(reference => reference.CanBeLookedUp).Select(reference => (reference, batch.Ask(
            References,
            rows => (Row.Named(rows, 0, readable), rows.GetBoolean(5)),
            ReferenceKind.Is(reference.Kind.Stored()), ReferenceId.Is(reference.Reference.Uuid),
            ReferenceName.Is(reference.Name), ReferenceScope.Is(reference.Scope)))),
    ];

    private static IReadOnlyList<Named> AskNameHolders(LookupBatch batch, Address address, FactsNeeded needed, Tenants readable)
    {
        if (!needed.Name.IsGiven
            || !AddressSql.CanBeLookedUp(needed.Name.Value ?? "")
            || !AddressSql.CanBeLookedUp(needed.Scope))
        {
            return [];
        }

        return batch.Ask(
            NameHolders, rows => Row.Named(rows, 0, readable),
            [
                .. AddressSql.Values(address, readable), OfKind.Is(needed.Kind.Stored()), InScope.Is(needed.Scope),
                NewName.Is(needed.Name.Value),
            ]);
    }

    private static IReadOnlyList<Named> AskListenerHolders(
        LookupBatch batch, Address address, ListenerNeeded listener, Tenants readable)
    {
        var vip = listener.Vip.Value is { } given ? new FieldReference(Servers.Field.Vip, Kind.IpAddress, given) : default;
        return batch.Ask(
            ListenerHolders, rows => Row.Named(rows, 0, readable),
            [
                .. AddressSql.Values(address, readable),
                HasVip.Is(listener.Vip.IsGiven), VipId.Is(vip.Reference.Uuid), VipName.Is(vip.CanBeLookedUp ? vip.Name : null),
                VipScope.Is(vip.CanBeLookedUp ? vip.Scope : null),
                HasPort.Is(listener.Port.IsGiven), Port.Is(listener.Port.Value ?? ListenerRow.NoPort),
                HasProtocol.Is(listener.Protocol.IsGiven), Protocol.Is(ListenerRow.Stored(listener.Protocol.Value)),
            ]);
    }

    private static Dictionary<FieldReference, IReadOnlyList<Named>> Matches(
        List<(FieldReference Reference, IReadOnlyList<(Named Object, bool IsOutdated)> Matches)> references) =>
        references.Select(one => (one.Reference, Objects: one.Matches.Select(match => match.Object).Where(Is).ToList()))
            .Where(one => one.Objects.Count > 0).ToDictionary(one => one.Reference, IReadOnlyList<Named> (one) => one.Objects);

    private static HashSet<FieldReference> Outdated(
        List<(FieldReference Reference, IReadOnlyList<(Named Object, bool IsOutdated)> Matches)> references) =>
        [.. references.Where(one => one.Matches.Any(match => match.IsOutdated && Is(match.Object))).Select(one => one.Reference)];

    // To a caller, an object that it may not read does not exist.
    private static bool Is(Named found) => !found.IsHidden;
}
