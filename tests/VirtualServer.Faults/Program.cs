using System.Runtime.InteropServices;
using VirtualServers.Faults;

using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
return await Run.Of(Settings.Read(args), stop.Token);

// The servers and the nodes are processes that must not outlive the run.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
