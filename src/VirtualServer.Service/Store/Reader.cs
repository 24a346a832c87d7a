using System.Data.Common;
using System.Text.Json;
using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

/// <summary>What the store knows that a command or a query needs; each method is one round trip.</summary>
public sealed class Reader(NpgsqlDataSource source, Lookups lookups, ExpirationWarning warning)
{
    // Clients take messages of up to 4 MB unless told otherwise, and a page of large pools would be more.
    private const int MostText = 1_500_000;

    /// <summary>The object a command is about, the answers to what its aggregate asks, and the first answer to its request id.</summary>
    public async Task<Known<T>> Gather<T>(Address address, FactsNeeded inquiry, Guid? requestId, CancellationToken cancellation) where T : class, IRegistered
    {
        var wanted = new Wanted();
        var addressed = Sql.Values(address);
        var firstAnswers = AskFirst(wanted, requestId);
        var entries = address is Address.ToBe ? [] : wanted.Ask(Sql.Of<T>.Subject(address), Entry<T>.Read, Sql.Parameters(address));
        var mentioned = AskMentions(wanted, inquiry.References);
        IReadOnlyList<Named> nameHolders = [], listenerHolders = [];
        if (inquiry.Name is { IsGiven: true } name && (name.Value is null || Sql.CanBeLookedUp(name.Value)) && Sql.CanBeLookedUp(inquiry.Scope))
            nameHolders = wanted.Ask(Sql.NameHolders, Row.Named, [.. addressed, inquiry.Kind.Stored(), inquiry.Scope, name.Value]);

        if (inquiry.Listener is { } listener)
        {
            var vip = listener.Vip.Value is { } given ? new FieldReference(Servers.Field.Vip, Kind.IpAddress, given) : default;
            var text = vip.CanBeLookedUp ? vip.Name : null;
            listenerHolders = wanted.Ask(Sql.ListenerHolders, Row.Named,
                [.. addressed, listener.Vip.IsGiven, vip.Reference.Uuid, text, listener.Port.IsGiven, listener.Port.Value ?? ListenerRow.NoPort, listener.Protocol.IsGiven, ListenerRow.Stored(listener.Protocol.Value)]);
        }

        var users = inquiry.Users ? wanted.Ask(Sql.FirstUsers, rows => (User: new User(Row.Named(rows), rows.GetString(4)), Count: rows.GetInt64(5)), addressed) : [];

        await lookups.Answer(wanted, cancellation);

        // A name finds what lives before what was deleted, if the deleted are asked for at all.
        var subjects = entries.Any(entry => entry.View is { Live: true }) ? [.. entries.Where(entry => entry.View is not { Live: false })] : entries;
        var firstAnswer = firstAnswers is [var answered] ? answered : null;
        if (subjects.Count > 1 && firstAnswer is null)
            throw new Refused(new Violation(Reason.ReferenceAmbiguous, "name", $"{address} matches {subjects.Count} objects: give the id", subjects[0].Named));
        var subject = subjects.Count == 0 ? null : subjects[0];
        var known = Matches(mentioned);
        var names = new Names();
        names.Add(known.Values.SelectMany(matches => matches));
        names.Add(subject?.References.Select(reference => reference.Target) ?? []);
        return new(subject?.View, names, firstAnswer, new Facts
        {
            Subject = address.ToString(),
            Matches = known,
            Dangling = [.. (subject?.References ?? []).Where(reference => !reference.Lives).Select(reference => new User(reference.Target, reference.Field))],
            NameHolder = nameHolders.FirstOrDefault(holder => holder.Id != subject?.Named.Id),
            ListenerHolder = listenerHolders.FirstOrDefault(holder => holder.Id != subject?.Named.Id),
            IdHolder = subject?.Named,
            Users = users.Count == 0 ? Users.None : new(users[0].Count, [.. users.Select(one => one.User)]),
        });
    }

