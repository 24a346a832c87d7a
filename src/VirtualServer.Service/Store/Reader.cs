using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using VirtualServers.Domain;
using VirtualServers.Service.Views;
using VirtualServers.Service.Wire;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

/// <summary>What the store knows that a command or a query needs; each method is one round trip.</summary>
public sealed class Reader(NpgsqlDataSource source, PipelinedReads reads, ExpirationWarning warning)
{
    private const int FirstUsers = 10;

    // Clients take messages of up to 4 MB unless told otherwise, and a page of large pools would be more.
    private const int MostText = 1_500_000;

    /// <summary>The object a command is about, the answers to what its aggregate asks, and the first answer to its request id.</summary>
    public async Task<Known<T>> Gather<T>(Address address, Inquiry inquiry, Guid? requestId, CancellationToken cancellation) where T : class, IRegistered
    {
        var questions = new Questions();
        var firstAnswer = AskFirst(questions, requestId, cancellation);
        List<Entry<T>> subjects = [];
        if (address is not Address.ToBe) questions.Ask(Sql.Subject<T>(address), Sql.Parameters(address), async rows => subjects = await Entry<T>.ReadAll(rows, cancellation));

        var known = AskMentions(questions, inquiry.Mentions, cancellation);
        List<Named> nameHolders = [];
        if (inquiry.Name is { IsGiven: true } name && (name.Value is null || Sql.CanBeLookedUp(name.Value)) && Sql.CanBeLookedUp(inquiry.Scope))
        {
            questions.Ask(Sql.NameHolders(address), [.. Sql.Parameters(address), inquiry.Kind.Stored(), inquiry.Scope, name.Value],
                async rows => nameHolders = await ReadNamed(rows, cancellation));
        }

        List<Named> listenerHolders = [];
        if (inquiry.Listener is { } listener)
        {
            var vip = listener.Vip.Value is { } asked ? new Mention(Servers.Field.Vip, Kind.IpAddress, asked) : default;
            var text = vip.CanBeLookedUp ? vip.Name : null;
            questions.Ask(Sql.ListenerHolders(address),
                [.. Sql.Parameters(address), listener.Vip.IsGiven, vip.Reference.Uuid, text, listener.Port.IsGiven, listener.Port.Value ?? ListenerRow.NoPort, listener.Protocol.IsGiven, ListenerRow.Stored(listener.Protocol.Value)],
                async rows => listenerHolders = await ReadNamed(rows, cancellation));
        }

        var users = Users.None;
        if (inquiry.Users) questions.Ask(Sql.Users(address), [.. Sql.Parameters(address), FirstUsers], async rows => users = await ReadUsers(rows, cancellation));

        await questions.Answer(source, cancellation);

        // A name finds what lives before what was deleted, if the deleted are asked for at all.
        if (subjects.Exists(subject => subject.View is { Living: true })) subjects.RemoveAll(subject => subject.View is { Living: false });
        if (subjects.Count > 1 && firstAnswer.Value is null)
            throw new Refused(new Violation(Reason.ReferenceAmbiguous, "name", $"{address} matches {subjects.Count} objects: give the id", subjects[0].Named));
        var subject = subjects.Count == 0 ? null : subjects[0];
        var names = new Names();
        names.Add(known.Values.SelectMany(matches => matches));
        names.Add(subject?.References.Select(reference => reference.Target) ?? []);
        return new(subject?.View, names, firstAnswer.Value, new Facts
        {
            Subject = address.ToString(),
            Known = known,
            Dangling = [.. (subject?.References ?? []).Where(reference => !reference.Lives).Select(reference => new User(reference.Target, reference.Field))],
            NameHolder = nameHolders.FirstOrDefault(holder => holder.Id != subject?.Named.Id),
            ListenerHolder = listenerHolders.FirstOrDefault(holder => holder.Id != subject?.Named.Id),
            IdHolder = subject?.Named,
            Users = users,
        });
    }

    /// <summary>What references point at, and the first answer to a request id.</summary>
    public async Task<(Facts Facts, FirstAnswer? First)> Facts(IReadOnlyList<Mention> mentions, Guid? requestId, CancellationToken cancellation)
    {
        var questions = new Questions();
        var firstAnswer = AskFirst(questions, requestId, cancellation);
        var known = AskMentions(questions, mentions, cancellation);
        await questions.Answer(source, cancellation);
        return (new() { Known = known }, firstAnswer.Value);
    }

    /// <summary>The living objects of these ids; without ids, those that refer to a target by a field.</summary>
    public async Task<IReadOnlyList<Entry<T>>> Several<T>(Guid target, string field, IEnumerable<Guid>? ids, CancellationToken cancellation) where T : class, IRegistered
    {
        var found = new List<Entry<T>>();
        var questions = new Questions();
        object?[] parameters = ids is null ? [target, field] : [ids.ToArray()];
        questions.Ask(ids is null ? Sql.Users<T>() : Sql.ByIds<T>(), parameters, async rows => found = await Entry<T>.ReadAll(rows, cancellation));
        await questions.Answer(source, cancellation);
        return found;
    }

