using VirtualServers.Service;
using VirtualServers.Service.Faults;

try
{
    if (CommandLine.IsCommand(args)) return await CommandLine.Run(args);
    await using var app = Composition.Build(args);
    await Preparation.Prepare(app);
    await Composition.Run(app);
    return 0;
}
catch (Exception exception) when (StartupException.Of(exception) is { Count: > 0 } sentences)
{
    foreach (var sentence in sentences) await Console.Error.WriteLineAsync($"virtualserver can't {CommandLine.Purpose(args)}: {sentence}");
    return 1;
}
