using VirtualServers.Benchmarks;
using VirtualServers.Benchmarks.Growth;
using VirtualServers.Benchmarks.Micro;
using VirtualServers.Benchmarks.Processes;

// The run itself, and the modes that a run starts as separate processes.
switch (args)
{
    case ["bare", ..]:
        await BareServer.Serve(args[1..]);
        return 0;
    case ["hosted", ..]:
        await HostedServer.Serve(args[1..]);
        return 0;
    case ["micro", ..]:
        return MicroRun.Of(args[1..]);
    default:
        var settings = Settings.Read(args);
        return settings.Growth ? await GrowthRun.Of(settings) : await Run.Of(settings);
}
