using System.Diagnostics;
using System.Globalization;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A server with its child processes.</summary>
internal sealed class ServerProcess(int id)
{
    public Task Freeze() => Signal("-STOP");

    public Task Continue() => Signal("-CONT");

    private async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{id}", .. Children().Select(child => $"{child}")]);
        await kill.WaitForExitAsync();
    }

    // The second field after the name of the process, which is in parentheses, is its parent.
    private IEnumerable<int> Children() =>
        from directory in Directory.GetDirectories("/proc")
        where int.TryParse(Path.GetFileName(directory), out _)
        let status = Read(Path.Combine(directory, "stat"))
        where status.Split(") ")[^1].Split(' ') is [_, var parent, ..] && parent == $"{id}"
        select int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    }
}
