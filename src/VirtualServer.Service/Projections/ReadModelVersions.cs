using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The versions of the read models: those that this code writes and reads, and those that the rows in the database were written with. A
/// change of what a table holds raises the version of its read model here; the rows are then written anew by a rebuild. From then on, the
/// database refuses the events of services that write other versions.
/// </summary>
internal static class ReadModelVersions
{
    /// <summary>The sentence for a database with other versions.</summary>
    public const string Outdated =
        "the read models of the database are of another version: run the service once with the argument: rebuild";

    private const string Parameter = $"{EventStore.Schema}.read_models";

    /// <summary>Every read model with its version.</summary>
    public static IReadOnlyDictionary<string, int> Current { get; } = new SortedDictionary<string, int>(StringComparer.Ordinal)
    {
        ["conditions"] = 1,
        ["directory"] = 2, // 1: without the number of active members (release 0.1.0)
        ["object_versions"] = 2, // 1: texts as the callers wrote them, not in NFC (before a release)
        ["uses"] = 2, // 1: without intervals (release 0.1.0)
        ["views"] = 1,
        ["virtual_servers"] = 1,
    };

    /// <summary>The table that holds the versions of the database.</summary>
    public static Sql Table { get; } = Sql.Text($"{EventStore.Schema}.read_models");

    /// <summary>The versions as one text: equal for equal versions.</summary>
    public static string Text { get; } = string.Join(',', Current.Select(model => $"{model.Key}:{model.Value}"));

    /// <summary>
    /// The parameter by which a session tells the versions that its service writes. Release 0.1.0 does not set it.
    /// </summary>
    public static string SessionParameter => $"{Parameter}={Text}";

    /// <summary>
    /// The statements that set the versions of the database, and that make it refuse events of other versions. Tombstones are accepted from
    /// everybody, because they fill the gap that a refused event leaves in the sequence.
    /// </summary>
    public static IReadOnlyList<Sql> Set { get; } =
    [
        $"""
        with current as (
            select * from unnest({Current.Keys.ToArray()}::text[], {Current.Values.ToArray()}::integer[]) as c (name, version)),
        former as (delete from {Table} where name not in (select name from current))
        insert into {Table} (name, version) select name, version from current
        on conflict (name) do update set version = excluded.version
        """,
        $"""
        create or replace trigger refuse_events_of_other_versions before insert on {StoredFact.Table} for each row
        when (new.type <> 'tombstone' and current_setting('{Sql.Text(Parameter)}', true) is distinct from '{Sql.Text(Text)}')
        execute function {Sql.Text(EventStore.Schema)}.refuse_event()
        """,
    ];

    /// <summary>
    /// Sets the versions of a database without events, whose tables are empty. Then whether the rows of the database have the versions of
    /// this code.
    /// </summary>
    public static async Task<bool> Match(IServiceProvider services)
    {
        var source = services.GetRequiredService<NpgsqlDataSource>();
        if (await Stored(source) is { Length: 0 } && await Answer(source, $"select not exists (select 1 from {StoredFact.Table})") is true)
        {
            await using var set = source.CreateBatch();
            foreach (var statement in Set) set.BatchCommands.Add(statement.BatchCommand());
            await set.ExecuteNonQueryAsync();
        }

        return await Stored(source) == Text;
    }

    /// <summary>Fails unless the rows of the database have the versions of this code.</summary>
    public static async Task Expect(IServiceProvider services)
    {
        if (await Stored(services.GetRequiredService<NpgsqlDataSource>()) == Text) return;
        throw new StartupException(Outdated);
    }

    /// <summary>The versions of the database, as <see cref="Text"/>.</summary>
    public static async Task<string> Stored(NpgsqlDataSource source) => await Answer(
        source, $"select string_agg(name || ':' || version, ',' order by name collate \"C\") from {Table}") as string ?? "";

    private static async Task<object?> Answer(NpgsqlDataSource source, Sql question)
    {
        await using var command = question.Command(source);
        return await command.ExecuteScalarAsync();
    }
}
