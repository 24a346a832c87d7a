using EvolveDb;
using Npgsql;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Store;

/// <summary>
/// The numbered SQL migrations of every table that is not Marten's own (Store/Migrations/*.sql, embedded). A script never changes once it
/// is released: a database remembers its checksum. Several nodes may start at once; one of them applies the scripts.
/// </summary>
internal static class Migrations
{
    private const string HistoryTable = "schema_history";
    private const int MaxAttempts = 60;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The number of the newest migration.</summary>
    public static int Newest => Names[^1].Number;

    /// <summary>Every migration, in order.</summary>
    public static IReadOnlyList<(int Number, string Name)> Names { get; } =
        [.. Scripts.Select(Parts).Select(parts => (parts.Number, parts.Name)).Order()];

    private static IEnumerable<string> Scripts =>
        typeof(Migrations).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal));

    /// <summary>
    /// Applies the migrations that the database does not have yet. A migration that cannot have its locks at once, because nodes serve, is
    /// tried again.
    /// </summary>
    public static async Task Apply(NpgsqlDataSource source)
    {
        await RejectUnreleased(source);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = source.CreateConnection();
                new Evolve(connection)
                {
                    EmbeddedResourceAssemblies = [typeof(Migrations).Assembly],
                    Schemas = [EventStore.Schema],
                    MetadataTableSchema = EventStore.Schema,
                    MetadataTableName = HistoryTable,
                    IsEraseDisabled = true,
                }.Migrate();
                return;
            }
            catch (EvolveException failed) when (attempt < MaxAttempts
                && failed.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            {
                await Task.Delay(Pause);
            }
        }
    }

    /// <summary>
    /// The number of the newest migration that the database has; 0 for a database without any, which must be empty or of release 0.1.0.
    /// </summary>
    public static async Task<int> Applied(NpgsqlDataSource source)
    {
        const string history = $"{EventStore.Schema}.{HistoryTable}";
        if (!await IsTrue(source, $"select to_regclass({history}) is not null"))
        {
            await RejectUnreleased(source);
            return 0;
        }

        Sql newest = $"select max(version::integer) from {Sql.Text(history)} where success and version ~ '^[0-9]+$'";
        await using var command = newest.Command(source);
        return await command.ExecuteScalarAsync() as int? ?? 0;
    }

    /// <summary>The texts of the migrations after a number.</summary>
    public static IEnumerable<string> After(int applied)
    {
        foreach (var script in Scripts.Where(script => Parts(script).Number > applied).OrderBy(script => Parts(script).Number))
        {
            using var text = new StreamReader(typeof(Migrations).Assembly.GetManifestResourceStream(script)!);
            yield return text.ReadToEnd();
        }
    }

    // …Migrations.V2__read_side.sql
    private static (int Number, string Name) Parts(string script)
    {
        var file = script.Split('.')[^2];
        var end = file.IndexOf("__", StringComparison.Ordinal);
        return (int.Parse(file[1..end], null), file[(end + 2)..]);
    }

    // The tables of the time before release 0.1.0 have other keys; no migration starts from them.
    private static async Task RejectUnreleased(NpgsqlDataSource source)
    {
        if (!await IsTrue(
            source,
            $"""
            select exists (select 1 from information_schema.tables where table_schema = {EventStore.Schema} and table_name = 'uses')
            and not exists (
                select 1 from information_schema.columns
                where table_schema = {EventStore.Schema} and table_name = 'uses' and column_name = 'part')
            """)) return;
        throw new StartupException(
            "the database was made by a version before release 0.1.0, whose tables cannot be migrated: "
            + "use an empty database, and load its objects through the gRPC interface");
    }

    private static async Task<bool> IsTrue(NpgsqlDataSource source, Sql question)
    {
        await using var command = question.Command(source);
        return await command.ExecuteScalarAsync() is true;
    }
}
