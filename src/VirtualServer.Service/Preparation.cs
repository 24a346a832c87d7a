using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service;

/// <summary>Prepares keys and database before the service serves.</summary>
public static class Preparation
{
    /// <summary>
    /// In development, applies the schema and rebuilds the read models if they are of another version. Otherwise fails the start on a
    /// database that is not prepared, with the command to run.
    /// </summary>
    public static async Task Prepare(WebApplication app)
    {
        await SecurityServices.Expect(app.Services);
        if (!app.Environment.IsDevelopment())
        {
            await DatabaseSchema.Expect(app.Services);
            await ReadModelVersions.Expect(app.Services);
            await Epochs.Prepare(app.Services);
            return;
        }

        await DatabaseSchema.Apply(app.Services);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger<Rebuild>();
        var rebuild = app.Services.GetRequiredService<Rebuild>();
        while (!await ReadModelVersions.Match(app.Services))
        {
            // Of several nodes that start at once, one rebuilds.
            if (!await rebuild.TryRun(sentence => Log.Rebuilding(logger, sentence), CancellationToken.None))
                await Task.Delay(TimeSpan.FromSeconds(1));
        }

        await Epochs.Prepare(app.Services);
    }
}
