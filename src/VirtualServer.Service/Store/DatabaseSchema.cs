using JasperFx;
using Marten;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// The database schema: our migrations, and the objects that Marten derives from its configuration. It is applied at startup in
/// development, and by the command <c>schema apply</c> in production, which may run under a role that owns the schema while the service
/// itself does not.
/// </summary>
public static class DatabaseSchema
{
    private const string Remedy = "run the service once with the arguments: schema apply";

    /// <summary>Brings the schema up to date.</summary>
    public static async Task Apply(IServiceProvider services)
    {
        await Do(async () =>
        {
            await Migrations.Apply(Source(services));
            await Marten(services).ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
        });
        Log.SchemaApplied(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DatabaseSchema)));
    }

    /// <summary>Fails the start on a database whose schema is not up to date.</summary>
    public static Task Expect(IServiceProvider services) => Do(async () =>
    {
        var applied = await Migrations.Applied(Source(services));
        if (applied > Migrations.Newest)
        {
            throw new StartupException(
                $"the database schema has the migration {applied}, and this version knows {Migrations.Newest}: use a newer version");
        }

        if (applied < Migrations.Newest) throw Outdated(null);
        await Marten(services).Database.AssertDatabaseMatchesConfigurationAsync();
    });

    /// <summary>The migrations, applied and missing, and whether Marten's objects are as configured.</summary>
    public static async Task<(bool IsCurrent, IReadOnlyList<string> Lines)> Status(IServiceProvider services)
    {
        var (current, lines) = (true, new List<string>());
        await Do(async () =>
        {
            var applied = await Migrations.Applied(Source(services));
            foreach (var (number, name) in Migrations.Names)
                lines.Add($"migration {number} {name}: {(number <= applied ? "applied" : "missing")}");
            var matches = (await Marten(services).Database.CreateMigrationAsync()).Difference is Weasel.Core.SchemaPatchDifference.None;
            lines.Add($"objects of the event store: {(matches ? "up to date" : "outdated")}");
            current = matches && applied >= Migrations.Newest;
        });
        return (current, lines);
    }

    /// <summary>The SQL that <see cref="Apply"/> would execute.</summary>
    public static async Task<string> Script(IServiceProvider services)
    {
        var script = "";
        await Do(async () =>
        {
            var applied = await Migrations.Applied(Source(services));
            var store = new StringWriter();
            (await Marten(services).Database.CreateMigrationAsync()).WriteAllUpdates(
                store, Marten(services).Database.Migrator, AutoCreate.CreateOrUpdate);
            script = string.Join('\n', [.. Migrations.After(applied), store.ToString()]);
        });
        return script;
    }

    /// <summary>Work on the database, whose failures become one sentence.</summary>
    public static async Task Do(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Weasel.Core.Migrations.DatabaseValidationException exception)
        {
            throw Outdated(exception);
        }
        catch (EvolveDb.EvolveException exception)
        {
            throw new StartupException($"the database schema cannot be migrated: {Line(exception)}", exception);
        }
        catch (NpgsqlException exception)
        {
            throw new StartupException($"the database cannot be used: {Line(exception)}", exception);
        }
    }

    private static NpgsqlDataSource Source(IServiceProvider services) => services.GetRequiredService<Maintenance>().Source;

    private static IMartenStorage Marten(IServiceProvider services) => services.GetRequiredService<IDocumentStore>().Storage;

    private static StartupException Outdated(Exception? inner) => new($"the database schema is not up to date: {Remedy}", inner);

    private static string Line(Exception exception) => exception.Message.ReplaceLineEndings(" ");
}
