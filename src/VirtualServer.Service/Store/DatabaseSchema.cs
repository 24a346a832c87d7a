using JasperFx;
using Marten;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// Brings the database schema up to date: at startup in development, and by the command <c>schema apply</c> in production, which may run
/// under a role that owns the schema while the service itself does not.
/// </summary>
public static class DatabaseSchema
{
    /// <summary>Whether the arguments are a schema command.</summary>
    public static bool IsCommand(string[] arguments) => arguments is ["schema", ..];

    /// <summary>Executes a schema command instead of serving. False when the arguments are none.</summary>
    public static async Task<bool> RunCommand(WebApplication app, string[] arguments)
    {
        if (!IsCommand(arguments)) return false;
        if (arguments is not ["schema", "apply", ..]) throw new StartupException("unknown schema command: use schema apply");
        await Apply(app.Services);
        return true;
    }

    /// <summary>In development, applies the schema. Otherwise fails the start on a database whose schema is not up to date.</summary>
    public static Task Prepare(WebApplication app) => app.Environment.IsDevelopment() ? Apply(app.Services) : Expect(app.Services);

    private static async Task Apply(IServiceProvider services)
    {
        await Do(async () =>
        {
            await Migrations.Apply(services.GetRequiredService<NpgsqlDataSource>());
            await Marten(services).ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
        });
        Log.SchemaApplied(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DatabaseSchema)));
    }

    private static Task Expect(IServiceProvider services) => Do(async () =>
    {
        if (await Migrations.Applied(services.GetRequiredService<NpgsqlDataSource>()) != Migrations.Newest) throw Outdated(null);
        await Marten(services).Database.AssertDatabaseMatchesConfigurationAsync();
    });

    private static IMartenStorage Marten(IServiceProvider services) => services.GetRequiredService<IDocumentStore>().Storage;

    private static StartupException Outdated(Exception? inner) =>
        new("the database schema is not up to date: run the service once with the arguments: schema apply", inner);

    private static async Task Do(Func<Task> work)
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
            throw new StartupException($"the database schema cannot be migrated: {exception.Message}", exception);
        }
        catch (NpgsqlException exception)
        {
            throw new StartupException($"the database cannot be used: {exception.Message}", exception);
        }
    }
}