    /// <summary>What references point at, and the first answer to a request id.</summary>
    public async Task<(Facts Facts, FirstAnswer? First)> Facts(IReadOnlyList<FieldReference> mentions, Guid? requestId, CancellationToken cancellation)
    {
        var wanted = new Wanted();
        var firstAnswers = AskFirst(wanted, requestId);
        var mentioned = AskMentions(wanted, mentions);
        await lookups.Answer(wanted, cancellation);
        return (new() { Matches = Matches(mentioned) }, firstAnswers is [var answered] ? answered : null);
    }

    /// <summary>The living objects of these ids; without ids, those that refer to a target by a field.</summary>
    public async Task<IReadOnlyList<Entry<T>>> Several<T>(Guid target, string field, IEnumerable<Guid>? ids, CancellationToken cancellation) where T : class, IRegistered
    {
        await using var command = source.Command(ids is null ? Sql.Users<T>() : Sql.ByIds<T>(), ids is null ? [target, field] : [ids.ToArray()]);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await Entry<T>.ReadAll(rows, cancellation);
    }

    /// <summary>One object, its conditions, and the names of what it refers to; null when there is none, living or deleted.</summary>
    public async Task<Entry<T>?> Find<T>(Address address, CancellationToken cancellation) where T : class, IRegistered
    {
        var (now, soon) = warning.Window;
        var wanted = new Wanted();
        var found = wanted.Ask(Sql.Of<T>.SubjectInFull(address), Entry<T>.Read, [.. Sql.Parameters(address), now, soon]);
        await lookups.Answer(wanted, cancellation);
        return found switch
        {
            [] or [{ View: null }] => null,
            [var one] => one,
            _ => throw new Refused(new Violation(Reason.ReferenceAmbiguous, "name", $"{address} matches {found.Count} objects: give the namespace or the id", found[0].Named)),
        };
    }

    /// <summary>One living object, or <see cref="Refused"/> when there is none.</summary>
    public async Task<Entry<T>> Live<T>(Target target, CancellationToken cancellation) where T : class, IRegistered
    {
        if (target.Address is not { } address) throw new Refused(target.Violations);
        return await Find<T>(address, cancellation) is { View.Live: true } entry ? entry : throw new Refused(new Facts { Subject = address.ToString() }.NotFound);
    }

    /// <summary>Objects of a kind by name, from behind the last one seen, as many as asked for and as fit into a message; and whether there are more.</summary>
    public async Task<(List<Entry<T>> Entries, bool More)> List<T>(Kind kind, bool withDeleted, (string Name, Guid Id) after, int most, ConditionFilter conditions, CancellationToken cancellation) where T : class, IRegistered
    {
        var (now, soon) = warning.Window;
        await using var command = source.Command(Sql.List<T>(withDeleted, conditions), kind.Stored(), after.Name, after.Id, most + 1, now, soon);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await Entry<T>.ReadAll(rows, cancellation, MostText);
        var more = found.Count > most || await rows.ReadAsync(cancellation);
        if (found.Count > most) found.RemoveAt(most);
        return (found, more);
    }

    /// <summary>What objects are called, living or not.</summary>
    public async Task<Names> Names(IReadOnlyCollection<Guid> ids, CancellationToken cancellation)
    {
        var names = new Names();
        if (ids.Count == 0) return names;
        await using var command = source.Command(Sql.Names, [ids.ToArray()]);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        names.Add(await ReadNamed(rows, cancellation));
        return names;
    }

    private static IReadOnlyList<FirstAnswer> AskFirst(Wanted wanted, Guid? requestId) =>
        requestId is { } request ? wanted.Ask(Sql.FirstAnswer, rows => new FirstAnswer(rows.GetFieldValue<byte[]>(0), rows.GetFieldValue<byte[]>(1)), request) : [];

