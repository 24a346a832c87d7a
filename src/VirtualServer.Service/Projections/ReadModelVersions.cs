using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The versions of the read models: those that this code writes and reads, and those that the rows in the database were written with. A
/// change of what a table holds raises the version of its read model here; the rows are then written anew by a rebuild.
/// </summary>
internal static class ReadModelVersions
{
    /// <summary>The sentence for a database with other versions.</summary>
    public const string Outdated =
        "the read models of the database are of another version: run the service once with the argument: rebuild";

    /// <summary>Every read model with its version.</summary>
    public static IReadOnlyDictionary<string, int> Current { get; } = new SortedDictionary<string, int>(StringComparer.Ordinal)
    {
        ["conditions"] = 1,
        ["directory"] = 2, // 1: without the number of active members (release 0.1.0)
        ["object_versions"] = 2, // 1: with texts as the callers wrote them
        ["uses"] = 2, // 1: without intervals (release 0.1.0)
        ["views"] = 1,
        ["virtual_servers"] = 1,
    };

    /// <summary>The table that holds the versions of the database.</summary>
    public static Sql Table { get; } = Sql.Text($"{EventStore.Schema}.read_models");

    /// <summary>The versions as one text: equal for equal versions.</summary>
    public static string Text { get; } = string.Join(", ", Current.Select(model => $"{model.Key} {model.Value}"));

    /// <summary>Sets the versions of the database.</summary>
    public static Sql Set { get; } =
        $"""
        with current as (
            select * from unnest({Current.Keys.ToArray()}::text[], {Current.Values.ToArray()}::integer[]) as c (name, version)),
        former as (delete from {Table} where name not in (select name from current))
        insert into {Table} (name, version) select name, version from current
        on conflict (name) do update set version = excluded.version
        """;

    /// <summary>
    /// Sets the versions of a database without events, whose tables are empty. Then whether the rows of the database have the versions of
    /// this code.
    /// </summary>
    public static async Task<bool> Match(IServiceProvider services)
    {
        var source = services.GetRequiredService<NpgsqlDataSource>();
        if (await Stored(source) is { Length: 0 } && await Answer(source, $"select not exists (select 1 from {StoredFact.Table})") is true)
        {
            await using var set = Set.Command(source);
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

    private static async Task<string> Stored(NpgsqlDataSource source) => await Answer(
        source, $"select string_agg(name || ' ' || version, ', ' order by name collate \"C\") from {Table}") as string ?? "";

    private static async Task<object?> Answer(NpgsqlDataSource source, Sql question)
    {
        await using var command = question.Command(source);
        return await command.ExecuteScalarAsync();
    }
}
