using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service;

/// <summary>Prepares the database before the service serves.</summary>
public static class Preparation
{
    /// <summary>
    /// In development, applies the schema and rebuilds the read models if they are of another version. Otherwise fails the start on a
    /// database that is not prepared, with the command to run.
    /// </summary>
    public static async Task Prepare(WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            await DatabaseSchema.Expect(app.Services);
            await ReadModelVersions.Expect(app.Services);
            return;
        }

        await DatabaseSchema.Apply(app.Services);
        if (await ReadModelVersions.Match(app.Services)) return;
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger<Rebuild>();
        await app.Services.GetRequiredService<Rebuild>().Run(sentence => Log.Rebuilding(logger, sentence), CancellationToken.None);
    }
}