    /// <summary>One object, its conditions, and the names of what it refers to; null when there is none, living or deleted.</summary>
    public async Task<Entry<T>?> Find<T>(Address address, CancellationToken cancellation) where T : class, IRegistered
    {
        var (now, soon) = warning.Window;
        await using var command = reads.Command(Sql.SubjectInFull<T>(address), [.. Sql.Parameters(address), now, soon]);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await Entry<T>.ReadAll(rows, cancellation);
        return found switch
        {
            [] or [{ View: null }] => null,
            [var one] => one,
            _ => throw new Refused(new Violation(Reason.ReferenceAmbiguous, "name", $"{address} matches {found.Count} objects: give the namespace or the id", found[0].Named)),
        };
    }

    /// <summary>One living object, or <see cref="Refused"/> when there is none.</summary>
    public async Task<Entry<T>> Living<T>(Target target, CancellationToken cancellation) where T : class, IRegistered
    {
        if (target.Address is not { } address) throw new Refused(target.Violations);
        return await Find<T>(address, cancellation) is { View.Living: true } entry ? entry : throw new Refused(new Facts { Subject = address.ToString() }.NotFound);
    }

    /// <summary>Objects of a kind by name, from behind the last one seen, as many as asked for and as fit into a message; and whether there are more.</summary>
    public async Task<(List<Entry<T>> Entries, bool More)> List<T>(Kind kind, bool withDeleted, (string Name, Guid Id) after, int most, ConditionFilter conditions, CancellationToken cancellation) where T : class, IRegistered
    {
        var (now, soon) = warning.Window;
        await using var command = source.CreateCommand(Sql.List<T>(withDeleted, conditions));
        foreach (var parameter in new object[] { kind.Stored(), after.Name, after.Id, most + 1, now, soon }) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
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
        await using var command = source.CreateCommand(Sql.Names);
        command.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray() });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        names.Add(await ReadNamed(rows, cancellation));
        return names;
    }

    private static StrongBox<FirstAnswer?> AskFirst(Questions questions, Guid? requestId, CancellationToken cancellation)
    {
        var first = new StrongBox<FirstAnswer?>();
        if (requestId is { } request)
            questions.Ask(Sql.FirstAnswer, [request], async rows => first.Value = await rows.ReadAsync(cancellation) ? new(rows.GetFieldValue<byte[]>(0), rows.GetFieldValue<byte[]>(1)) : null);
        return first;
    }

    private static Dictionary<Mention, IReadOnlyList<Named>> AskMentions(Questions questions, IEnumerable<Mention> asked, CancellationToken cancellation)
    {
        var mentions = asked.Distinct().Where(mention => mention.CanBeLookedUp).ToArray();
        var known = new Dictionary<Mention, IReadOnlyList<Named>>();
        if (mentions.Length == 0) return known;
        object?[] parameters =
        [
            mentions.Select(mention => mention.Kind.Stored()).ToArray(), mentions.Select(mention => mention.Reference.Uuid).ToArray(), mentions.Select(mention => mention.Name).ToArray(),
        ];
        questions.Ask(Sql.Mentions, parameters, async rows =>
        {
            while (await rows.ReadAsync(cancellation))
            {
                var mention = mentions[(int)rows.GetInt64(0) - 1];
                var match = new Named(rows.GetGuid(1), mention.Kind, rows.GetString(2), rows.GetString(3));
                known[mention] = known.TryGetValue(mention, out var matches) ? [.. matches, match] : [match];
            }
        });
        return known;
    }

    internal static async Task<List<Named>> ReadNamed(DbDataReader rows, CancellationToken cancellation)
    {
        var found = new List<Named>();
        while (await rows.ReadAsync(cancellation)) found.Add(Row.Named(rows));
        return found;
    }

    private static async Task<Users> ReadUsers(DbDataReader rows, CancellationToken cancellation)
    {
        var (count, first) = (0L, new List<User>());
        while (await rows.ReadAsync(cancellation))
        {
            first.Add(new(Row.Named(rows), rows.GetString(4)));
            count = rows.GetInt64(5);
        }

        return new(count, first);
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
            if (mostText < int.MaxValue) text += (rows.IsDBNull(4) ? 0 : rows.GetString(4).Length) + (rows.IsDBNull(5) ? 0 : rows.GetString(5).Length);
            var view = rows.IsDBNull(4) ? null : JsonSerializer.Deserialize<View<T>>(rows.GetString(4), StoredJson.Options);
            found.Add(new(Row.Named(rows), view, rows.IsDBNull(5) ? [] : Row.References(rows.GetString(5)))
            {
                Conditions = rows.FieldCount > 6 && !rows.IsDBNull(6) ? FoundCondition.Read(rows.GetString(6)) : [],
            });
        }

        return found;
    }
}

internal static class Row
{
    /// <summary>The first four columns of every statement about the directory: id, kind, scope, name.</summary>
    public static Named Named(DbDataReader rows) => new(rows.GetGuid(0), StoredEvents.ToKind(rows.GetString(1)), rows.GetString(2), rows.GetString(3));

    public static IReadOnlyList<StoredReference> References(string json)
    {
        using var array = JsonDocument.Parse(json);
        return [.. array.RootElement.EnumerateArray().Select(item => new StoredReference(
            item[0].GetString()!,
            new(item[1].GetGuid(), StoredEvents.ToKind(item[2].GetString()!), item[3].GetString()!, item[4].GetString()!),
            item[5].GetBoolean()))];
    }
}
