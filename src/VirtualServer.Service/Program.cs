using VirtualServers.Service;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Store;

try
{
    await using var app = Composition.Build(args);
    if (await DatabaseSchema.RunCommand(app, args)) return 0;
    await DatabaseSchema.Prepare(app);
    await Composition.Run(app);
    return 0;
}
catch (Exception exception) when (StartupException.Sentence(exception) is { } sentence)
{
    await Console.Error.WriteLineAsync($"virtualserver can't start: {sentence}");
    return 1;
}
