using VirtualServers.Benchmarks;
using VirtualServers.Benchmarks.Micro;
using VirtualServers.Benchmarks.Processes;

// Beside the run itself, the modes that a run starts as processes of their own.
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
        return await Run.Of(Settings.Read(args));
}