    private static List<(FieldReference FieldReference, IReadOnlyList<Named> Matches)> AskMentions(Wanted wanted, IEnumerable<FieldReference> mentions) =>
    [
        .. mentions.Distinct().Where(mention => mention.CanBeLookedUp).Select(mention =>
            (mention, wanted.Ask(Sql.FieldReferences, rows => new Named(rows.GetGuid(0), mention.Kind, rows.GetString(1), rows.GetString(2)), mention.Kind.Stored(), mention.Reference.Uuid, mention.Name))),
    ];

    private static Dictionary<FieldReference, IReadOnlyList<Named>> Matches(List<(FieldReference FieldReference, IReadOnlyList<Named> Matches)> mentioned) =>
        mentioned.Where(one => one.Matches.Count > 0).ToDictionary(one => one.FieldReference, one => one.Matches);

    internal static async Task<List<Named>> ReadNamed(DbDataReader rows, CancellationToken cancellation)
    {
        var found = new List<Named>();
        while (await rows.ReadAsync(cancellation)) found.Add(Row.Named(rows));
        return found;
    }
}

/// <summary>All that a command needs to know.</summary>
public sealed record Known<T>(View<T>? View, Names Names, FirstAnswer? FirstAnswer, Facts Facts) where T : class, IRegistered;

/// <summary>What a request id was answered the first time.</summary>
public sealed record FirstAnswer(byte[] Fingerprint, byte[] Answer);

/// <summary>A reference of an object, and whether its target lives.</summary>
public sealed record StoredReference(string Field, Named Target, bool Lives);

/// <summary>An object in the directory, its view, and what it refers to.</summary>
/// <param name="View">Null when the object is of another kind than was asked for.</param>
public sealed record Entry<T>(Named Named, View<T>? View, IReadOnlyList<StoredReference> References) where T : class, IRegistered
{
    /// <summary>What is not right with it, if that was asked for.</summary>
    public IReadOnlyList<FoundCondition> Conditions { get; private init; } = [];

    /// <summary>The names of what it refers to.</summary>
    public Names Names
    {
        get
        {
            var names = new Names();
            names.Add(References.Select(reference => reference.Target));
            return names;
        }
    }

    /// <summary>Reads entries, until they are more text than this.</summary>
    internal static async Task<List<Entry<T>>> ReadAll(DbDataReader rows, CancellationToken cancellation, int mostText = int.MaxValue)
    {
        var (found, text) = (new List<Entry<T>>(), 0);
        while (text < mostText && await rows.ReadAsync(cancellation))
        {
            found.Add(Read(rows, out var length));
            text += length;
        }

        return found;
    }

    /// <summary>Reads one entry.</summary>
    internal static Entry<T> Read(DbDataReader rows) => Read(rows, out _);

    // A statement that does not ask for references or conditions has null in their place.
    private static Entry<T> Read(DbDataReader rows, out int length)
    {
        var (view, references, conditions) = (Row.Json(rows, 4), Row.Json(rows, 5), Row.Json(rows, 6));
        length = (view?.Length ?? 0) + (references?.Length ?? 0);
        return new(Row.Named(rows), view is null ? null : JsonSerializer.Deserialize<View<T>>(view, StoredJson.Options), references is null ? [] : Row.References(references))
        {
            Conditions = conditions is null ? [] : FoundCondition.Read(conditions),
        };
    }
}

internal static class Row
{
    /// <summary>The first four columns of every statement about the directory: id, kind, scope, name.</summary>
    public static Named Named(DbDataReader rows) => new(rows.GetGuid(0), StoredEvents.ToKind(rows.GetString(1)), rows.GetString(2), rows.GetString(3));

    /// <summary>JSON as it came, in UTF-8.</summary>
    public static byte[]? Json(DbDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetFieldValue<byte[]>(column);

    public static IReadOnlyList<StoredReference> References(byte[] json)
    {
        using var array = JsonDocument.Parse(json);
        return [.. array.RootElement.EnumerateArray().Select(item => new StoredReference(
            item[0].GetString()!,
            new(item[1].GetGuid(), StoredEvents.ToKind(item[2].GetString()!), item[3].GetString()!, item[4].GetString()!),
            item[5].GetBoolean()))];
    }
}
