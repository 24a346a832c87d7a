using VirtualServers.Service;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>The service itself, in a process that also reports its allocated bytes.</summary>
internal static class HostedServer
{
    public static async Task Serve(string[] arguments)
    {
        await using var app = Composition.Build(arguments);
        await Preparation.Prepare(app);
        AllocatedBytes.Tell();
        await app.RunAsync();
    }
}
