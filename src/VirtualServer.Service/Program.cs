using VirtualServers.Service;
using VirtualServers.Service.Faults;

try
{
    if (CommandLine.IsCommand(args)) return await CommandLine.Run(args);
    await using var app = Composition.Build(args);
    await Preparation.Prepare(app);
    await Start(app);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception exception) when (StartupException.Sentence(exception) is { } sentence)
{
    await Console.Error.WriteLineAsync($"virtualserver can't start: {sentence}");
    return 1;
}

// Without the stop, the host would report the background services that a failed start cancels as failures of their own.
static async Task Start(WebApplication app)
{
    try
    {
        await app.StartAsync();
    }
    catch
    {
        await app.StopAsync();
        throw;
    }
}
