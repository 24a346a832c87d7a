using JasperFx;
using Marten;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// Brings the database's schema up to date: on start in development, and by the command <c>schema apply</c> in production,
/// which may run under a role that owns the schema while the service itself does not.
/// </summary>
public static class DatabaseSchema
{
    /// <summary>True when the arguments are the command, which is carried out then instead of serving.</summary>
    public static async Task<bool> RunCommand(WebApplication app, string[] arguments)
    {
        if (arguments is not ["schema", ..]) return false;
        if (arguments is not ["schema", "apply", ..]) throw new ArgumentException("the only command on the schema is: schema apply");
        await Apply(app.Services);
        return true;
    }

    /// <summary>In development, applies the schema; otherwise refuses to start on a database whose schema is not up to date.</summary>
    public static async Task Prepare(WebApplication app)
    {
        if (app.Environment.IsDevelopment())
        {
            await Apply(app.Services);
            return;
        }

        try
        {
            await app.Services.GetRequiredService<IDocumentStore>().Storage.Database.AssertDatabaseMatchesConfigurationAsync();
        }
        catch (Weasel.Core.Migrations.DatabaseValidationException exception)
        {
            throw new InvalidOperationException("The database's schema is not up to date: run the service once with the arguments: schema apply", exception);
        }
    }

    private static async Task Apply(IServiceProvider services)
    {
        var store = services.GetRequiredService<IDocumentStore>();
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
        Log.SchemaApplied(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DatabaseSchema)));
    }
}
